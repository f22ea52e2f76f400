/**
 * The part of the log above the commit index, as this node has it: what may still be displaced. Everything below lives
 * in the ledger only.
 */
import { digestAt, lastOf, type Segment, sliceSegment } from "../wire/entries.ts";
import type { Digest, LogIndex } from "../wire/types.ts";

export type Tail = {
  /** The commit index, and the chain hash there. */
  base: LogIndex;
  baseHash: Digest;
  /** Gapless from base + 1; each as it was proposed or received. */
  segments: Segment[];
};

export function createTail(base: LogIndex, baseHash: Digest, segments: readonly Segment[]): Tail {
  return { base, baseHash, segments: [...segments] };
}

export function lastIndex(tail: Tail): LogIndex {
  const last = tail.segments.at(-1);
  return last === undefined ? tail.base : lastOf(last);
}

export function lastHash(tail: Tail): Digest {
  const last = tail.segments.at(-1);
  return last === undefined ? tail.baseHash : digestAt(last.hashes, last.entries.count - 1);
}

/** The chain hash after `index`; undefined outside of [base, last]. */
export function hashAt(tail: Tail, index: LogIndex): Digest | undefined {
  if (index === tail.base) return tail.baseHash;
  const segment = tail.segments.findLast((candidate) => candidate.first <= index);
  if (segment === undefined || index > lastOf(segment)) return undefined;
  return digestAt(segment.hashes, index - segment.first);
}

export function append(tail: Tail, segment: Segment): void {
  if (segment.first !== lastIndex(tail) + 1) throw new Error(`segment ${segment.first} does not follow the log`);
  tail.segments.push(segment);
}

/** The entries with indexes in [from, to], cut where the segments are; both must lie in the tail. */
export function slice(tail: Tail, from: LogIndex, to: LogIndex): Segment[] {
  const parts: Segment[] = [];
  for (const segment of tail.segments) {
    const start = Math.max(from, segment.first) as LogIndex;
    const end = Math.min(to, lastOf(segment)) as LogIndex;
    if (start <= end) parts.push(sliceSegment(segment, start, end));
  }
  return parts;
}

/** Drops every entry above `index` and returns them. */
export function truncateAfter(tail: Tail, index: LogIndex): Segment[] {
  if (index < tail.base) throw new Error(`would truncate to ${index}, below the commit index ${tail.base}`);
  const dropped = slice(tail, (index + 1) as LogIndex, lastIndex(tail));
  tail.segments = slice(tail, (tail.base + 1) as LogIndex, index);
  return dropped;
}

/** Moves the base up to `index`, which the tail holds, and returns the entries that thereby left it. */
export function advance(tail: Tail, index: LogIndex): Segment[] {
  const hash = hashAt(tail, index);
  if (hash === undefined || index < tail.base) throw new Error(`the tail does not hold index ${index}`);
  const left = slice(tail, (tail.base + 1) as LogIndex, index);
  tail.segments = slice(tail, (index + 1) as LogIndex, lastIndex(tail));
  tail.base = index;
  tail.baseHash = hash.slice() as Digest;
  return left;
}
