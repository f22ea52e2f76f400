/**
 * How the core's log changes: entries are chained, appended, displaced and committed here and nowhere else.
 * Source: docs/protocol.md, Append, Displaced suffix and Commit.
 */
import type { Write } from "../wire/durable.ts";
import { digestAt, type Entries, type Segment, sliceSegment } from "../wire/entries.ts";
import type { Certificate, Digest, LogIndex, Point, Term } from "../wire/types.ts";
import { sameBytes } from "../wire/types.ts";
import { noteCommitted, noteDisplaced, noteLogged } from "./command-pool.ts";
import type { Effect } from "./protocol.ts";
import { commitIndexOf, endOfSegments, noteProgress, type State } from "./state.ts";
import { advance, append, hashAt, lastIndex, slice, truncateAfter } from "./tail.ts";

/** Chains entries behind (prevIndex, prevHash). */
export function chainEntries(state: State, prevIndex: LogIndex, prevHash: Uint8Array, entries: Entries): Segment {
  const hashes = new Uint8Array(entries.count * 32);
  let prev = prevHash;
  for (let row = 0; row < entries.count; row++) {
    const index = (prevIndex + 1 + row) as LogIndex;
    prev = state.chain(prev, index, (entries.terms[row] ?? 0) as Term, digestAt(entries.leaves, row));
    hashes.set(prev, row * 32);
  }
  return { first: (prevIndex + 1) as LogIndex, entries, hashes };
}

/** The chain hash at the end of a segment that follows `prevHash`. */
export function endHashOf(segment: Segment, prevHash: Digest): Digest {
  return segment.entries.count === 0 ? prevHash : digestAt(segment.hashes, segment.entries.count - 1);
}

/** True where this node's log goes through the point. Points below the commit index can no longer be told. */
export function holds(state: State, point: Point | Certificate): boolean {
  const hash = hashAt(state.tail, point.index);
  return hash !== undefined && sameBytes(hash, point.hash);
}

/**
 * The first index at which a segment, whose predecessor the log holds, says something else than the log; its end + 1
 * where it says nothing new.
 */
export function divergence(state: State, segment: Segment): LogIndex {
  for (let row = 0; row < segment.entries.count; row++) {
    const index = (segment.first + row) as LogIndex;
    const own = hashAt(state.tail, index);
    if (own === undefined || !sameBytes(own, digestAt(segment.hashes, row))) return index;
  }
  return (segment.first + segment.entries.count) as LogIndex;
}

/**
 * Makes the log hold `segment`, displacing what contradicts it. What is displaced stays re-proposable while the lock
 * lies on it. Returns the change to write; undefined where the log held it all.
 */
export function adopt(state: State, segment: Segment): Write | undefined {
  const from = divergence(state, segment);
  const end = (segment.first + segment.entries.count - 1) as LogIndex;
  if (from > end) return undefined;
  const write = displaceFrom(state, from) ?? {};
  const part = sliceSegment(segment, from, end);
  append(state.tail, part);
  noteLogged(state.pool, part.entries);
  return { ...write, append: part };
}

/** Takes the entries from `from` on out of the log. Returns the change to write; undefined where there are none. */
export function displaceFrom(state: State, from: LogIndex): Write | undefined {
  if (from > lastIndex(state.tail)) return undefined;
  const displaced = displacedBy(state, from);
  const changed = displaced !== state.displaced;
  for (const part of truncateAfter(state.tail, (from - 1) as LogIndex)) noteDisplaced(state.pool, part.entries);
  state.displaced = displaced;
  const truncate: Write = { truncateAfter: (from - 1) as LogIndex };
  return changed ? { ...truncate, displaced } : truncate;
}

/** The displaced suffix, were the log cut before `from`. */
function displacedBy(state: State, from: LogIndex): readonly Segment[] {
  const { lock } = state;
  if (lock === undefined || lock.index < from) return state.displaced;
  if (holds(state, lock)) return slice(state.tail, from, lock.index);
  const first = state.displaced[0]?.first;
  if (first === undefined || from >= first) return state.displaced;
  // The lock's chain runs through the log up to `first`, then through what was displaced earlier.
  return [...slice(state.tail, from, (first - 1) as LogIndex), ...state.displaced];
}

/**
 * True where this node may ask for votes with its lock: it has every entry of the lock's chain, in its log or displaced.
 * A lock below the commit index needs no chain: nobody can be elected with it, but refusals bring a higher one.
 */
export function holdsLockChain(state: State): boolean {
  const { lock } = state;
  if (lock === undefined || lock.index <= commitIndexOf(state) || holds(state, lock)) return true;
  return endOfSegments(state.displaced) === lock.index;
}

/** Puts the lock's chain back into the log, if it was displaced. Returns the changes to write. */
export function restoreLockChain(state: State): Write[] {
  const { lock, displaced } = state;
  if (lock === undefined || lock.index <= commitIndexOf(state) || holds(state, lock)) return [];
  const writes: Write[] = [];
  for (const segment of displaced) {
    const write = adopt(state, segment);
    if (write !== undefined) writes.push(write);
  }
  state.displaced = [];
  writes.push({ displaced: [] });
  return writes;
}

/** Moves the commit index to a certificate's point, which the log holds and which is above it. */
export function commitTo(state: State, certificate: Certificate): Effect[] {
  const segments = advance(state.tail, certificate.index);
  state.commit = certificate;
  state.fetchFailures = 0;
  for (const segment of segments) noteCommitted(state.pool, segment.entries);
  let write: Write = { commit: certificate };
  if (state.displaced.length > 0 && (endOfSegments(state.displaced) ?? 0) <= certificate.index) {
    state.displaced = [];
    write = { ...write, displaced: [] };
  }
  const { role } = state;
  if (role.kind === "leader") role.inFlight = role.inFlight.filter((end) => end > certificate.index);
  if (role.kind === "follower") role.accepted = role.accepted.filter((ae) => ae.endIndex > certificate.index);
  noteProgress(state);
  return [
    { kind: "write", write, release: [] },
    { kind: "apply", segments },
    { kind: "settled", index: certificate.index },
  ];
}
