/** Cuts a batch into parts that threads can check side by side. */
import type { EngineName } from "./engine.ts";

export type BatchPart = {
  readonly checkStart: number;
  readonly checkEnd: number;
  readonly leafStart: number;
  readonly leafEnd: number;
};

export type TaskLimits = {
  /** Checks in one task: what a vote waits at most for a thread to come free. */
  readonly checksMax: number;
  /** Fewer checks than this are not worth another task. */
  readonly checksMin: number;
};

/** For engines that check one by one: 3 ms with sodium; a task's overhead is that of one or two checks. */
export const limitsOneByOne: TaskLimits = { checksMax: 64, checksMin: 8 };
/** For the batch equation: 3 ms; each half of 64 checks costs a tenth more by check than the whole. */
export const limitsInBatches: TaskLimits = { checksMax: 512, checksMin: 32 };

export function taskLimits(engine: EngineName): TaskLimits {
  return engine === "simd" ? limitsInBatches : limitsOneByOne;
}

/** Leaves in one task: about 2 ms. */
export const leavesPerTaskMax = 1024;

/** Splits evenly into as few parts as the limits allow, but into one for each thread where that pays. */
export function splitBatch(checks: number, leaves: number, threads: number, limits: TaskLimits): BatchPart[] {
  const parts = Math.max(
    Math.ceil(checks / limits.checksMax),
    Math.ceil(leaves / leavesPerTaskMax),
    Math.min(threads, Math.floor(checks / limits.checksMin)),
    checks + leaves > 0 ? 1 : 0,
  );
  return Array.from({ length: parts }, (_, part) => ({
    checkStart: Math.floor((checks * part) / parts),
    checkEnd: Math.floor((checks * (part + 1)) / parts),
    leafStart: Math.floor((leaves * part) / parts),
    leafEnd: Math.floor((leaves * (part + 1)) / parts),
  }));
}
