/**
 * One node in the simulator: the very actors that run on threads, in one thread, with mail between them delivered one
 * piece at a time, each edge in order, at random moments. A crash may come between any two pieces, and between the frames
 * that one piece sends.
 */
import type { Members } from "../../actors/admission.ts";
import * as applier from "../../actors/applier.ts";
import * as commitTracker from "../../actors/commit-tracker.ts";
import * as consensus from "../../actors/consensus.ts";
import * as log from "../../actors/log.ts";
import type { ActorName, Mailbox, Post } from "../../actors/mailbox.ts";
import * as receiver from "../../actors/receiver.ts";
import * as sender from "../../actors/sender.ts";
import type { Config as CoreConfig } from "../../consensus/state.ts";
import { encodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { sha256 } from "../../pools/sha256.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";
import type { Durable } from "../../wire/durable.ts";
import { sliceSegment } from "../../wire/entries.ts";
import type { LogIndex, NodeId } from "../../wire/types.ts";
import { apply, createLedger, stateHash } from "../hopper/demo/model-ledger.ts";
import type { SimCrypto } from "./crypto.ts";
import { createDisk, type Disk } from "./disk.ts";
import type { Random } from "./random.ts";
import type { Pace } from "./schedule.ts";

export type Actors = {
  readonly receiver: receiver.State;
  readonly consensus: consensus.State;
  readonly log: log.State;
  readonly tracker: commitTracker.State;
  readonly applier: applier.State;
  readonly sender: sender.State;
};

export type SimNode = {
  readonly id: NodeId;
  /** Its place among the running copies; with twins there are more of them than ids. */
  readonly slot: number;
  /** 0, or for a twin's second copy 1. */
  readonly copy: number;
  readonly disk: Disk;
  /** Undefined while it is down. */
  actors: Actors | undefined;
  /** Counts lives: what was planned in an earlier one does not happen. */
  life: number;
};

/** When something happens to a piece of mail. */
export type Moment = "before" | "after";

/** What the node's outside gives it, and what watches it. */
export type Surroundings = {
  /** When what happens inside a node does; asked for once in each of its lives. */
  readonly paceOf: (node: SimNode) => Pace;
  readonly random: Random;
  readonly crypto: SimCrypto;
  readonly members: Members;
  readonly tickMs: number;
  /** Of consensus: what the schedule or the story sets. */
  readonly core: Pick<CoreConfig, TimingOrSize>;
  readonly chunkCommandsMax: number;
  readonly remember: (durable: Durable) => Durable;
  readonly transmit: (from: NodeId, to: NodeId, frame: Uint8Array) => void;
  readonly reply: (from: NodeId, connection: number, frame: Uint8Array) => void;
  /** The receiver ends a client's connection. */
  readonly close?: (node: SimNode, connection: number) => void;
  /** Called before each body is signed, with what is durable at that moment. */
  readonly onSign: (node: SimNode, signed: Uint8Array) => void;
  /** Called before and after each piece of mail; the node may be crashed there. */
  readonly onMoment?: (node: SimNode, moment: Moment, actor: ActorName, mail: Mailbox[ActorName]) => void;
  /** Called after each piece of mail that the node has outlived. */
  readonly onStep: (node: SimNode, actor: ActorName, mail: Mailbox[ActorName]) => void;
  readonly onApply: (node: SimNode, payload: Uint8Array) => void;
  readonly onNote: (node: SimNode, text: string) => void;
  /** Peers show what the node has signed and its disk has forgotten. */
  readonly onForgotten: (node: SimNode, what: string) => void;
  /** An actor threw: the node's process ends. Where this is left out, so does the simulation. */
  readonly onThrow?: (node: SimNode, error: unknown) => void;
};

type TimingOrSize =
  | "heartbeatTicks"
  | "electionTimeoutTicksMin"
  | "electionTimeoutTicksMax"
  | "candidateDelayTicks"
  | "fairnessTimeoutTicks"
  | "windowBatches"
  | "batchDelayTicks"
  | "batchCommandsMax";

export function createNode(id: NodeId, members: Members, slot: number = id, copy = 0): SimNode {
  return { id, slot, copy, disk: createDisk(members.cluster), actors: undefined, life: 0 };
}

export function crash(node: SimNode): void {
  node.life++;
  node.actors = undefined;
}

export function boot(node: SimNode, around: Surroundings, secretSeed: Uint8Array): void {
  const { random, members, crypto } = around;
  const life = ++node.life;
  const pace = around.paceOf(node);
  const alive = (): boolean => node.life === life && node.actors !== undefined;
  const durable = around.remember(node.disk.durable());
  const commitIndex = durable.commit?.index ?? (0 as LogIndex);
  const ledger = createLedger();
  const validators = [...members.validators.keys()];

  const actors: Actors = {
    receiver: receiver.start(
      {
        members,
        self: node.id,
        memory: "own",
        commitIndex,
        commandsWaitingMax: 200,
        checksHereMax: random.between(0, 4),
      },
      {
        checkHere: ({ signature, message, key }) => crypto.engine.verify(signature, message, key),
        verify: (task, batch) => {
          const verdict = verifyBatch(crypto.engine, batch);
          later("verify", random.next() * 0.5, () => deliver("receiver", { kind: "verdict", task, verdict }));
        },
        reply: (connection, frame) => around.reply(node.id, connection, frame),
        later: () => later("later", 20 * random.next(), () => deliver("receiver", { kind: "later" })),
        hold: () => undefined,
        close: (connection) => around.close?.(node, connection),
      },
    ),
    consensus: consensus.start(
      {
        durable,
        core: {
          ...around.core,
          self: node.id,
          validators,
          genesisHash: members.cluster,
          batchBytesMax: 64 * 1024,
          hash: sha256,
          allocate: (bytes) => new Uint8Array(bytes),
          seed: random.between(0, 2 ** 31),
        },
      },
      { note: (_, text) => around.onNote(node, text), forgotten: (what) => around.onForgotten(node, what) },
    ),
    log: log.start({ chunkCommandsMax: around.chunkCommandsMax }, { store: node.disk }),
    tracker: commitTracker.start({ cluster: members.cluster, quorum: members.quorum, commitIndex }),
    applier: applier.start(
      { appliedIndex: 0 as LogIndex },
      {
        machine: {
          apply: (payload) => {
            around.onApply(node, payload);
            return encodeOutcome(apply(ledger, payload));
          },
          query: (question) => question,
          stateHash: () => stateHash(ledger),
        },
        now: () => 0,
        later: () => undefined,
      },
    ),
    sender: sender.start(
      { cluster: members.cluster, self: node.id, validators, hash: members.hash },
      {
        sign: (input, signed) => {
          if (alive()) around.onSign(node, signed);
          return crypto.engine.sign(input, secretSeed);
        },
        // A crash may have come after an earlier frame of the same message.
        transmit: (to, frame) => (alive() ? around.transmit(node.id, to, frame) : undefined),
      },
    ),
  };
  node.actors = actors;

  function later(way: string, delay: number, run: () => void): void {
    pace(way, delay, () => {
      if (alive()) run();
    });
  }

  const draining = new Set<ActorName>();
  function drainLater(actor: "log" | "applier"): void {
    if (draining.has(actor)) return;
    draining.add(actor);
    later(`${actor} drains`, random.next() * 2, () => {
      draining.delete(actor);
      deliver(actor, { kind: "drained" });
    });
  }

  function deliver<Name extends ActorName>(actor: Name, mail: Mailbox[Name]): void {
    around.onMoment?.(node, "before", actor, mail);
    if (!alive()) return;
    let posts: readonly Post[];
    try {
      posts = receiveBy(actors, { to: actor, mail } as Post);
    } catch (error) {
      if (around.onThrow === undefined) throw error;
      around.onThrow(node, error);
      return;
    }
    if (!alive()) return;
    for (const post of posts) {
      later(ways[actor][post.to], random.next() * 0.3, () => deliver(post.to, post.mail));
    }
    if ((actor === "log" || actor === "applier") && mail.kind !== "drained") drainLater(actor);
    around.onStep(node, actor, mail);
    around.onMoment?.(node, "after", actor, mail);
  }

  if (commitIndex > 0) {
    const segments = upTo(node.disk.segments(), commitIndex);
    deliver("applier", { kind: "replay", segments });
    if (alive()) deliver("consensus", { kind: "replayed", segments });
  }
  const tick = (): void => {
    deliver("consensus", { kind: "tick" });
    later("clock", around.tickMs * (0.9 + 0.2 * random.next()), tick);
  };
  later("clock", random.next() * around.tickMs, tick);
  deliverInto.set(node, deliver);
}

/** How the outside hands mail to a running node. */
const deliverInto = new WeakMap<
  SimNode,
  <Name extends "receiver" | "consensus">(actor: Name, mail: Mailbox[Name]) => void
>();

export function deliverFrame(node: SimNode, entrance: "peer" | "client", connection: number, frame: Uint8Array): void {
  if (node.actors === undefined) return;
  deliverInto.get(node)?.("receiver", { kind: "frame", entrance, connection, frame });
}

/** A connection to the node has ended. */
export function closeConnection(node: SimNode, connection: number): void {
  if (node.actors === undefined) return;
  deliverInto.get(node)?.("receiver", { kind: "closed", connection });
}

/** One tick out of turn: the node's clock jumps. */
export function tickNow(node: SimNode): void {
  if (node.actors === undefined) return;
  deliverInto.get(node)?.("consensus", { kind: "tick" });
}

function upTo(segments: ReturnType<Disk["segments"]>, to: LogIndex): ReturnType<Disk["segments"]> {
  return segments.flatMap((segment) => {
    if (segment.first > to) return [];
    const last = Math.min(to, segment.first + segment.entries.count - 1) as LogIndex;
    return [sliceSegment(segment, segment.first, last)];
  });
}

const actorNames: readonly ActorName[] = ["receiver", "consensus", "log", "commit-tracker", "applier", "sender"];

/** Names of the ways between actors, made once: mail on one way stays in order. */
const ways: Record<ActorName, Record<ActorName, string>> = byActor((from) => byActor((to) => `${from} to ${to}`));

function byActor<T>(of: (name: ActorName) => T): Record<ActorName, T> {
  return Object.fromEntries(actorNames.map((name) => [name, of(name)])) as Record<ActorName, T>;
}

function receiveBy(actors: Actors, post: Post): readonly Post[] {
  switch (post.to) {
    case "receiver":
      return receiver.receive(actors.receiver, post.mail);
    case "consensus":
      return consensus.receive(actors.consensus, post.mail);
    case "log":
      return log.receive(actors.log, post.mail);
    case "commit-tracker":
      return commitTracker.receive(actors.tracker, post.mail);
    case "applier":
      return applier.receive(actors.applier, post.mail);
    case "sender":
      return sender.receive(actors.sender, post.mail);
  }
}
