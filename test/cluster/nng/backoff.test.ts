import test from "ava";
import { backoffWaitMs } from "../../../cluster/nng/backoff.ts";

const backoff = { min: 40, max: 200 };

test("the wait doubles from min to max with each failure in a row", (t) => {
  const waits = [1, 2, 3, 4, 5, 1e9].map((failures) => backoffWaitMs(failures, backoff, 0));
  t.deepEqual(waits, [40, 80, 160, 200, 200, 200]);
});

test("chance takes off up to half", (t) => {
  t.is(backoffWaitMs(2, backoff, 0.5), 60);
  t.true(backoffWaitMs(9, backoff, 0.999_999) > 100);
});
