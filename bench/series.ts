/** Figures of a benchmark: one row for each measured value, and what several runs of the same thing come to. */

/** One measured value. What was varied stands in `x`; equal series, metric and x of several runs belong together. */
export type Row = {
  readonly series: string;
  /** What was varied, with its unit where it has one: `nodes`, `time (ms)`. */
  readonly xName: string;
  readonly x: number | string;
  /** From 1. */
  readonly run: number;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
};

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

export type Summary = Omit<Row, "run" | "value"> & Spread & { readonly runs: number };

/** Median (the mean of the two in the middle where their count is even), least and greatest; throws without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  const [min] = sorted;
  const max = sorted.at(-1);
  if (upper === undefined || lower === undefined || min === undefined || max === undefined) {
    throw new RangeError("no values, no median");
  }
  return { median: (lower + upper) / 2, min, max };
}

/** One summary for each series, metric and x, in the order of their first rows; numbers of x ascend inside a series. */
export function summarize(rows: readonly Row[]): Summary[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.metric, row.series, row.xName, row.x]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const summaries = [...groups.values()].flatMap((group): Summary[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { series, xName, x, metric, unit } = first;
    const { median, min, max } = spreadOf(group.map(({ value }) => value));
    return [{ series, xName, x, metric, unit, median, min, max, runs: group.length }];
  });
  const order = firstPlaces(summaries);
  return summaries.sort((a, b) => (order.get(lineOf(a)) ?? 0) - (order.get(lineOf(b)) ?? 0) || compareX(a.x, b.x));
}

/** The summaries of one metric. */
export function ofMetric(summaries: readonly Summary[], metric: string): Summary[] {
  return summaries.filter((summary) => summary.metric === metric);
}

function firstPlaces(summaries: readonly Summary[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, summary] of summaries.entries()) {
    const line = lineOf(summary);
    if (!places.has(line)) places.set(line, place);
  }
  return places;
}

function lineOf({ metric, series }: Summary): string {
  return JSON.stringify([metric, series]);
}

/** Rows of a shuffled run come in any order; words keep theirs. */
function compareX(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : 0;
}
