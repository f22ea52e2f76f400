/**
 * What a leader does: opens its term, cuts batches out of what waits, keeps a window of them in flight, helps followers
 * that cannot follow. Source: docs/protocol.md, Batching and pipelining.
 */
import { gather, type Segment } from "../wire/entries.ts";
import { type Digest, type ElectionProof, type LogIndex, type Nack, type NodeId, sameBytes } from "../wire/types.ts";
import { oldestSince, takeBatch } from "./command-pool.ts";
import { adopt, chainEntries, endHashOf } from "./log.ts";
import type { AppendHeader, Effect, Recipients } from "./protocol.ts";
import { commitIndexOf, type State } from "./state.ts";
import { hashAt, lastHash, lastIndex, slice } from "./tail.ts";
import { acknowledgement } from "./votes.ts";

/** Q validators have voted: opens the term with an AE that proves it. */
export function becomeLeader(state: State, proof: ElectionProof): Effect[] {
  state.role = { kind: "leader", proof, followers: new Map(), inFlight: [], sentTick: state.tick };
  const index = lastIndex(state.tail);
  state.acknowledged = index;
  const effects: Effect[] = [
    { kind: "note", level: "info", text: `becoming leader of term ${state.term} at index ${index}` },
    sendAppend(state, "others", index, lastHash(state.tail), undefined, proof),
  ];
  if (index > commitIndexOf(state)) {
    const write = { acknowledged: { term: state.term, index } };
    effects.push({ kind: "write", write, release: [acknowledgement(state, index, lastHash(state.tail))] });
  }
  return [...effects, ...propose(state)];
}

/**
 * True where the next batch should be cut now. The first goes at once; while others are in flight, one goes when it is half
 * full or its oldest command has waited, the longer the more are in flight: a batch costs what hundreds of commands
 * cost, and under load those that come meanwhile share it.
 */
function isDue({ pool, tick, config }: State, inFlight: number): boolean {
  if (pool.waitingCount === 0 || inFlight >= config.windowBatches) return false;
  if (inFlight === 0 || pool.waitingCount * 2 >= config.batchCommandsMax) return true;
  return tick - (oldestSince(pool) ?? tick) >= inFlight * config.batchDelayTicks;
}

/** Cuts batches out of the waiting commands while the window has room: a batch is what arrived meanwhile. */
export function propose(state: State): Effect[] {
  const { role, config, term } = state;
  if (role.kind !== "leader") return [];
  const effects: Effect[] = [];
  while (isDue(state, role.inFlight.length)) {
    const rows = takeBatch(state.pool, config.batchCommandsMax, config.batchBytesMax);
    const entries = gather(rows, config.allocate);
    entries.terms.fill(term);
    const prevIndex = lastIndex(state.tail);
    const prevHash = lastHash(state.tail);
    const segment = chainEntries(state, prevIndex, prevHash, entries);
    const write = adopt(state, segment);
    const index = lastIndex(state.tail);
    state.acknowledged = index;
    role.inFlight.push(index);
    role.sentTick = state.tick;
    // Followers may have it before this node's own disk does: its own AER waits for the disk like theirs.
    effects.push(sendAppend(state, "others", prevIndex, prevHash, segment, undefined), {
      kind: "write",
      write: { ...write, acknowledged: { term, index } },
      release: [acknowledgement(state, index, lastHash(state.tail))],
    });
  }
  return effects;
}

/** An empty AE at the end of the log, when nothing else was sent for a while. */
export function heartbeatIfDue(state: State): Effect[] {
  const { role, config } = state;
  if (role.kind !== "leader" || state.tick - role.sentTick < config.heartbeatTicks) return [];
  role.sentTick = state.tick;
  return [sendAppend(state, "others", lastIndex(state.tail), lastHash(state.tail), undefined, undefined)];
}

/** Resumes where the follower's log agrees with the leader's; what is committed it gets by SYNC. */
export function onNack(state: State, nack: Nack): Effect[] {
  const { role, config } = state;
  if (role.kind !== "leader" || nack.term > state.term) return [];
  const commitIndex = commitIndexOf(state);
  const view = role.followers.get(nack.node);
  const within = nack.lastIndex >= commitIndex && nack.lastIndex <= lastIndex(state.tail);
  const moved = view === undefined || (within && nack.lastIndex > view.lastIndex);
  // A follower answers every AE in flight with the same complaint: one answer is enough. Nor is there another at once for one
  // that complains of ever other logs: an answer may be a megabyte, a complaint is a hundred bytes.
  if (!moved && state.tick - view.resentTick < config.heartbeatTicks) return [];
  role.followers.set(nack.node, { resentTick: state.tick, lastIndex: nack.lastIndex });
  if (nack.commitIndex < commitIndex) {
    return [{ kind: "serve", to: nack.node, fromIndex: (nack.commitIndex + 1) as LogIndex }];
  }
  return resume(state, nack, role.proof);
}

function resume(state: State, nack: Nack, proof: ElectionProof): Effect[] {
  const own = hashAt(state.tail, nack.lastIndex);
  const agrees = own !== undefined && sameBytes(own, nack.lastHash);
  const last = lastIndex(state.tail);
  const from = agrees ? nack.lastIndex : (Math.min(nack.commitIndex, last) as LogIndex);
  const segments = slice(state.tail, (from + 1) as LogIndex, last);
  const to = [nack.node];
  let prevIndex = from;
  let prevHash = hashAt(state.tail, from);
  if (prevHash === undefined) return [];
  if (segments.length === 0) return [sendAppend(state, to, prevIndex, prevHash, undefined, proof)];
  const effects: Effect[] = [];
  for (const [i, segment] of segments.entries()) {
    effects.push(sendAppend(state, to, prevIndex, prevHash, segment, i === 0 ? proof : undefined));
    prevIndex = (segment.first + segment.entries.count - 1) as LogIndex;
    prevHash = endHashOf(segment, prevHash);
  }
  return effects;
}

function sendAppend(
  state: State,
  to: Recipients | readonly NodeId[],
  prevIndex: LogIndex,
  prevHash: Digest,
  segment: Segment | undefined,
  proof: ElectionProof | undefined,
): Effect {
  const endHash = segment === undefined ? prevHash : endHashOf(segment, prevHash);
  const header: AppendHeader = { term: state.term, leader: state.config.self, prevIndex, prevHash, endHash, proof };
  return { kind: "send", message: { kind: "append", to, header, entries: segment?.entries } };
}
