/**
 * What a cluster costs and where it ends: processor time by thread, bytes on the wire, waiting. Pure arithmetic; its
 * constants are fitted to measured runs. The method is told in docs/scaling.md.
 */
import { costOf, type Equation, fitCosts } from "./least-squares.ts";
import type { MessageSizes, Size } from "./message-sizes.ts";

/** Threads of a node in the layout `spread`; `other` are the collector of garbage, the main thread, and the system's. */
export const threadNames = [
  "receiver",
  "verifier",
  "consensus",
  "log",
  "commit-tracker",
  "applier",
  "sender",
  "other",
] as const;
export type ThreadName = (typeof threadNames)[number];

/** What a node does, as the model counts it. */
export const things = ["command", "batch", "vote", "command led", "command copied"] as const;

/** Microseconds of a thread for each of the `things`, in their order. */
export type Costs = readonly number[];
export type CostModel = { readonly [Thread in ThreadName]: Costs };

/** Some batches on one node. */
export type Work = {
  readonly nodes: number;
  /** The node leads. */
  readonly leads: boolean;
  readonly commands: number;
  readonly batches: number;
};

/** Work, and the microseconds that each thread of the node was seen to take for it. */
export type Sample = Work & { readonly us: Readonly<Record<ThreadName, number>> };

/** How often each of the `things` is done: every other node sends an AER and a CV for each batch. */
export function countsOf({ nodes, leads, commands, batches }: Work): number[] {
  const led = leads ? commands : 0;
  return [commands, batches, batches * 2 * (nodes - 1), led, led * (nodes - 1)];
}

/** Threads that have more to do with a command where their node leads, and the one that writes its copies. */
const leading: readonly ThreadName[] = ["receiver", "consensus", "sender"];
const copying: readonly ThreadName[] = ["sender"];

/**
 * Fits each thread by itself, to what that thread does: more freedom would only fit the noise. Errors count by what they
 * are of all the node's time, so that small batches count as much as large ones, and busy threads more than idle ones.
 */
export function fitModel(samples: readonly Sample[]): CostModel {
  const merged = mergeAlike(samples);
  return byThread((thread) => {
    const done = thingsDone(thread);
    return fitCosts(
      merged.map((sample): Equation => {
        const counts = countsOf(sample).map((count, i) => (done[i] === true ? count : 0));
        return { counts, total: sample.us[thread], weight: 1 / sampleUs(sample) };
      }),
    );
  });
}

/** Which of the `things` a thread has to do with, in their order; its costs of the others are 0. */
export function thingsDone(thread: ThreadName): boolean[] {
  return [true, true, true, leading.includes(thread), copying.includes(thread)];
}

/** Microseconds of all threads. */
export function sampleUs({ us }: Sample): number {
  return threadNames.reduce((sum, thread) => sum + us[thread], 0);
}

/** Puts repetitions together: garbage is collected in some of them and for all. */
export function mergeAlike(samples: readonly Sample[]): Sample[] {
  const merged = new Map<string, Sample>();
  for (const sample of samples) {
    const { nodes, leads, commands, batches, us } = sample;
    const key = [nodes, leads, Math.round(commands / batches)].join();
    const before = merged.get(key);
    if (before === undefined) merged.set(key, sample);
    else {
      const sum = byThread((thread) => before.us[thread] + us[thread]);
      merged.set(key, {
        nodes,
        leads,
        commands: before.commands + commands,
        batches: before.batches + batches,
        us: sum,
      });
    }
  }
  return [...merged.values()];
}

/** A value for each thread. */
export function byThread<Value>(of: (thread: ThreadName) => Value): Record<ThreadName, Value> {
  return {
    receiver: of("receiver"),
    verifier: of("verifier"),
    consensus: of("consensus"),
    log: of("log"),
    "commit-tracker": of("commit-tracker"),
    applier: of("applier"),
    sender: of("sender"),
    other: of("other"),
  };
}

/** Microseconds of one thread. */
export function threadUs(model: CostModel, thread: ThreadName, work: Work): number {
  return costOf(countsOf(work), model[thread]);
}

/** Microseconds of all threads of a node. */
export function nodeUs(model: CostModel, work: Work): number {
  return threadNames.reduce((sum, thread) => sum + threadUs(model, thread, work), 0);
}

export type Network = {
  readonly oneWayMs: number;
  readonly bitsPerSecond: number;
  /** Bytes of the largest packet. */
  readonly packetBytesMax: number;
  /** All traffic shares one wire, as on a loopback; else each machine has one, as fast in both directions. */
  readonly shared: boolean;
};

export type Machine = {
  readonly cores: number;
  /** Nodes of the cluster that share it: one, or all of them. */
  readonly nodesHere: number;
  /** Processor time of a client on the same machine for each command. */
  readonly clientUs: number;
  readonly syncMs: number;
};

export type Rules = { readonly windowBatches: number; readonly batchCommands: number };

export type Cluster = {
  readonly nodes: number;
  readonly machine: Machine;
  readonly network: Network;
  readonly rules: Rules;
  readonly sizes: MessageSizes;
};

export type Limit = { readonly name: string; readonly commandsPerSecond: number };

export type Prediction = {
  readonly commandsPerSecond: number;
  /** The lowest limit's name. */
  readonly limitedBy: string;
  /** All limits, the lowest first. */
  readonly limits: readonly Limit[];
  /** The leader's and a follower's processor time for each command, in full batches. */
  readonly leaderUs: number;
  readonly followerUs: number;
  /** Bytes that leave the leader, and that all nodes and the client send together, for each command in full batches. */
  readonly leaderBytes: number;
  readonly allBytes: number;
  /** From a full batch's first byte to its commit, and from the send of one command alone to its answer. */
  readonly batchMs: number;
  readonly aloneMs: number;
};

export function predict(model: CostModel, cluster: Cluster): Prediction {
  const { nodes, machine, rules } = cluster;
  const batch = rules.batchCommands;
  const leader: Work = { nodes, leads: true, commands: batch, batches: 1 };
  const follower: Work = { ...leader, leads: false };
  const each = (us: number) => us / batch;
  const leaderUs = each(nodeUs(model, leader));
  const followerUs = each(nodeUs(model, follower));
  const busiest = busiestThread(model, nodes > 1 ? [leader, follower] : [leader]);
  const verifierUs = each(threadUs(model, "verifier", follower));
  const { leaderBytes, allBytes } = bytesOf(cluster, batch);
  const batchMs = commitMs(model, cluster, batch);
  const limits: Limit[] = [
    processors(machine, nodes, leaderUs, followerUs),
    { name: `thread ${busiest.thread}`, commandsPerSecond: 1e6 / each(busiest.us) },
    { name: "verifying threads", commandsPerSecond: (verifiersOf(machine) * 1e6) / verifierUs },
    wire(cluster.network, leaderBytes, allBytes),
    { name: "window of batches", commandsPerSecond: (rules.windowBatches * batch * 1000) / batchMs },
  ];
  limits.sort((a, b) => a.commandsPerSecond - b.commandsPerSecond);
  const [lowest] = limits;
  if (lowest === undefined) throw new Error("no limits");
  const aloneMs = commitMs(model, cluster, 1) + answerMs(model, cluster);
  const { name: limitedBy, commandsPerSecond } = lowest;
  return { commandsPerSecond, limitedBy, limits, leaderUs, followerUs, leaderBytes, allBytes, batchMs, aloneMs };
}

/** Half of the processors verify, as a node chooses by itself and `juno init` for nodes that share a machine. */
function verifiersOf({ cores, nodesHere }: Machine): number {
  return Math.max(1, Math.floor(cores / 2 / nodesHere));
}

function processors(
  { cores, nodesHere, clientUs }: Machine,
  nodes: number,
  leaderUs: number,
  followerUs: number,
): Limit {
  const alone = Math.max(leaderUs, nodes > 1 ? followerUs : 0);
  const together = leaderUs + (nodes - 1) * followerUs;
  const us = (nodesHere === 1 ? alone : together) + clientUs;
  return { name: "processors", commandsPerSecond: (cores * 1e6) / us };
}

function wire({ shared, bitsPerSecond }: Network, leaderBytes: number, allBytes: number): Limit {
  const bytes = shared ? allBytes : leaderBytes;
  return { name: shared ? "the shared wire" : "the leader's uplink", commandsPerSecond: bitsPerSecond / 8 / bytes };
}

/** The busiest of those that are one thread: verifiers are many, and `other` are several. */
export function busiestThread(model: CostModel, works: readonly Work[]): { thread: ThreadName; us: number } {
  const serial = threadNames.filter((thread) => thread !== "verifier" && thread !== "other");
  const all = works.flatMap((work) => serial.map((thread) => ({ thread, us: threadUs(model, thread, work) })));
  return all.reduce((busiest, one) => (one.us > busiest.us ? one : busiest));
}

/** Bytes for each command of a batch, with heads of packets and acknowledgements. */
export function bytesOf(
  { nodes, sizes, network }: Pick<Cluster, "nodes" | "sizes" | "network">,
  batch: number,
): { leaderBytes: number; allBytes: number } {
  const message = ({ head, each }: Size) => wireBytes(head + each * batch, network);
  const vote = wireBytes(sizes.vote, network);
  const others = nodes - 1;
  const copies = others * message(sizes.entries);
  const answer = message(sizes.results);
  const leader = copies + 2 * others * vote + answer;
  const all = message(sizes.commands) + copies + 2 * nodes * others * vote + nodes * answer;
  return { leaderBytes: leader / batch, allBytes: all / batch };
}

/** Heads of Ethernet, IP and TCP with a time stamp. */
const packetHeadBytes = 66;
const headInPacketBytes = 52;

/** A message in packets, every second of which is acknowledged by one of its own. */
function wireBytes(bytes: number, { packetBytesMax }: Network): number {
  const packets = Math.ceil(bytes / (packetBytesMax - headInPacketBytes));
  return bytes + packets * packetHeadBytes * 1.5;
}

/**
 * AE, AER and CV take a trip each; entries are synced before the AER, the lock before the CV. In between the threads that
 * have the batch work one after the other. Nodes that share a machine also wait for each other's work.
 */
function commitMs(model: CostModel, cluster: Cluster, commands: number): number {
  const { nodes, machine, network } = cluster;
  const leader: Work = { nodes, leads: true, commands, batches: 1 };
  const follower: Work = { ...leader, leads: false };
  const verified = threadUs(model, "verifier", follower) / Math.min(verifiersOf(machine), commands);
  const own = (work: Work, ...threads: ThreadName[]) =>
    threads.reduce((sum, thread) => sum + threadUs(model, thread, work), 0);
  const path =
    own(leader, "consensus", "sender") + own(follower, "receiver", "consensus", "log", "commit-tracker") + verified;
  const together = (nodeUs(model, leader) + (nodes - 1) * nodeUs(model, follower)) / machine.cores;
  const workUs = machine.nodesHere === 1 ? path : Math.max(path, together);
  const { leaderBytes } = bytesOf(cluster, commands);
  const sentMs = (leaderBytes * commands * 8000) / network.bitsPerSecond;
  const trips = nodes === 1 ? 0 : 3 * network.oneWayMs;
  return trips + 2 * machine.syncMs + sentMs + workUs / 1000;
}

/** What a client waits besides: its command is checked by the leader, then applied, answered, and two trips. */
function answerMs(model: CostModel, { nodes, machine, network }: Cluster): number {
  // On a machine that all share this is part of the work that all wait for.
  const one: Work = { nodes, leads: true, commands: 1, batches: 1 };
  const shared = machine.nodesHere > 1;
  const us = shared
    ? 0
    : (["receiver", "verifier", "applier"] as const).reduce((sum, t) => sum + threadUs(model, t, one), 0);
  return 2 * network.oneWayMs + us / 1000;
}
