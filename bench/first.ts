/** First figures: floods and latency of one cluster, in a minute. */
import { startBenchCluster } from "./bench-cluster.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { measureOneByOne } from "./measure-one-by-one.ts";
import type { Measured, RunFile } from "./run-file.ts";
import type { Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type FirstFlags = CommonFlags & {
  readonly nodes: number;
  readonly commands?: number;
  readonly threads?: number;
};

/**
 * Commands before the first that counts, of each kind of flood and one at a time: the platform compiles what runs often, for tens of
 * thousands of commands in a flood, and for some two thousand that come alone, since votes and syncs are not what a flood does most.
 */
const full = { commands: 5000, runs: 5, alone: 200, warmUp: 15_000, warmUpAlone: 2000 };
const quick = { commands: 1000, runs: 2, alone: 50, warmUp: 1000, warmUpAlone: 50 };

export const firstBenchmark: Benchmark<FirstFlags> = { name: "first", measure, pictures };

async function measure(flags: FirstFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const { nodes } = flags;
  const commands = flags.commands ?? base.commands;
  const runs = flags.runs ?? base.runs;
  const alone = Math.min(base.alone, commands);
  const rows: Row[] = [];
  const errors: string[] = [];
  const { engine, signal } = session;
  await using cluster = await startBenchCluster({
    nodes,
    engine,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    signal,
  });
  const client = await cluster.client();
  await openAccounts(client, cluster.signal);
  const { warmUp, warmUpAlone } = base;
  const bar = session.bar("commands", 2 * warmUp + warmUpAlone + runs * (2 * commands + alone));
  let before = 0;
  const progress = (done: number) => bar(before + done);
  for (const batched of [true, false]) {
    await measureFlood(cluster, client, { batched, count: warmUp }, progress);
    before += warmUp;
  }
  await measureOneByOne(cluster, client, warmUpAlone, progress);
  before += warmUpAlone;
  const note = (run: number, metric: string, unit: string, value: number) =>
    rows.push({ series: "", xName: "", x: "", run, metric, unit, value });

  for (let run = 1; run <= runs; run++) {
    // Interleaved and shuffled, so that the machine's moods meet all alike.
    for (const kind of session.random.shuffled(["batch", "many", "alone"] as const)) {
      if (kind === "alone") {
        const figures = await measureOneByOne(cluster, client, alone, progress);
        before += alone;
        note(run, "one command at a time, p50", "ms", figures.p50Ms);
        note(run, "one command at a time, p99", "ms", figures.p99Ms);
        note(run, "CPU of all nodes, one at a time", "µs/command", figures.cpuUsPerCommand);
        if (figures.error !== undefined) errors.push(figures.error);
        continue;
      }
      const figures = await measureFlood(cluster, client, { batched: kind === "batch", count: commands }, progress);
      before += commands;
      note(run, `${kind} test:${commands}`, "commands/s", figures.commandsPerSecond);
      note(run, `CPU of all nodes, ${kind}`, "µs/command", figures.cpuUsPerCommand);
      if (figures.error !== undefined) errors.push(figures.error);
    }
  }
  rows.sort((a, b) => order(a.metric) - order(b.metric));
  return { settings: { nodes, commands, runs, alone, warmUp, warmUpAlone }, rows, samples: [], errors, notes: [] };
}

const metricsInOrder = [
  "batch test",
  "many test",
  "one command at a time, p50",
  "one command at a time, p99",
  "CPU of all nodes, batch",
  "CPU of all nodes, many",
  "CPU of all nodes, one",
];

function order(metric: string): number {
  return metricsInOrder.findIndex((start) => metric.startsWith(start));
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const panel = (title: string, unit: string): Panel => {
    const points = pointsOf(summary.filter((one) => one.unit === unit).map((one) => ({ ...one, series: one.metric })));
    const axis = { title: unit };
    return { title, height: 120, width: 260, x: axis, y: axis, marks: [{ kind: "bar", points }] };
  };
  const panels = [
    panel("Rate of floods", "commands/s"),
    panel("Latency, one at a time", "ms"),
    panel("Processor time of all nodes", "µs/command"),
  ];
  return [picture("first", setup, `First figures: ${settings.nodes} nodes`, panels)];
}
