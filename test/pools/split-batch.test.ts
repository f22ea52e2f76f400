import test from "ava";
import fc from "fast-check";
import { leavesPerTaskMax, limitsInBatches, limitsOneByOne, splitBatch, taskLimits } from "../../pools/split-batch.ts";

test("parts cover every check and leaf once, in order, within the limits", (t) => {
  const small = fc.nat({ max: 5000 });
  fc.assert(
    fc.property(small, small, fc.integer({ min: 1, max: 16 }), fc.boolean(), (checks, leaves, threads, inBatches) => {
      const limits = inBatches ? limitsInBatches : limitsOneByOne;
      let [checkReached, leafReached] = [0, 0];
      for (const part of splitBatch(checks, leaves, threads, limits)) {
        if (part.checkStart !== checkReached || part.leafStart !== leafReached) return false;
        if (part.checkEnd - part.checkStart > limits.checksMax) return false;
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
    splitBatch(checks, leaves, threads, limitsOneByOne).length;
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
    [2 * limitsOneByOne.checksMin - 1, 2 * limitsOneByOne.checksMin].map((checks) => partsOf(checks, 0, 4)),
    [1, 2],
  );
  t.is(partsOf(64, 64, 4), 4);
});

test("an engine that checks in batches gets longer parts", (t) => {
  t.deepEqual(taskLimits("sodium"), limitsOneByOne);
  const { checksMax, checksMin } = taskLimits("simd");
  const partsOf = (checks: number): number => splitBatch(checks, 0, 2, { checksMax, checksMin }).length;
  t.deepEqual([2 * checksMin - 1, 2 * checksMin, 2 * checksMax, 2 * checksMax + 1].map(partsOf), [1, 2, 2, 3]);
});
