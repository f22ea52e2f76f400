import test from "ava";
import { KeySlots, noPoint } from "../../pools/key-slots.ts";

const key = (number: number): Uint8Array => new Uint8Array(32).fill(number);

/** Slots whose tables are noted; keys of 99 are no points. */
function slotsOf(count: number) {
  const filled: [number, number][] = [];
  const slots = new KeySlots(count, (slot, bytes) => {
    filled.push([slot, bytes[0] ?? 0]);
    return bytes[0] !== 99;
  });
  return { slots, filled };
}

test("each key has a slot of its own until the one unused for longest is taken", (t) => {
  const { slots } = slotsOf(3);
  const given = [1, 2, 3].map((number) => slots.add(key(number)));
  t.is(new Set(given).size, 3);
  t.true(slots.isFull);
  t.is(slots.find(key(1)), given[0]);
  t.deepEqual(slots.add(key(4)), given[1]);
  t.deepEqual(
    [1, 2, 3, 4].map((number) => slots.find(key(number))),
    [given[0], undefined, given[2], given[1]],
  );
});

test("what is no point takes no slot", (t) => {
  const { slots } = slotsOf(2);
  for (let round = 0; round < 5; round++) t.is(slots.add(key(99)), noPoint);
  t.false(slots.isFull);
  t.is(slots.find(key(99)), undefined);
  t.is(slots.lend(key(99)), noPoint);
  t.is(new Set([slots.add(key(1)), slots.add(key(2))]).size, 2);
});

test("a lent slot is nobody's, and beyond those that are kept", (t) => {
  const { slots, filled } = slotsOf(2);
  t.is(slots.lend(key(7)), 2);
  t.is(slots.lend(key(8)), 2);
  t.is(slots.find(key(7)), undefined);
  t.deepEqual(filled, [
    [2, 7],
    [2, 8],
  ]);
});
