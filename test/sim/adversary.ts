/**
 * Liars: up to f nodes that the simulator lets a test's own code run. A liar sees every frame of the network and holds its own
 * nodes' keys, no others. Around the honest actors of its nodes it may change, drop, add, keep and repeat whatever leaves, for
 * each receiver apart; the actors may also stand there twice behind one key (Twins). What it chooses, it draws from its stream
 * of the tape, so that a failing run is replayed and shrunk like any other. Invariants are asked of honest nodes only, and the
 * heal phase has to come to its end in spite of the liars.
 */
import type { Members } from "../../actors/admission.ts";
import type { Durable } from "../../wire/durable.ts";
import type { Body, BodyCase, ClientId, NodeId } from "../../wire/types.ts";
import type { Random } from "./random.ts";
import type { Actors } from "./sim-node.ts";
import type { World } from "./world.ts";

/** A frame on its way between two nodes, and what it says; `copy` is 0, or for a twin's frames the number of the copy. */
export type Envelope = {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly copy: number;
  readonly frame: Uint8Array;
  readonly body: Body;
};

/** What leaves a liar: any bytes to any node. */
export type Said = { readonly to: NodeId; readonly frame: Uint8Array };

/** Which nodes lie; at most f together, unless a test goes beyond on purpose. */
export type Cast = {
  readonly liars: readonly NodeId[];
  /** Of the liars, those that run twice behind one key. */
  readonly twins?: readonly NodeId[];
  /** Clients whose key the liar holds; none by default. */
  readonly clients?: readonly ClientId[];
};

export type Adversary = {
  readonly name: string;
  readonly cast: (
    choose: Random,
    cluster: { readonly nodes: number; readonly faulty: number; readonly clients: number },
  ) => Cast;
  /** Called once, before the first event. */
  readonly start: (lair: Lair) => Tricks;
};

/** All parts are optional: what is left out is as an honest node does it. */
export type Tricks = {
  /** One frame of a liar's honest actors to one receiver: what leaves in its place. */
  readonly rewrite?: (envelope: Envelope) => readonly Said[];
  /** Every frame between nodes, also from honest ones and also those that the network loses, as it is sent. */
  readonly overhear?: (envelope: Envelope) => void;
  /** True where the actors of this copy of a liar are to see a frame that arrived; they see all by default. */
  readonly accept?: (envelope: Envelope, copy: number) => boolean;
  /** True where the actors of a liar are to see a frame of a client's that arrived; they see all by default. */
  readonly listen?: (node: NodeId, client: ClientId, frame: Uint8Array) => boolean;
  /** An answer of a liar's actors to a client: what leaves in its place. */
  readonly answer?: (from: NodeId, client: ClientId, frame: Uint8Array, body: Body) => readonly Uint8Array[];
  /** Called at each of its nodes' ticks (20 virtual milliseconds by default, see `Options.tickMs`). */
  readonly tick?: (node: NodeId, copy: number) => void;
  /** What a liar's actors find on their disk at a start. */
  readonly remember?: (node: NodeId, durable: Durable) => Durable;
  /** False where a frame from one copy to another is cut off, whatever else the network does: generated partitions. */
  readonly passes?: (from: Place, to: Place, frame: Uint8Array) => boolean;
  /** Peers show a liar's actors what its key has signed and its disk does not know: an honest process would end here. */
  readonly forgotten?: (node: NodeId, what: string) => void;
  /** The faults of the run have ended; liars go on. */
  readonly healed?: () => void;
  /** Called once the run has come to its end, after all invariants; throws where what a test expects was not observed. */
  readonly atEnd?: (world: World) => void;
};

/** A node, and which of its copies: 0 unless it is a twin. */
export type Place = { readonly node: NodeId; readonly copy: number };

/** What a liar has. */
export type Lair = {
  readonly members: Members;
  readonly faulty: number;
  readonly cast: Cast;
  /** Its stream of the tape: 0 is the mildest choice everywhere, so that a shrunk tape lies as little as it can. */
  readonly choose: Random;
  /** Virtual milliseconds since the start. */
  readonly now: () => number;
  /** A frame with this body, signed by a key it holds: of a liar, or of a client of its cast. Throws for others' keys. */
  readonly sign: (signer: number, body: Body) => Uint8Array;
  /** The same for bytes that say anything: domain, cluster, signer and kind need not fit together. */
  readonly signBytes: (signer: Signer, kind: BodyCase, signed: Uint8Array) => Uint8Array;
  /** What a frame says; undefined where it is no message of this cluster. */
  readonly read: (frame: Uint8Array) => Body | undefined;
  /** Sends bytes from one of its nodes, at any time. They go by the network's faults, not through `rewrite`. */
  readonly send: (from: NodeId, to: NodeId, frame: Uint8Array) => void;
  /** Sends bytes to a node's entrance for clients, as one of its clients or as a stranger. */
  readonly sendAsClient: (client: ClientId, to: NodeId, frame: Uint8Array) => void;
  readonly later: (delayMs: number, run: () => void) => void;
  /** The actors of one of its nodes, to look into; undefined while it is down. */
  readonly actors: (node: NodeId, copy?: number) => Actors | undefined;
  readonly crash: (node: NodeId) => void;
  readonly restart: (node: NodeId) => void;
};

/** Whose key signs. */
export type Signer =
  | { readonly kind: "node"; readonly id: NodeId }
  | { readonly kind: "client"; readonly id: ClientId };

/** An adversary of everybody: the honest cluster. */
export const nobody: Adversary = {
  name: "nobody",
  cast: () => ({ liars: [] }),
  start: () => ({}),
};
