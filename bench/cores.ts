/**
 * Scaling with processors: the verifier pool alone and a whole cluster on 1 to all of them, against the ideal line, and against
 * as many processes that have nothing to do with each other: what the machine allows.
 */
import { fileURLToPath } from "node:url";
import type { EngineName } from "../pools/engine.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import { aloneSeries, type CoresFigure, type CoresJob, poolSeries } from "./cores-part.ts";
import { coreCounts, usableProcessors } from "./cpu-mask.ts";
import { askProcess } from "./measuring-process.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type CoresFlags = CommonFlags & {
  readonly nodes: number;
  readonly cores?: readonly number[];
  readonly commands?: number;
  readonly seconds?: number;
};

const full = { commands: 5000, seconds: 3, runs: 5 };
const quick = { commands: 1000, seconds: 1, runs: 1 };
/** Until all processes that work side by side are there and warm. */
const startMs = 1500;
const part = fileURLToPath(new URL("cores-part.ts", import.meta.url));

export const coresBenchmark: Benchmark<CoresFlags> = { name: "cores", measure, pictures };

async function measure(flags: CoresFlags, session: Session): Promise<Measured | undefined> {
  const usable = usableProcessors();
  if (!usable.ok) {
    session.say(`cores: skipped, since ${usable.reason}`);
    return undefined;
  }
  const processors = usable.value;
  const counts = flags.cores ?? coreCounts(processors.length);
  const tooMany = counts.find((count) => count > processors.length);
  if (tooMany !== undefined)
    throw new Error(`--cores ${tooMany}: only ${processors.length} may be used here; take that many at most`);
  const base = flags.quick ? quick : full;
  const runs = flags.runs ?? base.runs;
  const commands = flags.commands ?? base.commands;
  const seconds = flags.seconds ?? base.seconds;
  const { nodes } = flags;
  const { engine, signal } = session;
  const rows: Row[] = [];
  const bar = session.bar("measurements", runs * counts.length * 3);
  let done = 0;
  for (let run = 1; run <= runs; run++) {
    const rates = new Map<number, CoresFigure[]>();
    for (const count of session.random.shuffled(counts)) {
      const mask = processors.slice(0, count);
      const figures: CoresFigure[] = [];
      for (const measured of session.random.shuffled([
        () => runOn(mask, { part: "pool", engine, threads: count, seconds }, signal),
        () => runAlone(mask, engine, seconds, signal),
        () => runOn(mask, { part: "cluster", engine, nodes, commands }, signal),
      ])) {
        figures.push(...(await measured()));
        bar(++done);
      }
      rates.set(count, figures);
      session.say(`run ${run} of ${runs}, ${count} of ${processors.length} cores: ${line(figures)}`);
    }
    rows.push(...rowsOf(rates, run));
  }
  const settings = { nodes, cores: counts, commands, seconds, runs };
  const notes = [
    "nodes and client share the cores of each measurement; speed-up counts against the fewest cores of the same run.",
    "the pool has as many threads as cores; the thread that feeds it takes a little of one.",
    "independent processes check the same signatures, one on each core, without a pool: their sum is what the machine allows.",
  ];
  return { settings, rows, samples: [], errors: [], notes };
}

/** One measurement on these processors. */
function runOn(processors: readonly number[], job: CoresJob, signal: AbortSignal): Promise<readonly CoresFigure[]> {
  return askProcess(["taskset", "-c", processors.join(","), process.execPath, part], job, signal);
}

/** One process on each of these processors, at the same time; the sum of their rates. */
async function runAlone(
  processors: readonly number[],
  engine: EngineName,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly CoresFigure[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const from = Date.now() + startMs;
  const jobs = processors.map((processor) => runOn([processor], { part: "alone", engine, from, seconds }, either));
  try {
    const figures = (await Promise.all(jobs)).flat();
    const sum = (of: (figure: CoresFigure) => number) => figures.reduce((total, figure) => total + of(figure), 0);
    const value = sum((figure) => figure.value);
    const cpuUs = sum((figure) => figure.value * (figure.cpuUs ?? 0)) / value;
    return [{ series: aloneSeries, unit: "signatures/s", value, cpuUs }];
  } catch (error) {
    // The others would go on for nobody, and take processors from whatever comes next.
    failed.abort(error);
    await Promise.allSettled(jobs);
    throw error;
  }
}

/** Rates, speed-ups against the fewest cores, and what the pool has of the machine; the ideal is the ratio of the cores. */
export function rowsOf(rates: ReadonlyMap<number, readonly CoresFigure[]>, run: number): Row[] {
  const counts = [...rates.keys()].sort((a, b) => a - b);
  const fewest = counts[0] ?? 1;
  const rateOf = (count: number, series: string) =>
    rates.get(count)?.find((figure) => figure.series === series)?.value ?? Number.NaN;
  return counts.flatMap((x) => {
    const at = { xName: "cores", x, run };
    const measured = (rates.get(x) ?? []).flatMap(({ series, unit, value, cpuUs }): Row[] => [
      { series, ...at, metric: "rate", unit, value },
      { series, ...at, metric: "speed-up", unit: "times", value: value / rateOf(fewest, series) },
      ...(cpuUs === undefined ? [] : [{ series, ...at, metric: "CPU per signature", unit: "µs", value: cpuUs }]),
    ]);
    const value = rateOf(x, poolSeries) / rateOf(x, aloneSeries);
    if (Number.isNaN(value)) return measured;
    return [...measured, { series: poolSeries, ...at, metric: "rate / independent processes", unit: "times", value }];
  });
}

function line(figures: readonly CoresFigure[]): string {
  return figures.map(({ series, unit, value }) => `${series} ${Math.round(value)} ${unit}`).join("; ");
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const values = [settings.cores ?? []].flat().map(Number);
  const fewest = Math.min(...values);
  const ideal = values.map((x) => ({ series: "ideal", x, y: x / fewest }));
  const points = pointsOf(ofMetric(summary, "speed-up"));
  const x = { title: "cores", values };
  const speedUp: Panel = {
    title: "Speed-up; dashed: ideal",
    x,
    y: { title: "times" },
    marks: [
      { kind: "guide", points: ideal },
      { kind: "line", dots: true, points },
    ],
  };
  const rates = (title: string, unit: string): Panel => ({
    title,
    width: 260,
    x,
    y: { title: unit },
    marks: [
      {
        kind: "line",
        dots: true,
        points: pointsOf(ofMetric(summary, "rate").filter((one) => one.unit === unit)),
      },
    ],
  });
  const panels = [speedUp, rates("Signatures checked", "signatures/s"), rates("Whole cluster", "commands/s")];
  return [picture("cores", setup, "Scaling with cores", panels)];
}
