/**
 * Latency against load: an open loop at fixed rates until the cluster saturates. Latencies count from when a command was
 * due (see open-loop.ts), and go into HDR histograms.
 */
import { type BenchCluster, startBenchCluster } from "./bench-cluster.ts";
import { type Panel, type Picture, type Point, picture, pointsOf, samplePoints } from "./charts.ts";
import { createLatencyHistogram, percentileCurve, percentileMs, recordMs, toldPercentiles } from "./hdr.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { type OpenLoop, runOpenLoop } from "./open-loop.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row, summarize } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type LatencyFlags = CommonFlags & {
  readonly nodes: number;
  readonly rates?: readonly number[];
  readonly seconds?: number;
  readonly threads?: number;
};

const full = { rates: [50, 100, 200, 500, 1000, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000], seconds: 5, runs: 3 };
const quick = { rates: [50, 500, 2000], seconds: 2, runs: 1 };

/** A rate saturates the cluster when less than this part of it is answered while it is offered ... */
const answeredPartMin = 0.95;
/** ... or when one in a hundred waits longer. */
const p99MsMax = 1000;
/** Answers count from this part of the time on: the first of them are as late as a latency. */
const settledPart = 0.25;
/** So many rates after each other that are too much, and no higher one is tried: one alone may be the machine's mood. */
const saturatedMax = 2;
const drainSeconds = 10;
/** Before each rate, unrecorded: connections, batches and compilers settle. */
const warmUpSeconds = 1;
const seriesName = "open loop";

export const latencyBenchmark: Benchmark<LatencyFlags> = { name: "latency", measure, pictures };

type Figures = {
  readonly percentiles: readonly (readonly [name: string, ms: number])[];
  readonly curve: readonly (readonly [percent: number, ms: number])[];
  /** Commands answered a second, while they were offered. */
  readonly answeredRate: number;
  readonly lateP99Ms: number;
  readonly cpuUsPerCommand: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly saturated: boolean;
};

async function measure(flags: LatencyFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const { nodes } = flags;
  const rates = [...(flags.rates ?? base.rates)].sort((a, b) => a - b);
  const seconds = flags.seconds ?? base.seconds;
  const runs = flags.runs ?? base.runs;
  const rows: Row[] = [];
  const samples: Row[] = [];
  const errors: string[] = [];
  const { engine, signal } = session;
  const threads = flags.threads === undefined ? {} : { threads: flags.threads };
  await using cluster = await startBenchCluster({ nodes, engine, ...threads, signal });
  const client = await cluster.client();
  await openAccounts(client, cluster.signal);
  for (const batched of [true, false]) await measureFlood(cluster, client, { batched, count: 1000 });
  const bar = session.bar("seconds", runs * rates.length * (seconds + warmUpSeconds));
  let before = 0;
  let saturated: number[] = [];
  let highest = Number.POSITIVE_INFINITY;
  for (let run = 1; run <= runs; run++) {
    // Upwards in the first run, to learn where it ends; then the same rates, shuffled.
    const wanted = rates.filter((rate) => rate <= highest);
    for (const rate of run === 1 ? wanted : session.random.shuffled(wanted)) {
      if (rate > highest) continue;
      const progress = (done: number) => bar(Math.round(before + done));
      const figures = await measureRate(cluster, client, rate, seconds, progress);
      before += seconds + warmUpSeconds;
      saturated = figures.saturated ? [...saturated, rate] : [];
      if (run === 1 && saturated.length >= saturatedMax) highest = rate;
      note(rows, samples, rate, run, figures);
      if (figures.refused > 0) errors.push(`${rate}/s, run ${run}: ${figures.refused} commands were refused`);
      session.say(`run ${run} of ${runs}, ${rate}/s: ${line(figures)}`);
    }
  }
  const settings = { nodes, rates, seconds, runs, warmUpSeconds, drainSeconds, answeredPartMin, p99MsMax };
  return { settings, rows, samples, errors, notes: notesOf(rows) };
}

async function measureRate(
  cluster: BenchCluster,
  client: Parameters<typeof runOpenLoop>[0],
  rate: number,
  seconds: number,
  progress: (doneSeconds: number) => void,
): Promise<Figures> {
  const { signal } = cluster;
  const onProgress = (offset: number) => (sent: number) => progress(offset + sent / rate);
  await runOpenLoop(client, { rate, seconds: warmUpSeconds, drainSeconds, signal, onProgress: onProgress(0) });
  const cpuBefore = await cluster.cpuMs();
  const loop = await runOpenLoop(client, {
    rate,
    seconds,
    drainSeconds,
    signal,
    onProgress: onProgress(warmUpSeconds),
  });
  const cpuMs = (await cluster.cpuMs()) - cpuBefore;
  return figuresOf(loop, rate, seconds, cpuMs);
}

/** What is not answered counts with the time it has waited by the end. */
export function figuresOf(loop: OpenLoop, rate: number, seconds: number, cpuMs: number): Figures {
  const latencies = createLatencyHistogram();
  const late = createLatencyHistogram();
  for (const { dueMs, answeredMs } of loop.answers) recordMs(latencies, answeredMs - dueMs);
  for (const dueMs of loop.unanswered) recordMs(latencies, loop.endedMs - dueMs);
  for (const ms of loop.lateMs) recordMs(late, ms);
  const fromMs = seconds * 1000 * settledPart;
  const settled = loop.answers.filter(({ answeredMs }) => answeredMs > fromMs && answeredMs <= seconds * 1000);
  const answeredRate = settled.length / (seconds * (1 - settledPart));
  const p99Ms = percentileMs(latencies, 99);
  return {
    percentiles: toldPercentiles.map(([name, percent]) => [name, percentileMs(latencies, percent)] as const),
    curve: percentileCurve(latencies),
    answeredRate,
    lateP99Ms: percentileMs(late, 99),
    cpuUsPerCommand: (cpuMs * 1000) / Math.max(1, loop.sent),
    unanswered: loop.unanswered.length,
    refused: loop.refused,
    saturated: answeredRate < answeredPartMin * rate || p99Ms > p99MsMax || loop.unanswered.length > 0,
  };
}

function note(rows: Row[], samples: Row[], rate: number, run: number, figures: Figures): void {
  const row = (series: string, metric: string, unit: string, value: number) =>
    rows.push({ series, xName: "offered/s", x: rate, run, metric, unit, value });
  for (const [name, ms] of figures.percentiles) row(name, "latency", "ms", ms);
  row(seriesName, "answered", "commands/s", figures.answeredRate);
  row(seriesName, "CPU of all nodes per command", "µs", figures.cpuUsPerCommand);
  row(seriesName, "sent late by the client, p99", "ms", figures.lateP99Ms);
  row(seriesName, "unanswered", "commands", figures.unanswered);
  row(seriesName, "saturated", "0 or 1", figures.saturated ? 1 : 0);
  for (const [percent, ms] of figures.curve) {
    const metric = "percentile curve";
    samples.push({ series: `${rate}/s`, xName: "percentile", x: percent, run, metric, unit: "ms", value: ms });
  }
}

function line({ percentiles, answeredRate, saturated }: Figures): string {
  const shown = percentiles.map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(", ");
  return `${shown} ms; answered ${Math.round(answeredRate)}/s${saturated ? ": saturated" : ""}`;
}

function notesOf(rows: readonly Row[]): string[] {
  const base = "latencies count from when a command was due; what the client sent late is in them.";
  const tooMuch = summarize(rows).find(({ metric, median }) => metric === "saturated" && median > 0.5);
  const limit =
    tooMuch === undefined
      ? "no rate of the list saturates the cluster."
      : `${tooMuch.x}/s is more than the cluster can do.`;
  return [base, limit];
}

function pictures({ setup, settings, summary, samples }: RunFile): Picture[] {
  const latencies = ofMetric(summary, "latency");
  const answered = new Map(ofMetric(summary, "answered").map(({ x, median }) => [x, median]));
  const curve: Point[] = latencies
    .filter(({ series }) => series !== "max")
    .map(({ series, x, median, min, max }) => ({ series, x: answered.get(x) ?? 0, y: median, min, max }));
  const offered: Panel = {
    title: "Latency at each offered rate",
    x: { title: "offered, commands/s", scale: "log" },
    y: { title: "ms from when due", scale: "log" },
    marks: [{ kind: "line", dots: true, points: pointsOf(latencies) }],
  };
  const hockey: Panel = {
    title: "Throughput and latency, up to saturation",
    x: { title: "answered, commands/s" },
    y: { title: "ms from when due", scale: "log" },
    marks: [{ kind: "line", dots: true, points: curve }],
  };
  const percentiles: Panel = {
    title: "Percentiles by offered rate (first run)",
    width: 620,
    x: { title: "1 in so many commands waits longer", scale: "log", values: [1, 2, 10, 100, 1000, 10_000, 100_000] },
    y: { title: "ms from when due", scale: "log" },
    marks: [{ kind: "line", dots: false, points: inverse(samplePoints(samples.filter(({ run }) => run === 1))) }],
  };
  const title = `Latency against load: ${settings.nodes} nodes, open loop, no coordinated omission`;
  return [
    picture("latency", setup, title, [hockey, offered]),
    picture("latency-percentiles", setup, `${title}: HDR percentiles`, [percentiles]),
  ];
}

/** Percentile p as 1 in 100 / (100 - p); the last one, 100, has no place there. */
function inverse(points: readonly Point[]): Point[] {
  return points.filter(({ x }) => Number(x) < 100).map((point) => ({ ...point, x: 100 / (100 - Number(point.x)) }));
}
