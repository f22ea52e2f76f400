import test from "ava";
import fc from "fast-check";
import { checksPerTaskMax, checksPerTaskMin, leavesPerTaskMax, splitBatch } from "../../pools/split-batch.ts";

test("parts cover every check and leaf once, in order, within the limits", (t) => {
  const small = fc.nat({ max: 5000 });
  fc.assert(
    fc.property(small, small, fc.integer({ min: 1, max: 16 }), (checks, leaves, threads) => {
      let [checkReached, leafReached] = [0, 0];
      for (const part of splitBatch(checks, leaves, threads)) {
        if (part.checkStart !== checkReached || part.leafStart !== leafReached) return false;
        if (part.checkEnd - part.checkStart > checksPerTaskMax) return false;
        if (part.leafEnd - part.leafStart > leavesPerTaskMax) return false;
        [checkReached, leafReached] = [part.checkEnd, part.leafEnd];
      }
      return checkReached === checks && leafReached === leaves;
    }),
  );
  t.pass();
});

test("a batch is split as the limits say, at one below, at and above", (t) => {
  const partsOf = (checks: number, leaves: number, threads: number): number =>
    splitBatch(checks, leaves, threads).length;
  t.is(partsOf(0, 0, 4), 0);
  t.is(partsOf(1, 0, 4), 1);
  t.is(partsOf(0, 1, 4), 1);
  t.deepEqual(
    [63, 64, 65].map((checks) => partsOf(checks, checks, 1)),
    [1, 1, 2],
  );
  t.deepEqual(
    [1023, 1024, 1025].map((leaves) => partsOf(0, leaves, 1)),
    [1, 1, 2],
  );
  // Enough for two threads, but not for more.
  t.deepEqual(
    [2 * checksPerTaskMin - 1, 2 * checksPerTaskMin].map((checks) => partsOf(checks, 0, 4)),
    [1, 2],
  );
  t.is(partsOf(64, 64, 4), 4);
});
