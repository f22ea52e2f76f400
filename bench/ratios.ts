/** Measures the ratios that must not regress: both sides of each in one run, interleaved, on one machine. */
import { setImmediate as turn } from "node:timers/promises";
import { type Engine, type EngineName, engineNames, loadEngine } from "../pools/engine.ts";
import type { SignatureBatch } from "../pools/signature-batch.ts";
import { verifyBatch } from "../pools/verify-batch.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import type { Ratio } from "./judge.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { measureOneByOne } from "./measure-one-by-one.ts";
import { spreadOf } from "./series.ts";
import type { Session } from "./session.ts";
import { commandBatch } from "./signed-commands.ts";
import { electionsIn, peakMemoryMiB, watchNodes } from "./watch-nodes.ts";

export type RatioSizes = {
  readonly runs: number;
  readonly commands: number;
  /** Commands one at a time. */
  readonly alone: number;
  /** Milliseconds for each engine. */
  readonly ms: number;
  /** With a second, larger cluster, and a long flood. */
  readonly full: boolean;
};

const batchChecks = 256;
const longFlood = 200_000;
const elections = "elections in a flood of 200,000";
const memory = "MiB of the largest node in it";

export async function measureRatios(session: Session, sizes: RatioSizes): Promise<Ratio[]> {
  const { ratios: engineRatios, floorUs, sodiumUs } = await measureEngines(session, sizes);
  const four = await measureClusterOf(4, session, sizes);
  const ratios: Ratio[] = [
    ...engineRatios,
    { name: "batched / one at a time", ...spreadOf(over(four.batched, four.alone)) },
    { name: "leader batching / client batching", ...spreadOf(over(four.single, four.batched)) },
    {
      name: "CPU per command and node / crypto floor",
      ...spreadOf(four.cpuUs.map((us) => us / floorUs)),
    },
    {
      name: "CPU per command and node / check by sodium",
      ...spreadOf(four.cpuUs.map((us) => us / sodiumUs)),
    },
  ];
  const name = "CPU per command and node, 7 nodes / 4 nodes";
  if (!sizes.full) {
    const skipped = "not in the quick form";
    return [...ratios, { name, skipped }, { name: elections, skipped }, { name: memory, skipped }];
  }
  const seven = await measureClusterOf(7, session, sizes);
  return [...ratios, { name, ...spreadOf(over(seven.cpuUs, four.cpuUs)) }, ...(await watchLongFlood(session))];
}

/** No ratios, but no times on a clock either: a flood far above capacity must neither depose a leader nor fill the memory. */
async function watchLongFlood({ engine, signal, bar }: Session): Promise<Ratio[]> {
  await using cluster = await startBenchCluster({ nodes: 4, engine, signal });
  const client = await cluster.client();
  await openAccounts(client, cluster.signal);
  const watch = watchNodes(cluster, 100);
  const progress = bar("commands of a long flood", longFlood);
  const { error } = await measureFlood(cluster, client, { batched: false, count: longFlood }, progress).finally(
    watch.stop,
  );
  if (error !== undefined) throw new Error(error);
  const samples = await watch.samples;
  return [
    { name: elections, ...spreadOf([electionsIn(samples)]) },
    { name: memory, ...spreadOf([peakMemoryMiB(samples)]) },
  ];
}

/** With microseconds for one signature of a batch: by the node's engine, and by sodium. */
async function measureEngines(
  session: Session,
  { runs, ms }: RatioSizes,
): Promise<{ ratios: Ratio[]; floorUs: number; sodiumUs: number }> {
  const signer = await loadEngine("openssl");
  const one = commandBatch(signer, 1, false, "shared");
  const many = commandBatch(signer, batchChecks, false, "shared");
  const simd = engineNames.find((name: string) => name === "simd");
  const inBatches = new Set<EngineName>([session.engine, "sodium", ...(simd === undefined ? [] : [simd])]);
  const wanted = [
    [session.engine, one, 1] as const,
    ...[...inBatches].map((name) => [name, many, batchChecks] as const),
  ];
  const rates = new Map<string, number[]>();
  for (let run = 1; run <= runs; run++) {
    for (const [name, batch, count] of session.random.shuffled(wanted)) {
      // Lets a signal in.
      await turn();
      session.signal.throwIfAborted();
      const engine = await loadEngine(name);
      const rate = checksPerCpuSecond(engine, batch, count, ms);
      const key = `${name} ${count}`;
      rates.set(key, [...(rates.get(key) ?? []), rate]);
    }
  }
  const of = (name: string, count: number) => rates.get(`${name} ${count}`) ?? [];
  const simdName = "simd / sodium, batches of 256";
  const ratios: Ratio[] = [
    simd === undefined
      ? { name: simdName, skipped: "no such engine" }
      : { name: simdName, ...spreadOf(over(of(simd, batchChecks), of("sodium", batchChecks))) },
    {
      name: "batch of 256 / one by one, node's engine",
      ...spreadOf(over(of(session.engine, batchChecks), of(session.engine, 1))),
    },
  ];
  const microseconds = (name: string) => 1_000_000 / spreadOf(of(name, batchChecks)).median;
  return { ratios, floorUs: microseconds(session.engine), sodiumUs: microseconds("sodium") };
}

/** By processor time, as the nodes' work is counted: neighbours on a busy machine change neither. */
function checksPerCpuSecond(engine: Engine, batch: SignatureBatch, count: number, ms: number): number {
  const checkAll = () => {
    if (verifyBatch(engine, batch).valid.includes(0)) throw new Error(`${engine.name} refuses a valid signature`);
  };
  const warmUntil = performance.now() + ms / 4;
  while (performance.now() < warmUntil) checkAll();
  const before = process.cpuUsage();
  let used = 0;
  let checks = 0;
  while (used < ms * 1000) {
    for (let done = 0; done < batchChecks; done += count) checkAll();
    checks += Math.max(count, batchChecks);
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  return (checks * 1_000_000) / used;
}

/** Run by run, so that what slowed one run down stands on both sides. */
function over(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value / (b[i] ?? Number.NaN));
}

type ClusterFigures = {
  readonly batched: number[];
  readonly single: number[];
  readonly alone: number[];
  /** Of a flood in client batches, per command and node. */
  readonly cpuUs: number[];
};

async function measureClusterOf(nodes: number, session: Session, sizes: RatioSizes): Promise<ClusterFigures> {
  const { engine, signal } = session;
  await using cluster = await startBenchCluster({ nodes, engine, signal });
  const client = await cluster.client();
  await openAccounts(client, cluster.signal);
  const { runs, commands: count, alone } = sizes;
  const bar = session.bar(`commands, ${nodes} nodes`, count * 2 + runs * (count * 2 + alone));
  const figures: ClusterFigures = { batched: [], single: [], alone: [], cpuUs: [] };
  let before = 0;
  const progress = (done: number) => bar(before + done);
  const flood = async (batched: boolean) => {
    const flooded = await measureFlood(cluster, client, { batched, count }, progress);
    if (flooded.error !== undefined) throw new Error(flooded.error);
    before += count;
    return flooded;
  };
  await flood(true);
  await flood(false);
  for (let run = 1; run <= runs; run++) {
    for (const kind of session.random.shuffled(["batched", "single", "alone"] as const)) {
      if (kind === "alone") {
        const { commandsPerSecond, error } = await measureOneByOne(cluster, client, alone, progress);
        if (error !== undefined) throw new Error(error);
        before += alone;
        figures.alone.push(commandsPerSecond);
        continue;
      }
      const { commandsPerSecond, cpuUsPerCommand } = await flood(kind === "batched");
      figures[kind].push(commandsPerSecond);
      if (kind === "batched") figures.cpuUs.push(cpuUsPerCommand / nodes);
    }
  }
  return figures;
}
