/** Kills and starts nodes again and again under load; after each cycle all ledgers are equal, in the end all is judged. */
import { setTimeout as sleep } from "node:timers/promises";
import type { JunoClient } from "../../client/client.ts";
import { makeChaosCluster } from "./chaos-cluster.ts";
import { type Judgement, judge, judgeBroken, withFlaws } from "./judge.ts";
import { keepArtefacts } from "./keep-artefacts.ts";
import { type Load, startLoad } from "./load.ts";
import { openRepeaters, type Repeater } from "./repeater.ts";
import { agreement } from "./run-scenario.ts";
import { seeded } from "./seeded.ts";

export type CyclesOptions = {
  readonly cycles: number;
  readonly seed: number;
  /** One in so many cycles kills all nodes at once, beginning with the first. */
  readonly allEvery: number;
  readonly note: (line: string) => void;
};

export type CyclesReport = Judgement & {
  readonly cycles: number;
  readonly kills: number;
  readonly allAtOnce: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Acknowledged commands that were sent again. */
  readonly sentAgain: number;
  /** From the start of what was killed to equal ledgers: the longest, and the median. */
  readonly recoveredMs: { readonly max: number; readonly median: number };
  readonly kept: string | undefined;
};

const size = 4;
/** Generous: all nodes start at once, on a machine that does other things too. */
const recoverMsMax = 60_000;

export async function runKillCycles({ cycles, seed, allEvery, note }: CyclesOptions): Promise<CyclesReport> {
  const chaos = await makeChaosCluster(size, 2, seeded(seed, "links"));
  const random = seeded(seed, "cycles");
  const clients: JunoClient[] = [];
  const recovered: number[] = [];
  let load: Load | undefined;
  let repeater: Repeater | undefined;
  let kills = 0;
  let allAtOnce = 0;
  let done = 0;
  let judgement: Judgement;

  /** Whom this cycle kills: all, the leader, a follower, or as many as stop a cluster of four. */
  async function victims(cycle: number): Promise<readonly number[]> {
    const all = Array.from({ length: size }, (_, node) => node);
    if (cycle % allEvery === 0) return all;
    const leader = (await chaos.leading()) ?? 0;
    const followers = all.filter((node) => node !== leader);
    const follower = random.pick(followers);
    return random.pick([[leader], [leader], [follower], [leader, follower]]);
  }

  try {
    for (let node = 0; node < size; node++) chaos.start(node);
    await chaos.cluster.leader();
    for (let client = 0; client < 2; client++) clients.push(await chaos.cluster.client(client));
    const work = { random: seeded(seed, "load"), processes: 4, groups: 4, patienceMs: recoverMsMax, restMs: 30 };
    repeater = await openRepeaters(chaos.cluster, clients, seeded(seed, "repeats"));
    load = startLoad({ clients, ...work, onRecorded: repeater.acknowledged });
    for (let cycle = 0; cycle < cycles; cycle++) {
      const before = load.acknowledged();
      const grown = async (count: number): Promise<void> => {
        const until = performance.now() + recoverMsMax;
        while ((load?.acknowledged() ?? 0) < before + count) {
          if (performance.now() > until) throw new Error(`cycle ${cycle}: no service in ${recoverMsMax} ms`);
          await sleep(20);
        }
      };
      await grown(20);
      await sleep(random.between(0, 300));
      const hit = await victims(cycle);
      await Promise.all(hit.map((node) => chaos.kill(node)));
      kills += hit.length;
      if (hit.length === size) allAtOnce++;
      await sleep(random.between(0, 400));
      const startedAt = performance.now();
      for (const node of hit) chaos.start(node);
      await grown(40);
      await load.pause();
      await agreement(chaos, recoverMsMax);
      recovered.push(performance.now() - startedAt);
      load.resume();
      done++;
      note(
        `cycle ${cycle + 1} of ${cycles}: killed ${hit.join(", ")}, equal ledgers after ${recovered.at(-1)?.toFixed(0)} ms`,
      );
    }
    const history = await load.end();
    await agreement(chaos, recoverMsMax);
    await Promise.all(clients.map((client) => client.close()));
    await repeater.close();
    judgement = withFlaws(await judge(chaos, history), repeater.flaws());
  } catch (error) {
    judgement = await judgeBroken(error, chaos.deaths(), load, clients);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await repeater?.close();
  }
  const history = load?.history() ?? [];
  const failure = { flaws: judgement.flaws, history };
  try {
    return {
      ...judgement,
      cycles: done,
      kills,
      allAtOnce,
      acknowledged: history.filter(({ output }) => output !== undefined).length,
      unknown: history.filter(({ output }) => output === undefined).length,
      sentAgain: repeater?.sent() ?? 0,
      recoveredMs: {
        max: Math.max(0, ...recovered),
        median: recovered.toSorted((a, b) => a - b)[recovered.length >> 1] ?? 0,
      },
      kept: judgement.flaws.length === 0 ? undefined : await keepArtefacts(chaos, `cycles-${seed}`, failure),
    };
  } finally {
    await chaos.dispose();
  }
}
