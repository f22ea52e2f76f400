/**
 * Sender: signs what this node says and sends it.
 *
 * In    `send` from consensus and, once durable, from log; `results`, `queryResponse` from applier
 * Out   frames to the transport; this node's own votes to commit tracker and consensus; `reply` to receiver, which has
 *       the clients' connections
 * Owns  the signing key, the outgoing links
 * Rule  docs/protocol.md, Messages; the guard below: never a vote of a lower term, never two votes in one
 */

import type { Outgoing, Recipients } from "../consensus/protocol.ts";
import type { Hash } from "../wire/chain.ts";
import { commandAt, type Entries } from "../wire/entries.ts";
import { encodeEnvelope, encodeSigned } from "../wire/envelope.ts";
import { encodeResponse } from "../wire/results.ts";
import { signatureInput } from "../wire/signature-input.ts";
import type { Body, BodyCase, ClientId, Digest, Entry, NodeId, QueryResponse, Signature, Term } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

export type Config = {
  readonly cluster: Digest;
  readonly self: NodeId;
  readonly validators: readonly NodeId[];
  /** SHA-256. */
  readonly hash: Hash;
};

export type Mail =
  | { readonly kind: "send"; readonly message: Outgoing }
  /** Results in their wire form, one behind the other (see wire/results.ts). */
  | { readonly kind: "results"; readonly client: ClientId; readonly results: Uint8Array }
  | ({ readonly kind: "queryResponse" } & Omit<QueryResponse, "node">);

export type Io = {
  /** Signs what stands for a message (see wire/signature-input.ts); `signed` is the message, for those who watch. */
  readonly sign: (input: Uint8Array, signed: Uint8Array) => Uint8Array;
  /** Queues a frame for a peer; a peer that is away for long loses the oldest ones. */
  readonly transmit: (to: NodeId, frame: Uint8Array) => void;
};

export type State = {
  readonly config: Config;
  readonly io: Io;
  readonly counters: Counters;
  /** The highest term in which this node has voted in any way, and for whom as leader. */
  votedTerm: Term;
  votedFor: NodeId | undefined;
  /** The newest term in which this node has sent entries as leader. */
  ledTerm: Term;
};

export function start(config: Config, io: Io): State {
  return { config, io, counters: {}, votedTerm: 0 as Term, votedFor: undefined, ledTerm: 0 as Term };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "send":
      return sendOut(state, mail.message);
    case "results": {
      const { client, results } = mail;
      const { cluster, self } = state.config;
      const leading = state.ledTerm > 0 && state.ledTerm >= state.votedTerm;
      tally(state.counters, "commandResponse");
      const { frame } = seal(state, "commandResponse", encodeResponse(cluster, self, client, results, leading));
      return [{ to: "receiver", mail: { kind: "reply", client, frame } }];
    }
    case "queryResponse": {
      const { client, request, index, outcome } = mail;
      const { cluster, self: node } = state.config;
      tally(state.counters, "queryResponse");
      const body: Body = { $case: "queryResponse", value: { node, client, request, index, outcome } };
      const { frame } = seal(state, "queryResponse", encodeSigned(cluster, node, body));
      return [{ to: "receiver", mail: { kind: "reply", client, frame } }];
    }
    default:
      return unreachable(mail);
  }
}

function sendOut(state: State, message: Outgoing): Post[] {
  const body = bodyOf(state, message);
  if (message.kind === "append") state.ledTerm = message.header.term;
  guard(state, body);
  tally(state.counters, body.$case);
  const { frame, signature } = seal(state, body.$case, encodeSigned(state.config.cluster, state.config.self, body));
  for (const node of recipients(state, message.to)) state.io.transmit(node, frame);
  return includesSelf(state, message.to) ? ownVote(body, signature) : [];
}

function seal(state: State, kind: BodyCase, signed: Uint8Array): { frame: Uint8Array; signature: Signature } {
  const signature = state.io.sign(signatureInput(state.config.hash, kind, signed), signed) as Signature;
  return { frame: encodeEnvelope(signed, signature), signature };
}

function recipients(state: State, to: Recipients): readonly NodeId[] {
  const { self, validators } = state.config;
  return (typeof to === "string" ? validators : to).filter((node) => node !== self);
}

function includesSelf(state: State, to: Recipients): boolean {
  return to === "everyone" || (to !== "others" && to.includes(state.config.self));
}

/** A double-sign guard beside the key: consensus decides, and this refuses what no honest node may sign. */
function guard(state: State, body: Body): void {
  switch (body.$case) {
    case "appendEntriesResponse":
    case "commitVote":
      raiseVotedTerm(state, body.value.term);
      return;
    case "requestVoteResponse": {
      raiseVotedTerm(state, body.value.term);
      if (!body.value.granted) return;
      const { candidate } = body.value;
      if (state.votedFor !== undefined && state.votedFor !== candidate) {
        throw new Error(`refused to sign a second vote in term ${state.votedTerm}`);
      }
      state.votedFor = candidate;
      return;
    }
    default:
      return;
  }
}

function raiseVotedTerm(state: State, term: Term): void {
  if (term < state.votedTerm) throw new Error(`refused to sign for term ${term} after term ${state.votedTerm}`);
  if (term > state.votedTerm) {
    state.votedTerm = term;
    state.votedFor = undefined;
  }
}

/** This node's own votes count like any other's; they need no checking. */
function ownVote(body: Body, signature: Signature): Post[] {
  switch (body.$case) {
    case "appendEntriesResponse":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "replication", vote: body.value, signature } }];
    case "commitVote":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "commit", vote: body.value, signature } }];
    case "timeout":
      return [{ to: "consensus", mail: { kind: "timeout", value: body.value, signature } }];
    case "requestVoteResponse":
      return [{ to: "consensus", mail: { kind: "requestVoteResponse", value: body.value, signature } }];
    default:
      throw new Error(`${body.$case} is not a vote`);
  }
}

function bodyOf(state: State, message: Outgoing): Body {
  const node = state.config.self;
  switch (message.kind) {
    case "body":
      return message.body;
    case "append": {
      const entries = message.entries === undefined ? [] : wireEntries(message.entries);
      return { $case: "appendEntries", value: { ...message.header, entries } };
    }
    case "relay": {
      const commands = Array.from({ length: message.entries.count }, (_, row) => commandAt(message.entries, row));
      return { $case: "relay", value: { node, commands } };
    }
    case "sync": {
      const { prevIndex, prevHash, segments, end } = message;
      const entries = segments.flatMap((segment) => wireEntries(segment.entries));
      return { $case: "syncResponse", value: { node, prevIndex, prevHash, entries, end } };
    }
    default:
      return unreachable(message);
  }
}

function wireEntries(entries: Entries): Entry[] {
  return Array.from({ length: entries.count }, (_, row) => ({
    term: (entries.terms[row] ?? 0) as Term,
    command: commandAt(entries, row),
  }));
}
