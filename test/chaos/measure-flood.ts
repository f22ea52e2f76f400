/**
 * What a flood by strangers does to a cluster: honest clients' rate without it and under it, and whether the memory of
 * the node that it hits grows.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { JunoClient } from "../../client/client.ts";
import { type ChaosCluster, makeChaosCluster } from "./chaos-cluster.ts";
import type { Flood } from "./floods.ts";
import { judge } from "./judge.ts";
import { keepArtefacts } from "./keep-artefacts.ts";
import { type Load, startLoad } from "./load.ts";
import { agreement } from "./run-scenario.ts";
import { seeded } from "./seeded.ts";

export type FloodOptions = {
  readonly start: (chaos: ChaosCluster, node: number) => Flood;
  readonly calmMs: number;
  readonly floodMs: number;
  readonly seed: number;
};

export type FloodReport = {
  readonly floodMs: number;
  readonly flaws: readonly string[];
  /** Of the flood: messages or connections a second. */
  readonly attacksPerSecond: number;
  /** Honest commands acknowledged a second, before the flood and in it. */
  readonly calmPerSecond: number;
  readonly floodPerSecond: number;
  /** Resident memory of the node under the flood; the slope is of its second half. */
  readonly rssMb: { readonly before: number; readonly max: number; readonly slopePerMinute: number };
  /** Elections that the flood brought about. */
  readonly terms: number;
};

const mb = 1024 * 1024;
/** Nodes with a thread for each actor begin at some 300 MB here, and the heap's tide under a flood takes 80 more. */
const rssMbMax = 500;
/** In the second half of the flood, when the tide has come in; a leak of 1 KB a message exceeds it in a minute. */
const growthMbMax = 60;
/** Of the honest rate without the flood: strangers may cost processor time, which all share here, but not the service. */
const rateLeftMin = 0.05;

/** What must not be, whatever strangers do. */
export function flawsOfFlood({ calmPerSecond, floodPerSecond, rssMb, floodMs }: FloodReport): string[] {
  const growth = (rssMb.slopePerMinute * floodMs) / 2 / 60_000;
  return [
    ...(floodPerSecond < rateLeftMin * calmPerSecond ? ["honest clients are not served under the flood"] : []),
    ...(rssMb.max > rssMbMax ? [`the node takes more than ${rssMbMax} MB`] : []),
    ...(growth > growthMbMax ? [`the node's memory grew by ${growth.toFixed(0)} MB`] : []),
  ];
}

export async function measureFlood({ start, calmMs, floodMs, seed }: FloodOptions): Promise<FloodReport> {
  const chaos = await makeChaosCluster(4, 2, seeded(seed, "links"));
  const clients: JunoClient[] = [];
  try {
    for (let node = 0; node < 4; node++) chaos.start(node);
    const hit = await chaos.cluster.leader();
    for (let client = 0; client < 2; client++) clients.push(await chaos.cluster.client(client));
    const work = { random: seeded(seed, "load"), processes: 4, groups: 4, patienceMs: 60_000, restMs: 10 };
    const load = startLoad({ clients, ...work });
    while (load.acknowledged() < 200) await sleep(20);
    const calmPerSecond = await rateOf(load, calmMs);
    const before = await rssOf(chaos, hit);
    const flood = start(chaos, hit);
    const samples: { readonly atMs: number; readonly mb: number }[] = [];
    const began = performance.now();
    let ended = false;
    const sampling = (async () => {
      while (!ended) {
        samples.push({ mb: (await rssOf(chaos, hit)).mb, atMs: performance.now() - began });
        await sleep(250);
      }
    })();
    const floodPerSecond = await rateOf(load, floodMs);
    ended = true;
    await sampling;
    const attacksPerSecond = (flood.count() * 1000) / (performance.now() - began);
    await flood.end();
    const after = await rssOf(chaos, hit);
    const history = await load.end();
    await agreement(chaos, 60_000);
    await Promise.all(clients.map((client) => client.close()));
    const { flaws } = await judge(chaos, history);
    const kept = flaws.length === 0 ? undefined : await keepArtefacts(chaos, "flood", { flaws, history });
    return {
      flaws: kept === undefined ? flaws : [...flaws, `kept in ${kept}`],
      floodMs,
      attacksPerSecond,
      calmPerSecond,
      floodPerSecond,
      rssMb: {
        before: before.mb,
        max: Math.max(...samples.map((one) => one.mb)),
        slopePerMinute: slopeOf(samples.filter(({ atMs }) => atMs > floodMs / 2)) * 60_000,
      },
      terms: after.term - before.term,
    };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await chaos.dispose();
  }
}

async function rateOf(load: Load, ms: number): Promise<number> {
  const [count, began] = [load.acknowledged(), performance.now()];
  await sleep(ms);
  return ((load.acknowledged() - count) * 1000) / (performance.now() - began);
}

async function rssOf(chaos: ChaosCluster, node: number): Promise<{ readonly mb: number; readonly term: number }> {
  for (let tries = 0; tries < 10; tries++) {
    const status = await chaos.cluster.status(node);
    if (status !== undefined) return { mb: status.rssBytes / mb, term: status.term };
  }
  throw new Error(`node ${node} does not tell its memory`);
}

/** Of the straight line nearest to the samples, by least squares: MB a millisecond. */
export function slopeOf(samples: readonly { readonly atMs: number; readonly mb: number }[]): number {
  const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [at, held] = [meanOf(samples.map(({ atMs }) => atMs)), meanOf(samples.map((one) => one.mb))];
  const above = samples.reduce((sum, one) => sum + (one.atMs - at) * (one.mb - held), 0);
  const below = samples.reduce((sum, one) => sum + (one.atMs - at) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
