/**
 * The two rounds of agreement: Q equal AERs lock a point and let this node vote to commit it; Q equal CVs commit it.
 * Source: docs/protocol.md, Certify and Commit.
 */
import type { Certificate } from "../wire/types.ts";
import { sameBytes } from "../wire/types.ts";
import { enterTerm } from "./election.ts";
import { propose } from "./lead.ts";
import { commitTo, holds } from "./log.ts";
import type { Effect, Outgoing } from "./protocol.ts";
import { commitIndexOf, comparePoints, pointOf, type State } from "./state.ts";
import { hashAt, lastHash, lastIndex } from "./tail.ts";
import { acknowledgement, commitVote } from "./votes.ts";

/** Q validators have acknowledged a point. */
export function onReplicated(state: State, certificate: Certificate): Effect[] {
  if (certificate.term < state.term || certificate.index <= commitIndexOf(state)) return [];
  const effects = certificate.term > state.term ? enterTerm(state, certificate.term, undefined) : [];
  if (!holds(state, certificate)) {
    const pending = state.pendingReplication;
    if (pending === undefined || comparePoints(certificate, pending) > 0) state.pendingReplication = certificate;
    return effects;
  }
  const release = [commitVote(state, certificate)];
  if (comparePoints(certificate, pointOf(state, state.lock)) <= 0) {
    // An earlier batch of the term that is locked further on: the lock covers it.
    effects.push({ kind: "write", write: {}, release });
    return effects;
  }
  state.lock = certificate;
  const write = state.displaced.length > 0 ? { lock: certificate, displaced: [] } : { lock: certificate };
  state.displaced = [];
  effects.push({ kind: "write", write, release });
  return effects;
}

/** Q validators have voted to commit a point, in whatever term. */
export function onCommitted(state: State, certificate: Certificate): Effect[] {
  const commitIndex = commitIndexOf(state);
  if (certificate.index < commitIndex) return [];
  if (certificate.index === commitIndex) return conflictsWithCommit(state, certificate);
  const effects = certificate.term > state.term ? enterTerm(state, certificate.term, undefined) : [];
  if (holds(state, certificate)) return [...effects, ...commitTo(state, certificate), ...propose(state)];
  const pending = state.pendingCommit;
  if (pending === undefined) state.fetchTick = state.tick;
  if (pending === undefined || certificate.index > pending.index) state.pendingCommit = certificate;
  return effects;
}

/** Two commit certificates for one index and different logs take more than f liars: nothing is safe any more. */
export function conflictsWithCommit(state: State, certificate: Certificate): Effect[] {
  const own = hashAt(state.tail, certificate.index);
  if (own === undefined || sameBytes(own, certificate.hash)) return [];
  const both = [state.commit, certificate].map((one) => JSON.stringify(one, (_, value) => hexOf(value))).join(" and ");
  return [{ kind: "halt", reason: `conflicting commit certificates: ${both}`, evidence: undefined }];
}

function hexOf(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("") : value;
}

/** Looks again at certificates that came before the entries they certify. */
export function retryPending(state: State): Effect[] {
  const effects: Effect[] = [];
  const { pendingReplication: replication, pendingCommit: commit } = state;
  if (replication !== undefined && holds(state, replication)) {
    state.pendingReplication = undefined;
    effects.push(...onReplicated(state, replication));
  }
  if (commit !== undefined && (commit.index <= commitIndexOf(state) || holds(state, commit))) {
    state.pendingCommit = undefined;
    effects.push(...onCommitted(state, commit));
  }
  return effects;
}

/** Says again what this node has acknowledged and voted for in this term and is not committed: messages get lost. */
export function repeatVotes(state: State): Effect[] {
  const index = lastIndex(state.tail);
  const commitIndex = commitIndexOf(state);
  const release: Outgoing[] = [];
  if (index > commitIndex && state.acknowledged === index)
    release.push(acknowledgement(state, index, lastHash(state.tail)));
  const { lock } = state;
  if (lock !== undefined && lock.term === state.term && lock.index > commitIndex) release.push(commitVote(state, lock));
  return release.length === 0 ? [] : [{ kind: "write", write: {}, release }];
}
