import test from "ava";
import { addRequest, createPending, dropRequest, numberFor, roomFor } from "../../client/pending.ts";
import type { RequestId } from "../../wire/types.ts";

const id = (value: number) => value as RequestId;
const bytes = (count: number) => new Uint8Array(count);

test("numbers follow the clock while nothing is under way, and each other while something is", (t) => {
  const pending = createPending({ requestsMax: 10, bytesMax: 1000 });
  t.is(numberFor(pending, 5000.7), id(5000));
  addRequest(pending, id(5000), bytes(1), 0);
  t.is(numberFor(pending, 9000), id(5001));
  dropRequest(pending, id(5000));
  t.is(numberFor(pending, 9000), id(9000));
});

test("numbers ascend though the clock goes back", (t) => {
  const pending = createPending({ requestsMax: 10, bytesMax: 1000 });
  addRequest(pending, id(5000), bytes(1), 0);
  dropRequest(pending, id(5000));
  t.is(numberFor(pending, 4000), id(5001));
  t.throws(() => addRequest(pending, id(5000), bytes(1), 0), { message: /5000 after 5000/ });
});

test("numbers of this century fit into the integers of a double", (t) => {
  t.true(Number.isSafeInteger(Date.UTC(2100, 0) * 1000 + 1_000_000));
});

test("numbers under way never lie further apart than the limit, though later ones are settled", (t) => {
  const pending = createPending({ requestsMax: 4, bytesMax: 1000 });
  for (let n = 1; n <= 4; n++) addRequest(pending, id(n), bytes(1), 0);
  t.is(roomFor(pending, 1), 0);
  for (let n = 2; n <= 4; n++) dropRequest(pending, id(n));
  t.is(roomFor(pending, 1), 0, "request 1 is still under way");
  dropRequest(pending, id(1));
  t.is(roomFor(pending, 1), 4);
});

test("bytes under way are limited, but one command always goes", (t) => {
  const pending = createPending({ requestsMax: 100, bytesMax: 50 });
  t.is(roomFor(pending, 200), 1);
  t.is(roomFor(pending, 20), 2);
  addRequest(pending, id(1), bytes(31), 0);
  t.is(roomFor(pending, 20), 0);
  t.is(roomFor(pending, 19), 1);
  dropRequest(pending, id(1));
  t.is(pending.bytes, 0);
});
