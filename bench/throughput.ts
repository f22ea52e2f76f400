/** Throughput against cluster size, by client batching and leader batching: the graph of the old Juno's README. */
import { startBenchCluster } from "./bench-cluster.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type ThroughputFlags = CommonFlags & {
  readonly nodes?: readonly number[];
  readonly commands?: number;
  readonly threads?: number;
};

/** Of each kind, `warmUp` commands before the first measured one, so that the compilers of Node are done with most of the hot paths. */
const full = { nodes: [4, 7, 10, 13, 16, 20], commands: 5000, runs: 5, warmUp: 10_000 };
const quick = { nodes: [1, 4, 7], commands: 1000, runs: 2, warmUp: 1000 };

const seriesNames = { batched: "client batching (batch test)", single: "leader batching (many test)" } as const;

export const throughputBenchmark: Benchmark<ThroughputFlags> = { name: "throughput", measure, pictures };

async function measure(flags: ThroughputFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const sizes = flags.nodes ?? base.nodes;
  const commands = flags.commands ?? base.commands;
  const runs = flags.runs ?? base.runs;
  const warmUp = Math.min(2 * commands, base.warmUp);
  const rows: Row[] = [];
  const errors: string[] = [];
  const bar = session.bar("commands", runs * sizes.length * 2 * (warmUp + commands));
  let before = 0;
  const progress = (done: number) => bar(before + done);
  // Each run visits all sizes anew, so that the machine's moods meet all alike; a fresh cluster each time, because the
  // clusters of all sizes at once would share the processors.
  for (let run = 1; run <= runs; run++) {
    for (const nodes of session.random.shuffled(sizes)) {
      await using cluster = await startBenchCluster({
        nodes,
        engine: session.engine,
        ...(flags.threads === undefined ? {} : { threads: flags.threads }),
        signal: session.signal,
      });
      const client = await cluster.client();
      await openAccounts(client, cluster.signal);
      for (const batched of [true, false]) {
        await measureFlood(cluster, client, { batched, count: warmUp }, progress);
        before += warmUp;
      }
      const told: string[] = [];
      for (const kind of session.random.shuffled(["batched", "single"] as const)) {
        const figures = await measureFlood(cluster, client, { batched: kind === "batched", count: commands }, progress);
        before += commands;
        const { commandsPerSecond, cpuUsPerCommand, p50Ms, p99Ms, error } = figures;
        const row = (metric: string, unit: string, value: number) =>
          rows.push({ series: seriesNames[kind], xName: "nodes", x: nodes, run, metric, unit, value });
        row("throughput", "commands/s", commandsPerSecond);
        row("CPU per command and node", "µs", cpuUsPerCommand / nodes);
        row("latency p50 in the flood", "ms", p50Ms);
        row("latency p99 in the flood", "ms", p99Ms);
        if (error !== undefined) errors.push(`${nodes} nodes, run ${run}, ${kind}: ${error}`);
        told.push(`${kind} ${Math.round(commandsPerSecond)}/s`);
      }
      session.say(`run ${run} of ${runs}, ${nodes} nodes: ${told.join(", ")}`);
    }
  }
  rows.sort((a, b) => a.metric.localeCompare(b.metric) || a.series.localeCompare(b.series) || a.run - b.run);
  const settings = { nodes: sizes, commands, runs, warmUp };
  return { settings, rows, samples: [], errors, notes: notesFor(sizes) };
}

function notesFor(sizes: readonly number[]): string[] {
  const largest = Math.max(...sizes);
  return [
    `every node checks every command's signature, and all nodes share this machine: with ${largest} nodes each command ` +
      `is checked ${largest} times by the same processors. On machines of their own the curve would be flatter.`,
  ];
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const values = [...new Set(summary.map(({ x }) => Number(x)))].sort((a, b) => a - b);
  const x = { title: "nodes", values };
  const panel = (title: string, metric: string, unit: string): Panel => ({
    title,
    x,
    y: { title: unit },
    marks: [{ kind: "line", dots: true, points: pointsOf(ofMetric(summary, metric)) }],
  });
  const title = `Throughput against cluster size (floods of ${settings.commands}; median of ${settings.runs}, least to greatest)`;
  return [
    picture("throughput", setup, title, [
      panel("Throughput", "throughput", "commands/s"),
      panel("Processor time per command and node", "CPU per command and node", "µs"),
    ]),
  ];
}
