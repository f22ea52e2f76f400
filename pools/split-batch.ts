/** Cuts a batch into parts that threads can check side by side. */

export type BatchPart = {
  readonly checkStart: number;
  readonly checkEnd: number;
  readonly leafStart: number;
  readonly leafEnd: number;
};

/** Checks in one task: 3 ms with sodium, which is what a vote waits at most for a thread to come free. */
export const checksPerTaskMax = 64;
/** Leaves in one task: about 2 ms. */
export const leavesPerTaskMax = 1024;
/** Fewer checks than this are not worth another task, whose overhead is that of one or two checks. */
export const checksPerTaskMin = 8;

/** Splits evenly into as few parts as the limits allow, but into one for each thread where that pays. */
export function splitBatch(checks: number, leaves: number, threads: number): BatchPart[] {
  const parts = Math.max(
    Math.ceil(checks / checksPerTaskMax),
    Math.ceil(leaves / leavesPerTaskMax),
    Math.min(threads, Math.floor(checks / checksPerTaskMin)),
    checks + leaves > 0 ? 1 : 0,
  );
  return Array.from({ length: parts }, (_, part) => ({
    checkStart: Math.floor((checks * part) / parts),
    checkEnd: Math.floor((checks * (part + 1)) / parts),
    leafStart: Math.floor((leaves * part) / parts),
    leafEnd: Math.floor((leaves * (part + 1)) / parts),
  }));
}
