/**
 * Catching up: a node that learns of a certificate on a chain it does not hold fetches that chain from those who signed.
 * Every answer ends in a certificate, so whoever sends it need not be trusted. Source: docs/protocol.md, Commit, Election.
 */
import type { Write } from "../wire/durable.ts";
import type { Entries } from "../wire/entries.ts";
import { digestAt } from "../wire/entries.ts";
import { type Certificate, type LogIndex, type NodeId, type SyncRequest, sameBytes } from "../wire/types.ts";
import { conflictsWithCommit, retryPending } from "./certify.ts";
import { enterTerm, raiseLock } from "./election.ts";
import { entriesAbove } from "./follow.ts";
import { propose } from "./lead.ts";
import { adopt, chainEntries, commitTo, divergence, endHashOf, holds } from "./log.ts";
import type { Effect, SyncHeader } from "./protocol.ts";
import { contradictedLeader } from "./shown-lies.ts";
import { commitIndexOf, comparePoints, endOfSegments, mayAsk, nothingMore, pointOf, type State } from "./state.ts";
import { hashAt, lastIndex, slice } from "./tail.ts";

/** Election timeouts without progress before a node asks whether others have made some: one alone is an election. */
const silentTimeoutsMin = 2;

/** Asks one of the signers of a pending commit certificate, another one each time. */
export function fetchIfDue(state: State): Effect[] {
  const { pendingCommit } = state;
  if (pendingCommit === undefined || !mayAsk(state)) return [];
  return fetch(state, pendingCommit);
}

function fetch(state: State, pending: Certificate): Effect[] {
  return askOneOf(
    state,
    pending.endorsements.map((one) => one.node),
  );
}

/**
 * Entries that stay uncommitted may have been committed by others whose votes were lost on the way here, and who will not
 * repeat them; and a node that hears nothing of a leader, while others ask for no other, may be the only one: asks one after
 * the other for a commit certificate. Whoever has none does not answer.
 */
export function askIfStalled(state: State): Effect[] {
  const waits = lastIndex(state.tail) > commitIndexOf(state) || state.backoff >= silentTimeoutsMin;
  if (!waits || state.stalledAt !== commitIndexOf(state)) {
    state.stalledAt = commitIndexOf(state);
    state.stalledTick = state.tick;
    return [];
  }
  if (state.tick - state.stalledTick < 2 * state.config.heartbeatTicks || !mayAsk(state)) return [];
  return askOneOf(state, state.config.validators);
}

function askOneOf(state: State, nodes: readonly NodeId[]): Effect[] {
  const others = nodes.filter((node) => node !== state.config.self);
  const node = others[state.fetchAttempts++ % Math.max(1, others.length)];
  state.fetchTick = state.tick;
  state.fetchFailures++;
  if (node === undefined) return [];
  const fromIndex = (commitIndexOf(state) + 1) as LogIndex;
  const value: SyncRequest = { node: state.config.self, fromIndex, want: undefined };
  return [{ kind: "send", message: { kind: "body", to: [node], body: { $case: "syncRequest", value } } }];
}

export function onSyncRequest(state: State, request: SyncRequest): Effect[] {
  const { node, fromIndex, want } = request;
  // An answer may be a megabyte: whoever asks faster than this is not helped by more.
  const served = state.servedTick.get(node) ?? Number.NEGATIVE_INFINITY;
  if (state.tick - served < state.config.heartbeatTicks / 2) return [];
  const commitIndex = commitIndexOf(state);
  if (fromIndex <= commitIndex) {
    state.servedTick.set(node, state.tick);
    return [{ kind: "serve", to: node, fromIndex }];
  }
  const { lock } = state;
  if (want === undefined || lock === undefined || comparePoints(want, lock) !== 0) return [];
  return serveLock(state, node, lock, commitIndex);
}

/** The chain from the commit index to the lock, whether it is in the log or displaced. */
function serveLock(state: State, node: NodeId, lock: Certificate, commitIndex: LogIndex): Effect[] {
  const from = (commitIndex + 1) as LogIndex;
  const displaced = state.displaced[0];
  const inLog = holds(state, lock);
  if (lock.index < from || (!inLog && endOfSegments(state.displaced) !== lock.index)) return [];
  const upTo = inLog || displaced === undefined ? lock.index : ((displaced.first - 1) as LogIndex);
  const segments = [...slice(state.tail, from, upTo), ...(inLog ? [] : state.displaced)];
  state.servedTick.set(node, state.tick);
  const end = { $case: "replication", value: lock } as const;
  const prev = { prevIndex: commitIndex, prevHash: state.tail.baseHash };
  return [{ kind: "send", message: { kind: "sync", to: [node], ...prev, segments, end } }];
}

export function onSyncResponse(state: State, header: SyncHeader, entries: Entries): Effect[] {
  const { prevIndex, prevHash, end } = header;
  if (end === undefined) return [];
  const certificate = end.value;
  const commitIndex = commitIndexOf(state);
  const whole = chainEntries(state, prevIndex, prevHash, entries);
  const endIndex = prevIndex + entries.count;
  const matches = endIndex === certificate.index && sameBytes(endHashOf(whole, prevHash), certificate.hash);
  if (!matches || prevIndex > commitIndex) return [unusable(header)];
  if (endIndex <= commitIndex) return end.$case === "commit" ? conflictsWithCommit(state, certificate) : [];
  const own = hashAt(state.tail, commitIndex);
  const theirs = prevIndex === commitIndex ? prevHash : digestAt(whole.hashes, commitIndex - whole.first);
  if (own === undefined || !sameBytes(own, theirs)) return [unusable(header)];
  const fresh = entriesAbove(whole, commitIndex);
  if (fresh === undefined) return [];
  if (end.$case === "replication") return takeLock(state, certificate, fresh);

  const effects: Effect[] = certificate.term > state.term ? enterTerm(state, certificate.term, undefined) : [];
  // Where they say nothing new, they may still end below what is acknowledged: that takes nothing back.
  const from = divergence(state, fresh);
  const takenBack = from <= Math.min(endIndex, state.acknowledged, lastIndex(state.tail));
  const write = adopt(state, fresh);
  const acknowledged = takenBack ? takeBack(state, from, certificate) : {};
  if (write !== undefined) effects.push({ kind: "write", write: { ...write, ...acknowledged }, release: [] });
  effects.push(...commitTo(state, certificate), ...retryPending(state), ...propose(state));
  // More is known to be committed: the next chunk, at once.
  if (state.pendingCommit !== undefined) effects.push(...fetch(state, state.pendingCommit));
  return effects;
}

/** No more of the log is acknowledged in this term, whose leader signed what the commit contradicts. */
function takeBack(state: State, from: LogIndex, commit: Certificate): Write {
  const { role, term } = state;
  state.acknowledged = nothingMore;
  const evidence = role.kind === "follower" ? contradictedLeader(state, role, from, commit) : undefined;
  return { acknowledged: { term, index: nothingMore }, ...(evidence === undefined ? {} : { evidence }) };
}

/** Only a candidate that was refused for its lock asks for another's. */
function takeLock(state: State, lock: Certificate, fresh: NonNullable<ReturnType<typeof entriesAbove>>): Effect[] {
  const { role } = state;
  if (role.kind !== "candidate" || role.seeking === undefined || comparePoints(lock, role.seeking) !== 0) return [];
  if (comparePoints(lock, pointOf(state, state.lock)) <= 0) return [];
  const write = adopt(state, fresh);
  const effects: Effect[] = write === undefined ? [] : [{ kind: "write", write, release: [] }];
  return [...effects, ...raiseLock(state, lock)];
}

function unusable(header: SyncHeader): Effect {
  return { kind: "note", level: "warn", text: `node ${header.node} sent entries that its certificate does not cover` };
}
