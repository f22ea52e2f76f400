/** High dynamic range histograms of latencies: three significant digits from a microsecond to ten minutes. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

export type LatencyHistogram = RecordableHistogram;

const highestUs = 600_000_000;

export function createLatencyHistogram(): LatencyHistogram {
  return createHistogram({ lowest: 1, highest: highestUs, figures: 3 });
}

/** Takes any latency; what is below a microsecond or above ten minutes counts as that. */
export function recordMs(histogram: LatencyHistogram, ms: number): void {
  histogram.record(Math.min(highestUs, Math.max(1, Math.round(ms * 1000))));
}

/** In milliseconds; `percent` is above 0, and 100 gives the greatest. */
export function percentileMs(histogram: LatencyHistogram, percent: number): number {
  return (percent === 100 ? histogram.max : histogram.percentile(percent)) / 1000;
}

/** The percentiles that benchmarks tell. */
export const toldPercentiles: readonly (readonly [name: string, percent: number])[] = [
  ["p50", 50],
  ["p90", 90],
  ["p99", 99],
  ["p99.9", 99.9],
  ["max", 100],
];

/** The whole curve as HDR histograms keep it: percentile and milliseconds, ascending. */
export function percentileCurve(histogram: LatencyHistogram): (readonly [percent: number, ms: number])[] {
  return [...histogram.percentiles].map(([percent, us]) => [percent, us / 1000] as const);
}
