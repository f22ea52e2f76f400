/** Runs a scenario: a cluster, load, the faults; then everything heals, has to agree soon, and is judged. */
import { setTimeout as sleep } from "node:timers/promises";
import type { JunoClient } from "../../client/client.ts";
import type { NodeStatus } from "../../cluster/control.ts";
import { type ChaosCluster, makeChaosCluster } from "./chaos-cluster.ts";
import { inflict } from "./inflict.ts";
import { type Judgement, judge, judgeBroken, withFlaws } from "./judge.ts";
import { keepArtefacts } from "./keep-artefacts.ts";
import { ask, type Load, type Recorded, startLoad } from "./load.ts";
import { openRepeaters, type Repeater } from "./repeater.ts";
import { describeFault, type Scenario } from "./scenario.ts";
import { seeded } from "./seeded.ts";

/** From the end of the last fault until all nodes hold the same and clients are served. */
export const convergeMsMax = 20_000;
const clientCount = 3;
const groups = 4;
/** A command that got no answer for so long is given up while faults last. */
const patienceMs = 8_000;

export type ScenarioReport = Judgement & {
  /** From heal to agreement. */
  readonly convergedMs: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Acknowledged commands that were sent again. */
  readonly sentAgain: number;
  readonly corrupted: { readonly chunks: number; readonly connections: number };
  /** Where everything is kept of a run that failed. */
  readonly kept: string | undefined;
};

export async function runScenario(
  scenario: Scenario,
  note: (line: string) => void,
  convergeMs: number = convergeMsMax,
): Promise<ScenarioReport> {
  const chaos = await makeChaosCluster(scenario.nodes, clientCount, seeded(scenario.seed, "links"));
  const clients: JunoClient[] = [];
  let load: Load | undefined;
  let repeater: Repeater | undefined;
  let convergedMs = Number.NaN;
  let judgement: Judgement;
  try {
    for (let node = 0; node < scenario.nodes; node++) chaos.start(node);
    await chaos.cluster.leader();
    for (let client = 0; client < clientCount; client++) clients.push(await chaos.cluster.client(client));
    repeater = await openRepeaters(chaos.cluster, clients, seeded(scenario.seed, "repeats"));
    const work = { random: seeded(scenario.seed, "load"), processes: 2, groups, patienceMs, restMs: 40 };
    load = startLoad({ clients, ...work, onRecorded: repeater.acknowledged });
    await allFaults(chaos, scenario, note);
    chaos.heal();
    convergedMs = await converge(chaos, load, convergeMs);
    const history = [...(await load.end()), ...(await lastReads(clients[0]))];
    // Agreement of all, not of a quorum: the last reads are in every ledger too.
    await agreement(chaos, convergeMs);
    const disagreed = clients.flatMap((client) => client.status().validators).filter((one) => one.disagreed > 0);
    await Promise.all(clients.map((client) => client.close()));
    await repeater.close();
    const ownAnswer = disagreed.length > 0 ? ["an honest validator sent an answer of its own"] : [];
    judgement = withFlaws(await judge(chaos, history), [...ownAnswer, ...repeater.flaws()]);
  } catch (error) {
    judgement = await judgeBroken(error, chaos.deaths(), load, clients);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await repeater?.close();
  }
  const history = load?.history() ?? [];
  try {
    const spoilt = chaos.links.map((link) => link.stats());
    return {
      ...judgement,
      convergedMs,
      acknowledged: history.filter(({ output }) => output !== undefined).length,
      unknown: history.filter(({ output }) => output === undefined).length,
      sentAgain: repeater?.sent() ?? 0,
      corrupted: {
        chunks: spoilt.reduce((sum, one) => sum + one.corruptedChunks, 0),
        connections: spoilt.reduce((sum, one) => sum + one.spoilt, 0),
      },
      kept:
        judgement.flaws.length === 0
          ? undefined
          : await keepArtefacts(chaos, `scenario-${scenario.seed}`, { scenario, flaws: judgement.flaws, history }),
    };
  } finally {
    await chaos.dispose();
  }
}

async function allFaults(chaos: ChaosCluster, scenario: Scenario, note: (line: string) => void): Promise<void> {
  const over = new AbortController();
  const random = seeded(scenario.seed, "targets");
  const began = performance.now();
  const running: Promise<void>[] = [];
  try {
    for (const fault of scenario.faults) {
      await sleep(Math.max(0, fault.atMs - (performance.now() - began)));
      note(describeFault(fault));
      running.push(inflict(chaos, fault, clientCount, random, over.signal));
    }
    await Promise.all(running);
  } finally {
    over.abort();
    await Promise.allSettled(running);
  }
}

/** Milliseconds until all nodes agree while nothing is asked, and clients have been served before that. */
async function converge(chaos: ChaosCluster, load: Load, withinMs: number): Promise<number> {
  const began = performance.now();
  const left = (): number => withinMs - (performance.now() - began);
  const before = load.acknowledged();
  while (load.acknowledged() < before + 20) {
    if (left() < 0) throw new Error(`no service ${withinMs} ms after all had healed`);
    await sleep(50);
  }
  await load.pause();
  await agreement(chaos, left());
  return performance.now() - began;
}

/** Waits until all nodes, each of which has to run, hold and have applied the same. */
export async function agreement(chaos: ChaosCluster, withinMs: number): Promise<NodeStatus> {
  const until = performance.now() + withinMs;
  for (;;) {
    const nodes = Array.from({ length: chaos.size }, (_, node) => node);
    const found = await Promise.all(nodes.map((node) => chaos.cluster.status(node)));
    const [first] = found;
    const key = (one: NodeStatus | undefined): string =>
      one === undefined
        ? "silent"
        : `${one.lastIndex} ${one.commitIndex} ${one.appliedIndex} ${one.logHash} ${one.stateHash}`;
    if (first !== undefined && first.lastIndex === first.appliedIndex && found.every((one) => key(one) === key(first)))
      return first;
    if (performance.now() > until) throw new Error(`no agreement: ${nodes.map((node) => key(found[node])).join("; ")}`);
    await sleep(100);
  }
}

/** Every account as it is in the end, seen by one client. */
async function lastReads(client: JunoClient | undefined): Promise<Recorded[]> {
  if (client === undefined) return [];
  const reads: Recorded[] = [];
  for (let group = 0; group < groups; group++)
    for (const letter of "abc")
      reads.push(await ask(client, 0, { kind: "observe", account: `g${group}${letter}` }, convergeMsMax));
  return reads;
}
