/**
 * What a node must not forget, as plain data: consensus says what to write, the ledger keeps it.
 * Source: docs/protocol.md, Rules.
 */
import type { Segment } from "./entries.ts";
import type { Certificate, LogIndex, NodeId, Point, Term } from "./types.ts";

/** The one vote of a term: for whom, and at which lock of theirs. */
export type Vote = { readonly term: Term; readonly candidate: NodeId; readonly lock: Point };

/** How far this node has acknowledged its log in a term: what it may not take back. */
export type Acknowledged = { readonly term: Term; readonly index: LogIndex };

/** Signed messages that together show a member's fault; the envelopes verbatim. */
export type Evidence = {
  readonly kind: "equivocation" | "invalid append" | "conflicting commit";
  readonly accused: readonly NodeId[];
  readonly frames: readonly Uint8Array[];
};

/** One change of durable state; its parts take effect together, in the order of this list. */
export type Write = {
  readonly term?: Term;
  readonly vote?: Vote;
  /** The newest replication certificate this node holds. */
  readonly lock?: Certificate;
  /** Replaces the displaced suffix; an empty list forgets it. */
  readonly displaced?: readonly Segment[];
  /** Drops all entries above this index; never below the commit index. */
  readonly truncateAfter?: LogIndex;
  /** Follows directly on what the log then holds. */
  readonly append?: Segment;
  readonly acknowledged?: Acknowledged;
  /** A newer commit certificate, for a point the log holds. */
  readonly commit?: Certificate;
  readonly evidence?: Evidence;
};

/** Durable state as a node finds it at its start. */
export type Durable = {
  readonly term: Term;
  readonly vote: Vote | undefined;
  readonly lock: Certificate | undefined;
  readonly acknowledged: Acknowledged | undefined;
  readonly commit: Certificate | undefined;
  /** The entries above the commit index, in order. */
  readonly tail: readonly Segment[];
  readonly displaced: readonly Segment[];
};
