import test from "ava";
import fc from "fast-check";
import { blockMin, findInvalid } from "../../pools/find-invalid.ts";

type Count = { sums: number; singles: number; items: number };

/** Runs the search over known verdicts, of which `unsound` ones are known beforehand, and counts its questions. */
function search(verdicts: readonly boolean[], unsound: ReadonlySet<number>, block: number) {
  const count: Count = { sums: 0, singles: 0, items: 0 };
  const valid = new Uint8Array(verdicts.length).fill(7);
  const isGood = (number: number): boolean => verdicts[number] === true;
  const next = findInvalid(
    verdicts.length,
    {
      isSound: (number) => !unsound.has(number),
      sum: (start, end) => {
        count.sums += 1;
        count.items += end - start;
        for (let number = start; number < end; number++) if (!unsound.has(number) && !isGood(number)) return false;
        return true;
      },
      single: (number) => {
        count.singles += 1;
        return isGood(number);
      },
    },
    valid,
    block,
  );
  return { valid, count, next };
}

const verdictsOf = (length: number, bad: ReadonlySet<number>): boolean[] =>
  Array.from({ length }, (_, number) => !bad.has(number));

test("every culprit is found and nobody else, whatever the block it begins with", (t) => {
  const numbers = fc.uniqueArray(fc.nat({ max: 299 }), { maxLength: 300 });
  fc.assert(
    fc.property(fc.nat({ max: 300 }), numbers, numbers, fc.integer({ min: 1, max: 400 }), (length, bad, odd, block) => {
      const [isBad, isOdd] = [new Set(bad), new Set(odd)];
      const { valid, next } = search(verdictsOf(length, isBad), isOdd, block);
      return next >= 1 && valid.every((value, number) => value === (isBad.has(number) || isOdd.has(number) ? 0 : 1));
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("k culprits among n cost O(k log n) questions", (t) => {
  for (const length of [16, 64, 256]) {
    const log = Math.log2(length);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: length - 1 }), { minLength: 1 }), (bad) => {
        const { count } = search(verdictsOf(length, new Set(bad)), new Set(), length);
        // Down to each and up again: twice the logarithm; and some blocks at the bottom that are checked one by one.
        return count.sums <= bad.length * 2 * log && count.singles <= bad.length * 6 * blockMin + 1;
      }),
      { numRuns: 500 },
    );
  }
  t.pass();
});

test("a good batch is one question, and one culprit costs little more than the batch again", (t) => {
  t.deepEqual(search(verdictsOf(256, new Set()), new Set(), 256).count, { sums: 1, singles: 1, items: 256 });
  for (let bad = 0; bad < 256; bad++) {
    const { sums, singles, items } = search(verdictsOf(256, new Set([bad])), new Set(), 256).count;
    t.true(sums <= 16 && singles <= 6 * blockMin && items <= 3 * 256, `${bad}: ${sums} ${singles} ${items}`);
  }
});

test("garbage is checked once each; the next batch of it asks for no sum, and a good one soon makes blocks long again", (t) => {
  const garbage = verdictsOf(256, new Set(Array.from({ length: 256 }, (_, number) => number)));
  const first = search(garbage, new Set(), 256);
  // The one that was looked at first is looked at again.
  t.deepEqual(first.count, { sums: 0, singles: 257, items: 0 });
  const second = search(garbage, new Set(), first.next);
  t.deepEqual(second.count, { sums: 0, singles: 256, items: 0 });
  const honest = search(verdictsOf(256, new Set()), new Set(), second.next);
  t.true(honest.count.sums <= 7 && honest.count.singles <= blockMin);
  t.true(honest.next >= 128);
});

test("what is unsound by its form asks no question and keeps no block short", (t) => {
  const all = new Set(Array.from({ length: 256 }, (_, number) => number));
  const { valid, count, next } = search(verdictsOf(256, all), all, 256);
  t.true(valid.every((value) => value === 0));
  t.deepEqual([count.sums, count.singles], [1, 0]);
  t.true(next >= 256);
});
