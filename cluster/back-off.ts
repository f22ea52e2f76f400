/** How long to wait before a crashed process is started again. */

export type BackOff = {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A process that lived this long has recovered: its next crash counts as the first. */
  readonly recoveredMs: number;
};

export const backOffDefault: BackOff = { firstMs: 1_000, maxMs: 30_000, recoveredMs: 60_000 };

/** The next wait: twice the one before it, which is 0 where there was none. */
export function nextWaitMs({ firstMs, maxMs, recoveredMs }: BackOff, lastWaitMs: number, livedMs: number): number {
  if (lastWaitMs === 0 || livedMs >= recoveredMs) return firstMs;
  return Math.min(lastWaitMs * 2, maxMs);
}
