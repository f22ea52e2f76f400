/**
 * What goes into the consensus core and what comes out: verified events in, effects out. Source: docs/protocol.md.
 */
import type { Evidence, Write } from "../wire/durable.ts";
import type { Entries, Segment } from "../wire/entries.ts";
import type {
  AppendEntries,
  Body,
  Certificate,
  ClientId,
  Digest,
  LogIndex,
  Nack,
  NodeId,
  RequestId,
  RequestVote,
  RequestVoteResponse,
  Signature,
  SyncRequest,
  SyncResponse,
  Term,
  Timeout,
} from "../wire/types.ts";

/** An AppendEntries without its entries, which travel as columns beside it. */
export type AppendHeader = Omit<AppendEntries, "entries">;
/** A SyncResponse without its entries. */
export type SyncHeader = Omit<SyncResponse, "entries">;

/**
 * Every event has been verified: signatures of the sender, of every client and inside every certificate; signers are
 * validators, distinct and a quorum where a certificate needs one; terms inside agree with terms outside.
 */
export type Event =
  /** One tick of the node's clock has passed. */
  | { readonly kind: "tick" }
  /** Commands that clients sent, or that other nodes relayed. */
  | { readonly kind: "commands"; readonly entries: Entries }
  /** `frame` is the leader's signed envelope, kept in case it proves a fault. */
  | {
      readonly kind: "appendEntries";
      readonly header: AppendHeader;
      readonly entries: Entries;
      readonly frame: Uint8Array;
    }
  /** Signed by the leader of that term, but with a client's signature in it that is wrong. */
  | { readonly kind: "invalidAppend"; readonly leader: NodeId; readonly term: Term; readonly frame: Uint8Array }
  | { readonly kind: "nack"; readonly value: Nack }
  | { readonly kind: "timeout"; readonly value: Timeout; readonly signature: Signature }
  | { readonly kind: "requestVote"; readonly value: RequestVote }
  | { readonly kind: "requestVoteResponse"; readonly value: RequestVoteResponse; readonly signature: Signature }
  | { readonly kind: "syncRequest"; readonly value: SyncRequest }
  | { readonly kind: "syncResponse"; readonly header: SyncHeader; readonly entries: Entries }
  /** The commit tracker formed a replication certificate. */
  | { readonly kind: "replicated"; readonly certificate: Certificate }
  /** The commit tracker formed a commit certificate. */
  | { readonly kind: "committed"; readonly certificate: Certificate };

/** Whom a message goes to; `everyone` includes this node itself, whose own votes count like any other's. */
export type Recipients = "everyone" | "others" | readonly NodeId[];

/** A message to be signed and sent. */
export type Outgoing =
  | { readonly kind: "body"; readonly to: Recipients; readonly body: Body }
  | {
      readonly kind: "append";
      readonly to: Recipients;
      readonly header: AppendHeader;
      readonly entries: Entries | undefined;
    }
  | { readonly kind: "relay"; readonly to: readonly NodeId[]; readonly entries: Entries }
  | {
      readonly kind: "sync";
      readonly to: readonly NodeId[];
      readonly prevIndex: LogIndex;
      readonly prevHash: Digest;
      readonly segments: readonly Segment[];
      readonly end: NonNullable<SyncHeader["end"]>;
    };

/** A command that came again, as far as its number tells: its leaf hash tells whether it is the same one. */
export type RepeatedCommand = { readonly client: ClientId; readonly request: RequestId; readonly leaf: Digest };

export type Effect =
  | { readonly kind: "send"; readonly message: Outgoing }
  /** Make `write` durable, after all writes before it; only then send `release`. */
  | { readonly kind: "write"; readonly write: Write; readonly release: readonly Outgoing[] }
  /** Committed entries that follow on those applied before. */
  | { readonly kind: "apply"; readonly segments: readonly Segment[] }
  /** Requests asked for again after they took effect: answer them from the record, or say that it was another command. */
  | { readonly kind: "repeat"; readonly requests: readonly RepeatedCommand[] }
  /** Send `to` committed entries from `fromIndex` on, out of the ledger. */
  | { readonly kind: "serve"; readonly to: NodeId; readonly fromIndex: LogIndex }
  /** The commit index is now this: evidence up to it is of no more use. */
  | { readonly kind: "settled"; readonly index: LogIndex }
  /** So many commands have left the waiting room; as many more may come. */
  | { readonly kind: "credit"; readonly commands: number }
  /** Something a person who reads the log wants to know. */
  | { readonly kind: "note"; readonly level: "info" | "warn"; readonly text: string }
  /** More validators lie than the protocol bears: stop, and show why. */
  | { readonly kind: "halt"; readonly reason: string; readonly evidence: Evidence | undefined };
