/** Processor nanoseconds that a gas buys, by entry of the cost table: where it buys far more than elsewhere, the table errs. */
import { setImmediate as turn } from "node:timers/promises";
import { costTableHash } from "../hopper/ir/cost-table.ts";
import { sha256 } from "../pools/sha256.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import { type GasCase, gasCases } from "./gas-cases.ts";
import { nsPerGas, type RunCase, roundsFor, runnerOf } from "./gas-price.ts";
import { shown } from "./result-table.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row, type Summary, spreadOf, summarize } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type GasFlags = CommonFlags & { readonly gas?: number };

const full = { gas: 3_000_000, runs: 7 };
const quick = { gas: 100_000, runs: 1 };
const metric = "processor time";
/** What costs so many times the median is marked as underpriced. */
export const outlierTimes = 4;

export const gasBenchmark: Benchmark<GasFlags> = { name: "gas", measure, pictures };

async function measure(flags: GasFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const { gas = base.gas, runs = base.runs } = flags;
  const rows = await measureAll(session, gas, runs);
  const summary = summarize(rows);
  const median = medianOf(summary);
  const marked = outliers(summary);
  const notes = [
    `compiled evaluator, about ${shown(gas)} gas a run, without what is got ready; cost table ${Buffer.from(costTableHash(sha256)).toString("hex")}.`,
    `the median is ${shown(median)} ns per gas: 10,000,000 gas of it take ${shown(median / 100)} s.`,
    ...marked.map(({ series, median: ns }) => `underpriced: ${series}, ${shown(ns / median)} times the median.`),
  ];
  return { settings: { gas, runs }, rows, samples: [], errors: [], notes };
}

/** All cases in each run, in another order. */
async function measureAll(session: Session, gas: number, runs: number): Promise<Row[]> {
  const bar = session.bar("measurements", (runs + 1) * gasCases.length);
  let done = 0;
  /** Signals are let in between two cases. */
  const step = async (): Promise<void> => {
    bar(done++);
    await turn();
    session.signal.throwIfAborted();
  };
  const ready: { readonly of: GasCase; readonly run: RunCase; readonly rounds: number }[] = [];
  for (const of of gasCases) {
    await step();
    const run = runnerOf(of);
    ready.push({ of, run, rounds: roundsFor(run, gas) });
  }
  const rows: Row[] = [];
  for (let run = 1; run <= runs; run++) {
    for (const one of session.random.shuffled(ready)) {
      await step();
      const value = nsPerGas(one.run, one.rounds);
      rows.push({ series: seriesOf(one.of), xName: "", x: "", run, metric, unit: "ns/gas", value });
    }
  }
  // As the cases are listed, whatever the order of measuring was.
  const place = new Map(gasCases.map((of, i) => [seriesOf(of), i]));
  return rows.sort((a, b) => (place.get(a.series) ?? 0) - (place.get(b.series) ?? 0));
}

function seriesOf({ entry, name }: GasCase): string {
  return `${entry}: ${name}`;
}

function medianOf(summary: readonly Summary[]): number {
  return spreadOf(summary.map(({ median }) => median)).median;
}

/** Those that cost too much time for their gas, worst first. */
export function outliers(summary: readonly Summary[]): Summary[] {
  const bound = outlierTimes * medianOf(summary);
  return summary.filter(({ median }) => median > bound).sort((a, b) => b.median - a.median);
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const all = ofMetric(summary, metric);
  const marked = new Set(outliers(all));
  const panelOf = (title: string, of: readonly Summary[]): Panel => ({
    title,
    height: 24 + 16 * of.length,
    x: { title: "ns/gas" },
    y: { title: "ns/gas" },
    marks: [{ kind: "bar", points: pointsOf(of) }],
  });
  const panels = [
    panelOf(
      `Up to ${outlierTimes} times the median`,
      all.filter((one) => !marked.has(one)),
    ),
    panelOf(`Above ${outlierTimes} times the median: underpriced`, [...marked]),
  ].filter(({ marks }) => marks.some(({ points }) => points.length > 0));
  return [picture("gas", setup, `Processor time for a gas (median of ${settings.runs} runs)`, panels)];
}
