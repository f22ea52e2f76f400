/**
 * One measured cluster: processor time by thread for batches of chosen sizes, a flood, commands one at a time. As a
 * process of its own it takes the job as JSON and prints the figures as JSON, so that a network namespace can hold it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { floodCommand, runFlood } from "../client/flood.ts";
import type { NodeStatus } from "../cluster/control.ts";
import type { Layout } from "../cluster/threads/layout.ts";
import type { EngineName } from "../pools/engine.ts";
import { createLatencyHistogram, percentileMs, recordMs } from "./hdr.ts";
import { openAccounts } from "./measure-flood.ts";
import { answerJob } from "./measuring-process.ts";
import { loopbackBytes } from "./network-namespace.ts";
import { byThread, type Sample, threadNames } from "./scaling-model.ts";
import { type ShapedCluster, startShapedCluster } from "./shaped-cluster.ts";
import { readThreadTimes, type ThreadTimes, timesBetween } from "./thread-times.ts";

export type ShapedJob = {
  readonly nodes: number;
  readonly engine: EngineName;
  readonly layout: Layout;
  readonly batchCommands?: number;
  readonly delayMs?: number;
  /** Commands that the client may have under way: more than go through in 2 s would be sent again. */
  readonly openMax?: number;
  /** The loopback is this cluster's alone, so that its bytes tell something. */
  readonly ownNetwork: boolean;
  /** Batches of these sizes, each sent when the one before is answered; all of them `rounds` times. */
  readonly waves: readonly { readonly size: number; readonly count: number }[];
  readonly rounds: number;
  /** How long an idle cluster is watched, whose work is taken off that of the batches; 2 s unless given. */
  readonly idleMs?: number;
  /** Commands in a flood of single ones, and commands one at a time; 0 for none. */
  readonly flood: number;
  readonly alone: number;
};

export type FloodCost = {
  readonly commands: number;
  /** That the leader cut. */
  readonly batches: number;
  readonly seconds: number;
  readonly commandsPerSecond: number;
  readonly p50Ms: number;
  /** Processor microseconds for each command: the leader's, a follower's, the client's. */
  readonly leaderUs: number;
  readonly followerUs: number;
  readonly clientUs: number;
  /** For each command; undefined where others share the network. */
  readonly wireBytes?: number;
};

export type ShapedFigures = {
  /** Two for each size and round: the leader's, and the mean of all followers. */
  readonly samples: readonly Sample[];
  readonly flood?: FloodCost;
  readonly aloneP50Ms?: number;
};

/**
 * Commands of each kind before anything is measured, and as many as the flood has that will be: the compilers of Node need some
 * ten thousand to be done with most of the hot paths.
 */
const warmUpMin = 1000;

if (import.meta.main) await answerJob(runShaped);

/** Rejects where the cluster breaks, or changes its leader meanwhile. */
export async function runShaped(job: ShapedJob, given: AbortSignal): Promise<ShapedFigures> {
  const { nodes, engine, layout, batchCommands, delayMs, openMax, waves, rounds, idleMs = 2000 } = job;
  await using cluster = await startShapedCluster({
    nodes,
    engine,
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(openMax === undefined ? {} : { openMax }),
    adjust: (config) => ({
      ...config,
      threads: { layout },
      consensus:
        batchCommands === undefined ? config.consensus : { ...config.consensus, batchCommandsMax: batchCommands },
    }),
    signal: given,
  });
  const { client, signal } = cluster;
  await openAccounts(client, signal);
  for (const batched of [true, false]) {
    await runFlood(client, { batched, count: Math.max(job.flood, warmUpMin) }, signal, () => undefined);
  }
  const samples: Sample[] = [];
  if (waves.length > 0) {
    const idle = await over(cluster, () => sleep(idleMs, undefined, { signal }));
    for (let round = 0; round < rounds; round++) {
      for (const { size, count } of waves) samples.push(...(await measureWaves(cluster, size, count, idle)));
    }
  }
  return {
    samples,
    ...(job.alone > 0 ? { aloneP50Ms: await measureAlone(cluster, job.alone) } : {}),
    ...(job.flood > 0 ? { flood: await measureFloodCost(cluster, job) } : {}),
  };
}

/** What happened between two looks at the nodes. */
type Span = {
  readonly ms: number;
  readonly clientUs: number;
  readonly nodes: readonly { readonly leads: boolean; readonly batches: number; readonly us: ThreadTimes }[];
};

type Look = { readonly atMs: number; readonly clientUs: number; readonly nodes: readonly NodeLook[] };
type NodeLook = { readonly status: NodeStatus; readonly us: ThreadTimes };

async function look({ statuses }: ShapedCluster): Promise<Look> {
  const all = await statuses();
  const { user, system } = process.cpuUsage();
  const nodes = all.map((status) => ({ status, us: readThreadTimes(status.pid) }));
  return { atMs: performance.now(), clientUs: user + system, nodes };
}

async function over(cluster: ShapedCluster, work: () => Promise<unknown>): Promise<Span> {
  const before = await look(cluster);
  await work();
  const after = await look(cluster);
  const nodes = after.nodes.map(({ status, us }, i) => {
    const earlier = before.nodes[i];
    if (earlier === undefined || earlier.status.term !== status.term) throw new Error("the leader changed meanwhile");
    const leads = status.role === "leader";
    return { leads, batches: segmentsOf(status) - segmentsOf(earlier.status), us: timesBetween(earlier.us, us) };
  });
  return { ms: after.atMs - before.atMs, clientUs: after.clientUs - before.clientUs, nodes };
}

function segmentsOf({ counters }: NodeStatus): number {
  return counters.store?.segments ?? 0;
}

async function measureWaves(cluster: ShapedCluster, size: number, count: number, idle: Span): Promise<Sample[]> {
  const { client, signal } = cluster;
  const payloads = new Array<string>(size).fill(floodCommand);
  const span = await over(cluster, async () => {
    for (let wave = 0; wave < count; wave++) await client.flood(payloads, { batched: true, signal });
  });
  const idlePart = span.ms / idle.ms;
  const busy = span.nodes.map((node, i) => {
    const spent = idle.nodes[i]?.us ?? node.us;
    return { ...node, us: byThread((thread) => node.us[thread] - spent[thread] * idlePart) };
  });
  return [true, false].flatMap((leads): Sample[] => {
    const some = busy.filter((node) => node.leads === leads);
    const us = byThread((thread) => meanOf(some.map((node) => node.us[thread])));
    const batches = meanOf(some.map((node) => node.batches));
    return some.length === 0 ? [] : [{ nodes: busy.length, leads, commands: size * count, batches, us }];
  });
}

/** 0 of nothing: a node alone has no followers. */
function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function measureAlone({ client, signal }: ShapedCluster, count: number): Promise<number> {
  const latencies = createLatencyHistogram();
  for (let i = 0; i < count; i++) recordMs(latencies, (await client.send(floodCommand, { signal })).latencyMs);
  return percentileMs(latencies, 50);
}

async function measureFloodCost(cluster: ShapedCluster, { flood, ownNetwork }: ShapedJob): Promise<FloodCost> {
  const { client, signal } = cluster;
  const bytesBefore = ownNetwork ? loopbackBytes() : 0;
  const figures = { commandsPerSecond: 0, p50Ms: 0, seconds: 0 };
  const span = await over(cluster, async () => {
    const report = await runFlood(client, { batched: false, count: flood }, signal, () => undefined);
    if (report.failed > 0) throw new Error(`${report.failed} commands were refused: ${report.firstFailure}`);
    Object.assign(figures, { ...report, commandsPerSecond: flood / report.seconds });
  });
  const { commandsPerSecond, p50Ms, seconds } = figures;
  const mean = (leads: boolean) =>
    meanOf(span.nodes.filter((node) => node.leads === leads).map(({ us }) => allOf(us))) / flood;
  const batches = span.nodes.find(({ leads }) => leads)?.batches ?? 0;
  return {
    commands: flood,
    batches,
    seconds,
    commandsPerSecond,
    p50Ms,
    leaderUs: mean(true),
    followerUs: mean(false),
    clientUs: span.clientUs / flood,
    ...(ownNetwork ? { wireBytes: (loopbackBytes() - bytesBefore) / flood } : {}),
  };
}

function allOf(times: ThreadTimes): number {
  return threadNames.reduce((sum, thread) => sum + times[thread], 0);
}
