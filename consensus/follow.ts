/**
 * What a follower does with an AE: believes a leader only with proof of its election, accepts only what extends its own
 * chain, never takes back what it has acknowledged, and keeps what proves a lie. Source: docs/protocol.md, Append.
 */
import type { Evidence, Write } from "../wire/durable.ts";
import { digestAt, type Entries, type Segment, sliceSegment } from "../wire/entries.ts";
import { type LogIndex, type NodeId, sameBytes, type Term } from "../wire/types.ts";
import { repeatVotes, retryPending } from "./certify.ts";
import { peekWaiting } from "./command-pool.ts";
import { enterTerm, giveUpTerm } from "./election.ts";
import { adopt, chainEntries, displaceFrom, divergence, endHashOf } from "./log.ts";
import type { AppendHeader, Effect } from "./protocol.ts";
import { relayWaiting } from "./relay.ts";
import { doubleVotes } from "./shown-lies.ts";
import {
  commitIndexOf,
  type Follower,
  followerOf,
  hasUncommittedWork,
  nothingMore,
  restartTimer,
  type State,
} from "./state.ts";
import { hashAt, lastHash, lastIndex } from "./tail.ts";
import { acknowledgement } from "./votes.ts";

export function onAppendEntries(state: State, header: AppendHeader, entries: Entries, frame: Uint8Array): Effect[] {
  const { term, leader, proof } = header;
  if (term < state.term || leader === state.config.self) return [];
  const effects: Effect[] = [];
  if (term > state.term) {
    if (proof === undefined) return [nack(state, leader)];
    effects.push(...enterTerm(state, term, undefined));
  }
  if (state.role.kind === "leader") return effects;
  if (state.role.kind === "candidate" || state.role.leader === undefined) {
    if (proof?.lock === undefined) return [...effects, nack(state, leader)];
    if (state.role.kind === "candidate") effects.push(...doubleVotes(state, state.role, proof));
    state.role = followerOf(leader, proof.lock);
    restartTimer(state);
    effects.push({ kind: "note", level: "info", text: `node ${leader} leads term ${term}` });
    effects.push(...relayWaiting(state, peekWaiting(state.pool, state.config.batchCommandsMax)));
  }
  const { role } = state;
  if (role.kind !== "follower" || role.leader !== leader) return effects;
  return [...effects, ...followLeader(state, role, header, entries, frame)];
}

function followLeader(
  state: State,
  role: Follower,
  header: AppendHeader,
  entries: Entries,
  frame: Uint8Array,
): Effect[] {
  const { prevIndex, prevHash, endHash, leader, term } = header;
  // It signed two logs: the rest of the term this node only learns what is committed.
  if (state.acknowledged === nothingMore) return [];
  const commitIndex = commitIndexOf(state);
  const whole = chainEntries(state, prevIndex, prevHash, entries);
  const endIndex = (prevIndex + entries.count) as LogIndex;
  if (!sameBytes(endHashOf(whole, prevHash), endHash)) {
    return refuse(state, leader, "an end hash that its entries do not have", [frame]);
  }
  if (endIndex < commitIndex) return []; // late: all of it is committed, or was displaced by what is
  const own = hashAt(state.tail, Math.max(prevIndex, commitIndex) as LogIndex);
  const theirs = prevIndex >= commitIndex ? prevHash : digestAt(whole.hashes, commitIndex - whole.first);
  if (own === undefined || !sameBytes(own, theirs)) {
    if (prevIndex > commitIndex) return [nack(state, leader)];
    // A leader of a term from the commit's on knows what is committed; one of an earlier term cannot. A second guard: who
    // learns of a commit enters its term, and then takes no AE of an earlier one.
    const knows = (state.commit?.term ?? 0) <= term;
    return knows ? refuse(state, leader, "entries that contradict a commit", [frame]) : [];
  }
  const fresh = entriesAbove(whole, commitIndex);
  const flaw = contradictsLock(role, fresh, commitIndex);
  if (flaw !== undefined) return refuse(state, leader, flaw, [frame]);

  const from = fresh === undefined ? endIndex + 1 : divergence(state, fresh);
  if (from <= endIndex && from <= state.acknowledged) return equivocated(state, role, leader, from as LogIndex, frame);
  const change = fresh === undefined ? endOfLog(state, role, endIndex) : adopt(state, fresh);
  if (entries.count > 0) role.accepted.push({ prevIndex, endIndex, frame });
  const effects = acknowledge(state, role, term, endIndex, change);
  if (entries.count === 0) effects.push(...onHeartbeat(state));
  return [...effects, ...retryPending(state)];
}

/** The part of a segment above `index`; undefined where nothing is. */
export function entriesAbove(segment: Segment, index: LogIndex): Segment | undefined {
  const end = (segment.first + segment.entries.count - 1) as LogIndex;
  if (end <= index) return undefined;
  return sliceSegment(segment, Math.max(segment.first, index + 1) as LogIndex, end);
}

/** The leader's log has to go through the lock point that its election rests on. */
function contradictsLock(role: Follower, fresh: Segment | undefined, commitIndex: LogIndex): string | undefined {
  const { lock } = role;
  if (lock === undefined || fresh === undefined || lock.index <= commitIndex || lock.index < fresh.first)
    return undefined;
  if (lock.index >= fresh.first + fresh.entries.count) return undefined;
  const hash = digestAt(fresh.hashes, lock.index - fresh.first);
  return sameBytes(hash, lock.hash) ? undefined : "entries that leave out its own lock point";
}

/** A heartbeat tells where the leader's log ends: what goes further, and is of an earlier term, is not in this term's log. */
function endOfLog(state: State, role: Follower, endIndex: LogIndex): Write | undefined {
  if (role.lock === undefined || endIndex < role.lock.index) return undefined;
  return displaceFrom(state, (Math.max(endIndex, state.acknowledged, commitIndexOf(state)) + 1) as LogIndex);
}

function acknowledge(
  state: State,
  role: Follower,
  term: Term,
  endIndex: LogIndex,
  change: Write | undefined,
): Effect[] {
  const { lock } = role;
  // Up to the lock point the log is only on its way to being the leader's.
  const behind = lock !== undefined && endIndex < lock.index;
  const hash = hashAt(state.tail, endIndex);
  if (hash === undefined || (change === undefined && endIndex <= commitIndexOf(state))) return [];
  if (behind || (lock !== undefined && !extendsLock(state, lock.index, lock.hash))) {
    return change === undefined ? [] : [{ kind: "write", write: change, release: [] }];
  }
  const grows = endIndex > state.acknowledged;
  if (grows) state.acknowledged = endIndex;
  const write: Write = grows ? { ...change, acknowledged: { term, index: endIndex } } : { ...change };
  // Of what is committed nobody counts AERs any more.
  const release = endIndex > commitIndexOf(state) ? [acknowledgement(state, endIndex, hash)] : [];
  return [{ kind: "write", write, release }];
}

function extendsLock(state: State, index: LogIndex, lockHash: Uint8Array): boolean {
  if (index <= commitIndexOf(state)) return true;
  const hash = hashAt(state.tail, index);
  return hash !== undefined && sameBytes(hash, lockHash);
}

/** A heartbeat counts as progress only while there is nothing to do; else it is a reminder of what is open. */
function onHeartbeat(state: State): Effect[] {
  if (hasUncommittedWork(state)) return repeatVotes(state);
  state.backoff = 0;
  restartTimer(state);
  return [];
}

/** The leader signed two logs for one term: the pair proves it to anyone. */
function equivocated(state: State, role: Follower, leader: NodeId, index: LogIndex, frame: Uint8Array): Effect[] {
  const other = role.accepted.find((ae) => ae.prevIndex < index && index <= ae.endIndex);
  return refuse(state, leader, `a second log at index ${index}`, other === undefined ? [frame] : [other.frame, frame]);
}

function refuse(state: State, leader: NodeId, what: string, frames: readonly Uint8Array[]): Effect[] {
  const kind = frames.length > 1 ? "equivocation" : "invalid append";
  const evidence: Evidence = { kind, accused: [leader], frames };
  return [
    { kind: "note", level: "warn", text: `node ${leader} as leader of term ${state.term} signed ${what}` },
    { kind: "write", write: { evidence }, release: [] },
    ...giveUpTerm(state),
  ];
}

/** The verifier found a client's signature in it that is wrong. */
export function onInvalidAppend(state: State, leader: NodeId, term: Term, frame: Uint8Array): Effect[] {
  if (term < state.term) return [];
  return refuse(state, leader, "an entry that its client did not sign", [frame]);
}

function nack(state: State, leader: NodeId): Effect {
  const value = {
    term: state.term,
    node: state.config.self,
    lastIndex: lastIndex(state.tail),
    lastHash: lastHash(state.tail),
    commitIndex: commitIndexOf(state),
  };
  return { kind: "send", message: { kind: "body", to: [leader], body: { $case: "nack", value } } };
}
