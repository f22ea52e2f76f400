/** What an invariant can see: everything. */

import type { Members } from "../../actors/admission.ts";
import type { ActorName, Mailbox } from "../../actors/mailbox.ts";
import type { Body, ClientId, NodeId, RequestId } from "../../wire/types.ts";
import type { SimCrypto } from "./crypto.ts";
import type { SimNode } from "./sim-node.ts";

export type World = {
  readonly members: Members;
  readonly crypto: SimCrypto;
  /** The honest ones; what a liar's actors do binds nobody. */
  readonly nodes: readonly SimNode[];
  /** Nodes that the adversary runs. */
  readonly liars: ReadonlySet<NodeId>;
  /** Payloads that clients have signed. */
  readonly signedPayloads: ReadonlySet<string>;
  /** What was sent and answered when, by honest clients. */
  readonly operations: readonly Operation[];
};

/** One request of an honest client; times are the numbers of events. */
export type Operation = {
  readonly client: ClientId;
  readonly request: RequestId;
  readonly payload: string;
  readonly sentAt: number;
  answeredAt: number | undefined;
  index: number | undefined;
  outcome: Uint8Array | undefined;
};

/** One invariant, with what it has to remember. Each part throws where it is broken; all concern honest nodes only. */
export type Invariant = {
  readonly name: string;
  /** A node is about to sign a body; what it has made durable is on its disk. */
  readonly onSign?: (world: World, node: SimNode, body: Body) => void;
  /** An actor has received a piece of mail. */
  readonly onStep?: (world: World, node: SimNode, actor: ActorName, mail: Mailbox[ActorName]) => void;
  /** The state machine of a node is about to take a command; `life` tells its incarnations apart. */
  readonly onApply?: (world: World, node: SimNode, payload: Uint8Array) => void;
  /** A node starts again, or for the first time, and has read its disk. */
  readonly onBoot?: (world: World, node: SimNode) => void;
  /** A node answers a client. */
  readonly onReply?: (world: World, node: SimNode, client: ClientId, body: Body) => void;
  /** Looks at all nodes: every 256 events and at the end. */
  readonly onSurvey?: (world: World) => void;
  readonly atEnd?: (world: World) => void;
};

/** What an invariant throws. */
export class Broken extends Error {
  readonly invariant: string;

  constructor(invariant: string, what: string) {
    super(`invariant ${invariant} is broken: ${what}`);
    this.invariant = invariant;
  }
}

export function broken(name: string, what: string): never {
  throw new Broken(name, what);
}

/** The first bytes of a digest, to be read by people. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").slice(0, 12);
}

/** A whole digest as a key of a map; quicker than hex. */
export function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** A key for what one node did in one term. */
export function key(node: NodeId, ...rest: (string | number)[]): string {
  return [node, ...rest].join("/");
}
