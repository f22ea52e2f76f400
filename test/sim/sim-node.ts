/**
 * One node in the simulator: the very actors that run on threads, in one thread, with mail between them delivered one
 * piece at a time, each edge in order, at random moments. A crash may come between any two pieces.
 */
import { hash } from "node:crypto";
import type { Members } from "../../actors/admission.ts";
import * as applier from "../../actors/applier.ts";
import * as commitTracker from "../../actors/commit-tracker.ts";
import * as consensus from "../../actors/consensus.ts";
import * as log from "../../actors/log.ts";
import type { ActorName, Mailbox, Post } from "../../actors/mailbox.ts";
import * as receiver from "../../actors/receiver.ts";
import * as sender from "../../actors/sender.ts";
import { apply, createLedger, stateHash } from "../../hopper/demo/ledger.ts";
import { encodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";
import type { Durable } from "../../wire/durable.ts";
import type { LogIndex, NodeId } from "../../wire/types.ts";
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
  readonly disk: Disk;
  /** Undefined while it is down. */
  actors: Actors | undefined;
  /** Counts lives: what was planned in an earlier one does not happen. */
  life: number;
};

/** What the node's outside gives it, and what watches it. */
export type Surroundings = {
  /** When what happens inside a node does; asked for once in each of its lives. */
  readonly paceOf: (node: SimNode) => Pace;
  readonly random: Random;
  readonly crypto: SimCrypto;
  readonly members: Members;
  readonly tickMs: number;
  readonly remember: (durable: Durable) => Durable;
  readonly transmit: (from: NodeId, to: NodeId, frame: Uint8Array) => void;
  readonly reply: (from: NodeId, connection: number, frame: Uint8Array) => void;
  /** Called before each body is signed, with what is durable at that moment. */
  readonly onSign: (node: SimNode, signed: Uint8Array) => void;
  /** Called after each piece of mail. */
  readonly onStep: (node: SimNode, actor: ActorName, mail: Mailbox[ActorName]) => void;
  readonly onApply: (node: SimNode, payload: Uint8Array) => void;
  readonly onNote: (node: SimNode, text: string) => void;
};

export function createNode(id: NodeId, members: Members): SimNode {
  return { id, disk: createDisk(members.cluster), actors: undefined, life: 0 };
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
        close: () => undefined,
      },
    ),
    consensus: consensus.start(
      {
        durable,
        core: {
          self: node.id,
          validators,
          genesisHash: members.cluster,
          heartbeatTicks: 5,
          electionTimeoutTicksMin: 20,
          electionTimeoutTicksMax: 40,
          candidateDelayTicks: 2,
          fairnessTimeoutTicks: 200,
          windowBatches: 3,
          batchDelayTicks: 1,
          batchCommandsMax: 4,
          batchBytesMax: 64 * 1024,
          hash: (bytes) => hash("sha256", bytes, "buffer"),
          allocate: (bytes) => new Uint8Array(bytes),
          seed: random.between(0, 2 ** 31),
        },
      },
      { note: (_, text) => around.onNote(node, text) },
    ),
    log: log.start({ chunkCommandsMax: 5 }, { store: node.disk }),
    tracker: commitTracker.start({ cluster: members.cluster, quorum: members.quorum, commitIndex }),
    applier: applier.start(
      { appliedIndex: 0 as LogIndex },
      {
        machine: {
          apply: (payload) => {
            around.onApply(node, payload);
            return encodeOutcome(apply(ledger, payload));
          },
          stateHash: () => stateHash(ledger),
        },
      },
    ),
    sender: sender.start(
      { cluster: members.cluster, self: node.id, validators, hash: members.hash },
      {
        sign: (input, signed) => {
          around.onSign(node, signed);
          return crypto.engine.sign(input, secretSeed);
        },
        transmit: (to, frame) => around.transmit(node.id, to, frame),
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
    const posts = receiveBy(actors, { to: actor, mail } as Post);
    for (const post of posts) {
      later(`${actor} to ${post.to}`, random.next() * 0.3, () => deliver(post.to, post.mail));
    }
    if ((actor === "log" || actor === "applier") && mail.kind !== "drained") drainLater(actor);
    around.onStep(node, actor, mail);
  }

  if (commitIndex > 0) {
    const segments = node.disk.segments().flatMap((segment) => (segment.first <= commitIndex ? [segment] : []));
    deliver("applier", { kind: "replay", segments: cut(segments, commitIndex) });
  }
  const tick = (): void => {
    deliver("consensus", { kind: "tick" });
    later("clock", around.tickMs * (0.9 + 0.2 * random.next()), tick);
  };
  later("clock", random.next() * around.tickMs, tick);
  deliverInto.set(node, deliver);
}

/** How the outside hands mail to a running node. */
const deliverInto = new WeakMap<SimNode, (actor: "receiver", mail: receiver.Mail) => void>();

export function deliverFrame(node: SimNode, entrance: "peer" | "client", connection: number, frame: Uint8Array): void {
  if (node.actors === undefined) return;
  deliverInto.get(node)?.("receiver", { kind: "frame", entrance, connection, frame });
}

function cut(segments: ReturnType<Disk["segments"]>, to: LogIndex): ReturnType<Disk["segments"]> {
  return segments.map((segment) => {
    const over = segment.first + segment.entries.count - 1 - to;
    if (over <= 0) return segment;
    const count = segment.entries.count - over;
    return { ...segment, entries: { ...segment.entries, count } };
  });
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
