import test from "ava";
import { backOffDefault, nextWaitMs } from "../../cluster/back-off.ts";

const backOff = { firstMs: 10, maxMs: 70, recoveredMs: 1000 };

test("each wait is twice the one before, up to the most", (t) => {
  const waits: number[] = [];
  for (let last = 0; waits.length < 5; waits.push(last)) last = nextWaitMs(backOff, last, 0);
  t.deepEqual(waits, [10, 20, 40, 70, 70]);
});

test("a process that lived long enough starts from the first wait again, one that lived a moment less does not", (t) => {
  t.is(nextWaitMs(backOff, 70, 1000), 10);
  t.is(nextWaitMs(backOff, 70, 999), 70);
  t.is(nextWaitMs(backOff, 20, 999), 40);
});

test("by default: 1 s, 30 s at most, recovered after a minute", (t) => {
  t.is(nextWaitMs(backOffDefault, 0, 0), 1000);
  t.is(nextWaitMs(backOffDefault, 16_000, 59_999), 30_000);
  t.is(nextWaitMs(backOffDefault, 30_000, 60_000), 1000);
});
