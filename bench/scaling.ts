/** Past one machine: a model of costs fitted to runs here, what it predicts, and how far it is off. See docs/scaling.md. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDefaults } from "../cluster/config.ts";
import { type Picture, picture } from "./charts.ts";
import { messageSizes } from "./message-sizes.ts";
import { makeNetworkNamespace, type NetworkNamespace } from "./network-namespace.ts";
import { renderTable } from "./result-table.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { checkModel } from "./scaling-checks.ts";
import {
  type CostModel,
  fitModel,
  mergeAlike,
  nodeUs,
  predict,
  type Sample,
  sampleUs,
  things,
  threadNames,
} from "./scaling-model.ts";
import { limitName, placeName, predictedFor, sites, threadShares } from "./scaling-places.ts";
import { ofMetric, type Row, spreadOf } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";
import { runShapedProcess } from "./shaped-process.ts";

export type ScalingFlags = CommonFlags & { readonly check: boolean };

/** Some two seconds of batches of each size. */
const waves = [
  { size: 1, count: 60 },
  { size: 30, count: 40 },
  { size: 300, count: 15 },
  { size: 1000, count: 6 },
];
const full = { nodes: [1, 4, 7, 10], rounds: 3, waves, idleMs: 2000 };
const quick = {
  nodes: [1, 4],
  rounds: 1,
  waves: waves.map(({ size, count }) => ({ size, count: Math.ceil(count / 4) })),
  idleMs: 500,
};

const places = predictedFor.cores.flatMap((cores) => predictedFor.gigabits.map((gigabits) => ({ cores, gigabits })));
/** Ethernet's. */
const packetBytesMax = 1500;

const machineNote =
  "predictions are for nodes on machines of their own, each with cores like those measured here; clients do not limit them.";

export const scalingBenchmark: Benchmark<ScalingFlags> = { name: "scaling", measure, pictures };

async function measure(flags: ScalingFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const rounds = flags.runs ?? base.rounds;
  const { engine, signal, say } = session;
  const made = makeNetworkNamespace();
  if (!made.ok) say(`bytes on the wire are not counted, and narrow networks not tried, since ${made.reason}`);
  using network: NetworkNamespace | undefined = made.ok ? made.value : undefined;
  const samples: Sample[] = [];
  const bar = session.bar("clusters", base.nodes.length);
  for (const [done, nodes] of session.random.shuffled(base.nodes).entries()) {
    // Predictions are for machines with processors to spare, so the threads are theirs.
    const job = { nodes, engine, layout: "spread", rounds, idleMs: base.idleMs, flood: 0, alone: 0 } as const;
    const shuffled = session.random.shuffled(base.waves);
    samples.push(...(await runShapedProcess({ ...job, waves: shuffled }, network, signal)).samples);
    bar(done + 1);
  }
  const model = fitModel(samples);
  const syncMs = measureSync();
  const checks = flags.check
    ? await checkModel(model, { syncMs, quick: flags.quick }, session)
    : { rows: [], notes: [] };
  const { rows, table } = predictions(model, syncMs);
  for (const line of table) say(line);
  return {
    settings: { nodes: base.nodes, batches: waves.map(({ size }) => size), rounds, check: flags.check },
    rows: [...constantRows(model, syncMs), ...fitRows(model, samples), ...rows, ...checks.rows],
    samples: [],
    errors: [],
    notes: [machineNote, ...checks.notes],
  };
}

/** Median of some syncs of a short write, where clusters have their files. */
function measureSync(): number {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-sync-"));
  const file = openSync(join(folder, "file"), "w");
  try {
    const times = Array.from({ length: 30 }, () => {
      const startedAt = performance.now();
      writeSync(file, new Uint8Array(500));
      fdatasyncSync(file);
      return performance.now() - startedAt;
    });
    return spreadOf(times).median;
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

const row = (
  metric: string,
  unit: string,
  series: string,
  x: readonly [name: string, x: number | string],
  value: number,
): Row => ({
  series,
  xName: x[0],
  x: x[1],
  run: 1,
  metric,
  unit,
  value,
});

function constantRows(model: CostModel, syncMs: number): Row[] {
  const { commands, entries, results, vote } = messageSizes();
  return [
    ...threadNames.flatMap((thread) =>
      things.map((thing, i) => row("fitted processor time", "µs", thread, ["for each", thing], model[thread][i] ?? 0)),
    ),
    row("message bytes", "bytes", "command to the leader", ["", ""], commands.each),
    row("message bytes", "bytes", "entry to a follower", ["", ""], entries.each),
    row("message bytes", "bytes", "result to the client", ["", ""], results.each),
    row("message bytes", "bytes", "vote", ["", ""], vote),
    row("sync of the disk", "ms", "", ["", ""], syncMs),
  ];
}

/** How well the constants tell what they were fitted to; batches of other sizes than were sent were cut by chance. */
function fitRows(model: CostModel, samples: readonly Sample[]): Row[] {
  const sent = waves.map(({ size }) => size);
  return mergeAlike(samples)
    .map((sample) => ({ sample, size: Math.round(sample.commands / sample.batches) }))
    .filter(({ size }) => sent.includes(size))
    .sort((a, b) => a.size - b.size)
    .map(({ sample, size }) => {
      const series = `${sample.leads ? "leader" : "follower"}, batches of ${size}`;
      return row(
        "fitted / measured",
        "times",
        series,
        ["nodes", sample.nodes],
        nodeUs(model, sample) / sampleUs(sample),
      );
    });
}

function predictions(model: CostModel, syncMs: number): { rows: Row[]; table: string[] } {
  const { windowBatches, batchCommandsMax } = nodeDefaults(0, "node0").consensus;
  const rules = { windowBatches, batchCommands: batchCommandsMax };
  const sizes = messageSizes();
  // Many limits are the same for several machines and networks: each is told once.
  const rows = new Map<string, Row>();
  const add = (one: Row) => rows.set(JSON.stringify([one.metric, one.series, one.x]), one);
  const lines: string[][] = [];
  for (const nodes of predictedFor.nodes) {
    const line = [String(nodes)];
    for (const { cores, gigabits } of places) {
      for (const { site, oneWayMs } of sites) {
        const machine = { cores, nodesHere: 1, clientUs: 0, syncMs };
        const network = { oneWayMs, bitsPerSecond: gigabits * 1e9, packetBytesMax, shared: false };
        const told = predict(model, { nodes, machine, network, rules, sizes });
        const x = ["nodes", nodes] as const;
        const series = placeName(cores, gigabits);
        add(row(`predicted throughput, ${site}`, "commands/s", series, x, told.commandsPerSecond));
        for (const { name, commandsPerSecond } of told.limits) {
          add(row("limit", "commands/s", limitName(name, series, site), x, commandsPerSecond));
        }
        add(row("predicted latency of a command alone", "ms", `${site}, ${series}`, x, told.aloneMs));
        add(row("predicted processor time for a command", "µs", "leader", x, told.leaderUs));
        add(row("predicted processor time for a command", "µs", "follower", x, told.followerUs));
        add(row("bytes out of the leader for a command", "bytes", "", x, told.leaderBytes));
        line.push(`${Math.round(told.commandsPerSecond / 1000)}k ${told.limitedBy.replace("the leader's ", "")}`);
      }
    }
    lines.push(line);
  }
  const head = places.flatMap(({ cores, gigabits }) =>
    sites.map(({ site }) => `${placeName(cores, gigabits)}, ${site}`),
  );
  const sorted = [...rows.values()].sort(
    (a, b) => a.metric.localeCompare(b.metric) || a.series.localeCompare(b.series),
  );
  return { rows: sorted, table: renderTable([["nodes", ...head], ...lines]) };
}

function pictures({ setup, summary }: RunFile): Picture[] {
  const x = { title: "nodes, each a machine", values: predictedFor.nodes, scale: "log" } as const;
  const panel = (title: string, metric: string, unit: string) => ({
    title,
    x,
    y: { title: unit, scale: "log" } as const,
    marks: [
      {
        kind: "line",
        dots: true,
        points: ofMetric(summary, metric).map(({ series, x: nodes, median }) => ({ series, x: nodes, y: median })),
      } as const,
    ],
  });
  const own = { title: "Leader's processor time by thread", x, y: { title: "µs for each command" } };
  return [
    picture("scaling", setup, "Predicted from the costs measured here, for machines of their own", [
      panel("Throughput, one site", "predicted throughput, one site", "commands/s"),
      panel("Throughput, between regions", "predicted throughput, regions", "commands/s"),
      { ...own, marks: [{ kind: "line", dots: true, points: threadShares(summary) }] },
    ]),
  ];
}
