/** What an invariant can see: everything. */

import type { Members } from "../../actors/admission.ts";
import type { ActorName, Mailbox } from "../../actors/mailbox.ts";
import type { Body, NodeId } from "../../wire/types.ts";
import type { SimCrypto } from "./crypto.ts";
import type { SimNode } from "./sim-node.ts";

export type World = {
  readonly members: Members;
  readonly crypto: SimCrypto;
  readonly nodes: readonly SimNode[];
  /** Payloads that clients have signed. */
  readonly signedPayloads: ReadonlySet<string>;
  /** Requests that a client has f+1 equal answers for: the payload, and the index it took effect at. */
  readonly answered: ReadonlyMap<string, number>;
};

/** One invariant, with what it has to remember. Each part throws where it is broken. */
export type Invariant = {
  readonly name: string;
  /** A node is about to sign a body; what it has made durable is on its disk. */
  readonly onSign?: (world: World, node: SimNode, body: Body) => void;
  /** An actor has received a piece of mail. */
  readonly onStep?: (world: World, node: SimNode, actor: ActorName, mail: Mailbox[ActorName]) => void;
  /** The state machine of a node is about to take a command; `life` tells its incarnations apart. */
  readonly onApply?: (world: World, node: SimNode, payload: Uint8Array) => void;
  readonly atEnd?: (world: World) => void;
};

export function broken(name: string, what: string): never {
  throw new Error(`invariant ${name} is broken: ${what}`);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").slice(0, 12);
}

/** A key for what one node did in one term. */
export function key(node: NodeId, ...rest: (string | number)[]): string {
  return [node, ...rest].join("/");
}
