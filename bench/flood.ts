/** A flood of single commands, watched: what the leader makes of them, what waits where, and what memory it takes. */
import type { NodeStatus } from "../cluster/control.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { type Panel, type Picture, picture, samplePoints } from "./charts.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import type { Measured, RunFile } from "./run-file.ts";
import type { Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";
import { electionsIn, peakMemoryMiB, type Sample, watchNodes } from "./watch-nodes.ts";

export type FloodFlags = CommonFlags & {
  readonly nodes: number;
  readonly commands?: number;
  readonly batched: boolean;
  readonly every: number;
  readonly threads?: number;
};

const full = { commands: 50_000, runs: 3 };
const quick = { commands: 5000, runs: 1 };
const warmUp = 2000;

export const floodBenchmark: Benchmark<FloodFlags> = { name: "flood", measure, pictures };

async function measure(flags: FloodFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const { nodes, batched, every } = flags;
  const commands = flags.commands ?? base.commands;
  const runs = flags.runs ?? base.runs;
  const rows: Row[] = [];
  const samples: Row[] = [];
  const errors: string[] = [];
  const bar = session.bar("commands", runs * commands);
  for (let run = 1; run <= runs; run++) {
    const { engine, signal } = session;
    const threads = flags.threads === undefined ? {} : { threads: flags.threads };
    // A fresh cluster each time: memory and log are those of this flood alone.
    await using cluster = await startBenchCluster({ nodes, engine, ...threads, signal });
    const client = await cluster.client();
    await openAccounts(client, cluster.signal);
    await measureFlood(cluster, client, { batched, count: warmUp });
    const watch = watchNodes(cluster, every);
    const startedAt = performance.now();
    const progress = (done: number) => bar((run - 1) * commands + done);
    const figures = await measureFlood(cluster, client, { batched, count: commands }, progress).finally(watch.stop);
    const seen = await watch.samples;
    if (figures.error !== undefined) errors.push(`run ${run}: ${figures.error}`);
    const shifted = seen.map(({ atMs, statuses }) => ({ atMs: atMs - startedAt, statuses }));
    samples.push(...sampleRows(shifted, run));
    const row = (metric: string, unit: string, value: number) =>
      rows.push({ series: "", xName: "", x: "", run, metric, unit, value });
    row("throughput", "commands/s", figures.commandsPerSecond);
    row("latency p50", "ms", figures.p50Ms);
    row("latency p99", "ms", figures.p99Ms);
    row("CPU of all nodes per command", "µs", figures.cpuUsPerCommand);
    for (const [metric, unit, value] of totals(shifted)) row(metric, unit, value);
    session.say(
      `run ${run} of ${runs}: ${Math.round(figures.commandsPerSecond)}/s, p99 ${figures.p99Ms.toFixed(0)} ms`,
    );
  }
  const settings = { nodes, commands, runs, batched, every, warmUp };
  const notes = ["a batch is what the leader appends and sends at once: entries by segments of its log."];
  return { settings, rows, samples, errors, notes };
}

/** Mailboxes that hold commands, and one line for each; of each the fullest node's. */
export function sampleRows(samples: readonly Sample[], run: number): Row[] {
  const rows: Row[] = [];
  let before: Sample | undefined;
  for (const sample of samples) {
    const x = Math.round(sample.atMs);
    const row = (metric: string, series: string, unit: string, value: number) =>
      rows.push({ series, xName: "time (ms)", x, run, metric, unit, value });
    const { statuses } = sample;
    for (const name of Object.keys(statuses[0]?.mailboxes ?? {})) {
      const depths = statuses.map(({ mailboxes }) => mailboxes[name]?.depth ?? 0);
      row("queue depth", name, "pieces", Math.max(...depths));
    }
    const memory = statuses.map(({ rssBytes }) => rssBytes / 2 ** 20);
    row("memory", "largest node", "MiB", Math.max(...memory));
    row("memory", "smallest node", "MiB", Math.min(...memory));
    const leader = leaderAmong(statuses);
    const leaderBefore = before?.statuses.find(({ id }) => id === leader?.id);
    if (leader !== undefined && leaderBefore !== undefined && before !== undefined) {
      const seconds = (sample.atMs - before.atMs) / 1000;
      row("throughput", "committed", "commands/s", (leader.commitIndex - leaderBefore.commitIndex) / seconds);
      const batches = counter(leader, "store", "segments") - counter(leaderBefore, "store", "segments");
      const entries = counter(leader, "store", "entries") - counter(leaderBefore, "store", "entries");
      if (batches > 0) row("batch size", "mean since the sample before", "commands", entries / batches);
      const syncs = counter(leader, "log", "syncs") - counter(leaderBefore, "log", "syncs");
      row("syncs", "leader", "1/s", syncs / seconds);
    }
    before = sample;
  }
  return rows;
}

function totals(samples: readonly Sample[]): (readonly [metric: string, unit: string, value: number])[] {
  const leaders = samples.flatMap(({ statuses }) => leaderAmong(statuses) ?? []);
  const [first] = leaders;
  const last = leaders.at(-1);
  const always = [
    ["greatest memory of a node", "MiB", peakMemoryMiB(samples)],
    ["elections", "terms", electionsIn(samples)],
  ] as const;
  if (first === undefined || last === undefined || first.id !== last.id) return [...always];
  const grown = (actor: string, name: string) => counter(last, actor, name) - counter(first, actor, name);
  const batches = grown("store", "segments");
  if (batches === 0) return [...always];
  const syncs = grown("log", "syncs");
  return [
    ["batch size, mean", "commands", grown("store", "entries") / batches],
    ["commands for each sync", "commands", grown("store", "entries") / Math.max(1, syncs)],
    ...always,
  ];
}

function leaderAmong(statuses: readonly NodeStatus[]): NodeStatus | undefined {
  return statuses.find(({ role }) => role === "leader");
}

function counter(status: NodeStatus, actor: string, name: string): number {
  return status.counters[actor]?.[name] ?? 0;
}

function pictures({ setup, settings, samples }: RunFile): Picture[] {
  const runs = Number(settings.runs);
  const of = (metric: string) => samples.filter((row) => row.metric === metric);
  // One line for each run where a metric has one series, else the last run with all series.
  const points = (metric: string) => {
    const rows = of(metric);
    const several = new Set(rows.map(({ series }) => series)).size > 1;
    const chosen = several ? rows.filter(({ run }) => run === runs) : rows;
    return samplePoints(several ? chosen : chosen.map((row) => ({ ...row, series: `run ${row.run}` })));
  };
  const panel = (title: string, metric: string, unit: string): Panel => ({
    title,
    height: 180,
    x: { title: "ms from the start of the flood" },
    y: { title: unit },
    marks: [{ kind: "line", dots: false, points: points(metric) }],
  });
  const queues = panel("What waits (fullest node, last run)", "queue depth", "pieces");
  const fullest = fullestSeries(of("queue depth"), queuesShown);
  const shownQueues: Panel = {
    ...queues,
    marks: queues.marks.map((mark) => ({ ...mark, points: mark.points.filter(({ series }) => fullest.has(series)) })),
  };
  const kind = settings.batched === true ? "batched" : "single";
  const title = `A flood of ${settings.commands} ${kind} commands, ${settings.nodes} nodes`;
  return [
    picture(
      "flood",
      setup,
      title,
      [
        panel("Throughput", "throughput", "commands/s"),
        panel("Batch size of the leader", "batch size", "commands"),
        shownQueues,
        panel("Memory (last run)", "memory", "MiB"),
        // Without points there would be no scale.
      ].filter(({ marks }) => marks.some(({ points: shown }) => shown.length > 0)),
      2,
    ),
  ];
}

/** More lines could not be told apart; the CSV has them all. */
const queuesShown = 6;

function fullestSeries(rows: readonly Row[], count: number): Set<string> {
  const peaks = new Map<string, number>();
  for (const { series, value } of rows) peaks.set(series, Math.max(value, peaks.get(series) ?? 0));
  const fullest = [...peaks].sort(([, a], [, b]) => b - a).slice(0, count);
  const least = (fullest[0]?.[1] ?? 0) / 100;
  return new Set(fullest.filter(([, peak]) => peak > least).map(([series]) => series));
}
