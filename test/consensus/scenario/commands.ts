/** The commands that scenarios are written in; scenarios/README.md documents each. */
import type { NodeId } from "../../../wire/types.ts";
import type { SimCrypto } from "../../sim/crypto.ts";
import type { SimNode } from "../../sim/sim-node.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import { describeNode } from "./describe-node.ts";
import { forgedBody } from "./forge.ts";
import type { InFlight, Selection } from "./network.ts";
import { shortNames } from "./words.ts";

export type Stage = { readonly crypto: SimCrypto; readonly tell: (line: string) => void; cluster: Cluster | undefined };

/** Deliveries after which `deliver all` is taken to never end. */
const deliveriesMax = 10_000;
/** Nodes that a scenario may have: more cannot be read. */
const nodesMax = 16;

/** Runs one command; throws an error that says what is wrong with it. */
export function runCommand(stage: Stage, text: string): void {
  const [verb = "", ...words] = text.split(/\s+/);
  if (verb === "nodes") {
    if (stage.cluster !== undefined) throw new Error("the cluster has its nodes already");
    stage.cluster = createCluster(stage.crypto, whole(words[0], 1, nodesMax), stage.tell);
    return;
  }
  const command = commands[verb];
  if (command === undefined) {
    throw new Error(`unknown command "${verb}"; known are: nodes, ${Object.keys(commands).join(", ")}`);
  }
  if (stage.cluster === undefined) throw new Error(`"${verb}" before "nodes"`);
  command(stage.cluster, words, stage.tell);
}

type Command = (cluster: Cluster, words: readonly string[], tell: Stage["tell"]) => void;

const commands: Readonly<Record<string, Command>> = {
  propose: (cluster, [to, ...payloads]) => {
    if (payloads.length === 0) throw new Error("propose what?");
    for (const node of nodesOf(cluster, to)) for (const payload of payloads) cluster.propose(node, payload);
  },
  greet: (cluster, [which]) => nodesOf(cluster, which).forEach(cluster.greet),
  tick: (cluster, [which, times]) => {
    const nodes = nodesOf(cluster, which);
    for (let left = times === undefined ? 1 : whole(times, 1, 10_000); left > 0; left--) nodes.forEach(cluster.tick);
  },
  timeout: (cluster, [which]) => {
    for (const node of nodesOf(cluster, which)) tickToDeadline(cluster, node);
  },
  deliver: (cluster, words) => (words[0] === "all" ? deliverAll(cluster) : deliver(cluster, words)),
  drop: (cluster, words) => cluster.network.remove(some(cluster, words)),
  copy: (cluster, words) => some(cluster, words).forEach(cluster.network.add),
  reverse: (cluster, words) => cluster.network.reverse(some(cluster, words)),
  flight: (cluster, words, tell) => {
    for (const { from, to, text } of cluster.network.selected(selectionOf(cluster, words)))
      tell(`n${from} -> n${to} ${text}`);
  },
  partition: (cluster, words) => {
    const groups = words.join(" ").split("|");
    cluster.network.cut(
      groups.map((group) =>
        group
          .trim()
          .split(/[\s,]+/)
          .map((word) => nodeOf(cluster, word).id),
      ),
    );
  },
  block: (cluster, words) => cluster.network.block(selectionOf(cluster, words)),
  heal: (cluster) => cluster.network.heal(),
  hold: (cluster, [which]) => nodesOf(cluster, which).forEach(cluster.holdDisk),
  sync: (cluster, [which]) => nodesOf(cluster, which).forEach(cluster.sync),
  free: (cluster, [which]) => nodesOf(cluster, which).forEach(cluster.freeDisk),
  crash: (cluster, [which]) => nodesOf(cluster, which).forEach(cluster.crash),
  restart: (cluster, [which]) => nodesOf(cluster, which).forEach(restart(cluster)),
  state: (cluster, [which], tell) => {
    for (const node of nodesOf(cluster, which ?? "*")) {
      tell(describeNode(node, cluster.words, cluster.applied.get(node.id) ?? []));
    }
  },
  forge: (cluster, [from, ...rest]) => {
    const { id } = nodeOf(cluster, from);
    const [text = "", to] = rest.join(" ").split(" -> ");
    const body = forgedBody(cluster, id, text);
    if (body === undefined) throw new Error(`cannot forge "${text}"`);
    const others = nodesOf(cluster, to).flatMap((node) => (node.id === id ? [] : [node.id]));
    cluster.forge(id, others, body);
  },
};

function restart(cluster: Cluster): (node: SimNode) => void {
  return (node) => {
    if (node.actors !== undefined) throw new Error(`n${node.id} is running`);
    cluster.restart(node);
  };
}

/** Ticks a node until its election timer fires, or would have, were it not for progress. */
function tickToDeadline(cluster: Cluster, node: SimNode): void {
  const core = node.actors?.consensus.core;
  if (core === undefined) throw new Error(`n${node.id} is down`);
  for (let left = core.deadlineTick - core.tick; left > 0; left--) cluster.tick(node);
}

/** Oldest first, and what is sent in answer too, until nothing is in flight. */
function deliverAll(cluster: Cluster): void {
  for (let count = 0; count < deliveriesMax; count++) {
    const [oldest] = cluster.network.selected({ kinds: undefined, from: undefined, to: undefined, one: true });
    if (oldest === undefined) return;
    cluster.network.remove([oldest]);
    cluster.deliver([oldest]);
  }
  throw new Error(`still messages in flight after ${deliveriesMax} deliveries`);
}

function deliver(cluster: Cluster, words: readonly string[]): void {
  const messages = some(cluster, words);
  cluster.network.remove(messages);
  cluster.deliver(messages);
}

/** What the words select, and an error where that is nothing: else a slip of the pen would pass for a silent cluster. */
function some(cluster: Cluster, words: readonly string[]): readonly InFlight[] {
  const messages = cluster.network.selected(selectionOf(cluster, words));
  if (messages.length === 0) throw new Error(`no "${words.join(" ")}" is in flight`);
  return messages;
}

/** `[one] KINDS [FROM -> TO]` */
function selectionOf(cluster: Cluster, words: readonly string[]): Selection {
  const one = words[0] === "one";
  const [kinds = "*", from = "*", arrow = "->", to = "*", ...rest] = one ? words.slice(1) : words;
  if (arrow !== "->" || rest.length > 0)
    throw new Error(`expected "[one] KINDS [FROM -> TO]", not "${words.join(" ")}"`);
  const known = Object.values(shortNames);
  const strange = kinds.split(",").find((kind) => kind !== "*" && !known.includes(kind));
  if (strange !== undefined) throw new Error(`unknown kind of message "${strange}"; known are: ${known.join(", ")}`);
  const ids = (text: string): readonly NodeId[] | undefined =>
    text === "*" ? undefined : nodesOf(cluster, text).map((node) => node.id);
  return { kinds: kinds === "*" ? undefined : kinds.split(","), from: ids(from), to: ids(to), one };
}

/** `*`, or numbers with commas between. */
function nodesOf(cluster: Cluster, text: string | undefined): readonly SimNode[] {
  if (text === "*") return cluster.nodes;
  if (text === undefined) throw new Error("which node?");
  return text.split(",").map((word) => nodeOf(cluster, word));
}

function nodeOf(cluster: Cluster, word: string | undefined): SimNode {
  const node = cluster.nodes[whole(word, 0, cluster.nodes.length - 1)];
  if (node === undefined) throw new Error(`there is no node ${word}`);
  return node;
}

function whole(word: string | undefined, min: number, max: number): number {
  const value = /^\d+$/.test(word ?? "") ? Number(word) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`expected a whole number from ${min} to ${max}, not "${word ?? ""}"`);
}
