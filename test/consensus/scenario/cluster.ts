/**
 * The cluster of a scenario: the simulator's nodes, whose clocks, disks and network move only when the script says so. What goes
 * on inside a node happens at once, in order. Every invariant of the simulator that bears liars is checked at each step.
 */
import { hash } from "node:crypto";
import { sha256 } from "../../../pools/sha256.ts";
import { encodeEnvelope, encodeSigned, open } from "../../../wire/envelope.ts";
import { clusterIdOf } from "../../../wire/genesis.ts";
import { quorumOf } from "../../../wire/quorum.ts";
import { seal } from "../../../wire/signature-input.ts";
import type { Body, ClientId, Genesis, NodeId } from "../../../wire/types.ts";
import { type SimCrypto, seedFor } from "../../sim/crypto.ts";
import type { Disk } from "../../sim/disk.ts";
import { oneChainPerTermAck } from "../../sim/invariants/acknowledgements.ts";
import { agreementOnCommit } from "../../sim/invariants/agreement-on-commit.ts";
import { certificateSound } from "../../sim/invariants/certificates.ts";
import { createChainBook } from "../../sim/invariants/chain-book.ts";
import { durableBeforeSent } from "../../sim/invariants/durability.ts";
import { electionSafety } from "../../sim/invariants/elections.ts";
import { hashChain } from "../../sim/invariants/hash-chain.ts";
import { stateMachineSafety } from "../../sim/invariants/state-machine.ts";
import { oneVotePerTerm } from "../../sim/invariants/votes.ts";
import type { Random } from "../../sim/random.ts";
import type { Pace } from "../../sim/schedule.ts";
import { boot, crash, createNode, deliverFrame, type SimNode, type Surroundings } from "../../sim/sim-node.ts";
import type { Invariant, World } from "../../sim/world.ts";
import { type Client, clientId, clientPublicKey, createClient } from "./client.ts";
import { createNarrator } from "./narrator.ts";
import { createNetwork, type InFlight, type Network } from "./network.ts";
import { createWords, shortNames, type Words } from "./words.ts";

export type Cluster = {
  readonly nodes: readonly SimNode[];
  readonly words: Words;
  readonly network: Network;
  /** What the nodes have applied in this life, by node. */
  readonly applied: ReadonlyMap<NodeId, readonly string[]>;
  readonly command: Client["command"];
  /** The client sends one command to a node. */
  readonly propose: (node: SimNode, payload: string) => void;
  /** The client greets a node, which from now on sends it its answers. */
  readonly greet: (node: SimNode) => void;
  readonly deliver: (messages: readonly InFlight[]) => void;
  /** Puts a message into flight that the node's key signs, whatever the node thinks of it. */
  readonly forge: (from: NodeId, to: readonly NodeId[], body: Body) => void;
  readonly tick: (node: SimNode) => void;
  /** From now on each write of this node waits for `sync`. */
  readonly holdDisk: (node: SimNode) => void;
  readonly sync: (node: SimNode) => void;
  readonly freeDisk: (node: SimNode) => void;
  readonly crash: (node: SimNode) => void;
  readonly restart: (node: SimNode) => void;
};

/** A cluster that has just been started; `tell` is given each thing that happens, as one line. */
export function createCluster(crypto: SimCrypto, count: number, tell: (line: string) => void): Cluster {
  const nodeSeed = (id: number): Uint8Array => seedFor(`scenario node ${id}`);
  const genesis: Genesis = {
    name: "scenario",
    validators: Array.from({ length: count }, (_, id) => ({
      id,
      name: `node ${id}`,
      publicKey: crypto.publicKeyOf(nodeSeed(id)),
    })),
    clients: [{ id: clientId, name: "client", publicKey: clientPublicKey(crypto) }],
    admins: [],
  };
  const cluster = clusterIdOf((bytes) => hash("sha256", bytes, "buffer"), genesis);
  const validators = new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey]));
  const clients = new Map(genesis.clients.map(({ id, publicKey }) => [id as ClientId, publicKey]));
  const members = { cluster, quorum: quorumOf(count), validators, clients, hash: sha256 };
  const words = createWords(cluster);
  const network = createNetwork();
  const narrator = createNarrator(words, network, tell);
  const client = createClient(crypto, cluster);
  const applied = new Map<NodeId, string[]>();
  const nodes = genesis.validators.map(({ id }): SimNode => {
    const node = createNode(id as NodeId, members);
    return { ...node, disk: toldOf(node.disk, (writes) => narrator.written(id as NodeId, writes)) };
  });

  const { signedPayloads } = client;
  const world: World = { members, crypto, nodes, liars: new Set(), signedPayloads, operations: [] };
  const chains = createChainBook();
  const invariants: readonly Invariant[] = [
    agreementOnCommit(),
    oneVotePerTerm(),
    hashChain(chains),
    oneChainPerTermAck(chains),
    durableBeforeSent(),
    electionSafety(),
    certificateSound(),
    stateMachineSafety(),
  ];

  const ready: (() => void)[] = [];
  const clocks = new Map<NodeId, () => void>();
  const heldDisks = new Set<NodeId>();
  const disks = new Map<NodeId, () => void>();

  function paceOf({ id }: SimNode): Pace {
    return (way, _, run) => {
      if (way === "clock") clocks.set(id, run);
      else if (way === "log drains" && heldDisks.has(id)) disks.set(id, run);
      else ready.push(run);
    };
  }

  /** Lets happen what waits for neither clock nor disk nor network. */
  function settle(): void {
    for (let next = ready.shift(); next !== undefined; next = ready.shift()) next();
    narrator.flush();
  }

  function put(from: NodeId, to: NodeId, frame: Uint8Array, body: Body): void {
    const { $case: kind } = body;
    const message = { from, to, kind, text: words.body(body), frame: frame.slice() };
    if (network.passes(message)) network.add(message);
  }

  function bodyOf(frame: Uint8Array): Body {
    const opened = open(frame, cluster);
    if (!opened.ok) throw new Error(`a node sends what nobody accepts: ${opened.reason}`);
    const { body } = opened.value;
    if (body.$case === "appendEntries" || body.$case === "syncResponse") {
      words.learn(body.value.prevIndex, body.value.prevHash, body.value.entries);
    }
    return body;
  }

  function around(id: number): Surroundings {
    return {
      paceOf,
      random: still(id),
      crypto,
      members,
      tickMs: 20,
      core: {
        heartbeatTicks: 5,
        electionTimeoutTicksMin: 20,
        electionTimeoutTicksMax: 40,
        candidateDelayTicks: 2,
        fairnessTimeoutTicks: 200,
        windowBatches: 3,
        batchDelayTicks: 1,
        batchCommandsMax: 4,
      },
      chunkCommandsMax: 5,
      remember: (durable) => durable,
      transmit: (from, to, frame) => {
        const body = bodyOf(frame);
        narrator.sent(from, to, frame, body);
        put(from, to, frame, body);
      },
      reply: (from, _, frame) => narrator.replied(from, bodyOf(frame)),
      onSign: (node, signed) => {
        const body = bodyOf(encodeEnvelope(signed, new Uint8Array(64)));
        for (const invariant of invariants) invariant.onSign?.(world, node, body);
      },
      onStep: (node, actor, mail) => {
        narrator.stepped(node);
        for (const invariant of invariants) invariant.onStep?.(world, node, actor, mail);
      },
      onApply: (node, payload) => {
        applied.get(node.id)?.push(Buffer.from(payload).toString());
        for (const invariant of invariants) invariant.onApply?.(world, node, payload);
      },
      onNote: (node, text) => narrator.noted(node.id, text),
      onForgotten: (node, what) => narrator.noted(node.id, `it has forgotten ${what}`),
    };
  }

  function start(node: SimNode): void {
    applied.set(node.id, []);
    boot(node, around(node.id), nodeSeed(node.id));
    narrator.stepped(node);
    settle();
  }

  function sync(node: SimNode): void {
    const pending = disks.get(node.id);
    if (pending === undefined) throw new Error(`the disk of n${node.id} has nothing to write`);
    disks.delete(node.id);
    pending();
    settle();
  }

  for (const node of nodes) start(node);
  return {
    nodes,
    words,
    network,
    applied,
    command: client.command,
    propose: (node, payload) => {
      if (node.actors === undefined) throw new Error(`n${node.id} is down`);
      deliverFrame(node, "client", clientId, client.command(payload));
      settle();
    },
    greet: (node) => {
      deliverFrame(node, "client", clientId, client.hello(node.id));
      settle();
    },
    deliver: (messages) => {
      for (const message of messages) {
        const { from, to, kind, frame } = message;
        const node = nodes[to];
        if (node?.actors === undefined || !network.passes(message)) {
          tell(`lost: ${shortNames[kind]} n${from} -> n${to}`);
        } else {
          deliverFrame(node, "peer", from, frame.slice());
          settle();
        }
      }
    },
    forge: (from, to, body) => {
      const sign = (input: Uint8Array) => crypto.engine.sign(input, nodeSeed(from));
      const frame = seal(sha256, body.$case, encodeSigned(cluster, from, body), sign);
      const opened = bodyOf(frame);
      for (const node of to) {
        narrator.forged(from, node, frame, opened);
        put(from, node, frame, opened);
      }
      settle();
    },
    tick: (node) => {
      clocks.get(node.id)?.();
      settle();
    },
    holdDisk: ({ id }) => heldDisks.add(id),
    sync,
    freeDisk: (node) => {
      heldDisks.delete(node.id);
      if (disks.has(node.id)) sync(node);
    },
    crash: (node) => {
      crash(node);
      disks.delete(node.id);
      narrator.stepped(node);
    },
    restart: start,
  };
}

function toldOf(disk: Disk, tell: (writes: Parameters<Disk["write"]>[0]) => void): Disk {
  return {
    ...disk,
    write: (writes) => {
      tell(writes);
      disk.write(writes);
    },
  };
}

/** No randomness, but a little difference between nodes. */
function still(id: number): Random {
  return {
    next: () => 0,
    between: (min, max) => Math.min(max, min + id),
    chance: () => false,
    pick: () => {
      throw new Error("nothing in a scenario is picked at random");
    },
  };
}
