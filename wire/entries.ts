/**
 * A run of log entries, or of commands on their way there, as columns: one object however many commands, whose bytes
 * are shared between threads and never copied per command. Row r is the r-th command.
 */
import type { Digest, LogIndex } from "./types.ts";

export type Entries = {
  readonly count: number;
  /** Where the commands lie; in a node shared memory, so that posting it to a thread copies nothing. Never written. */
  readonly data: Uint8Array;
  /** Byte range in `data` of each signed command (its envelope, verbatim). */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Byte range in `data` of each command's payload, inside the range above. */
  readonly payloadStarts: Uint32Array;
  readonly payloadEnds: Uint32Array;
  readonly clients: Uint32Array;
  /** Request ids; integers below 2^53. */
  readonly requests: Float64Array;
  /** The leaf hash of each command, 32 bytes each. */
  readonly leaves: Uint8Array;
  /** The term in which a leader first appended each; 0 while it is only a command. */
  readonly terms: Float64Array;
};

/** A run of entries at its place in a log. */
export type Segment = {
  /** Index of row 0. */
  readonly first: LogIndex;
  readonly entries: Entries;
  /** Chain hash after each entry, 32 bytes each. */
  readonly hashes: Uint8Array;
};

export function lastOf(segment: Segment): LogIndex {
  return (segment.first + segment.entries.count - 1) as LogIndex;
}

/** The signed command of one row; a view. */
export function commandAt(entries: Entries, row: number): Uint8Array {
  return entries.data.subarray(entries.starts[row], entries.ends[row]);
}

/** The payload of one row's command; a view. */
export function payloadAt(entries: Entries, row: number): Uint8Array {
  return entries.data.subarray(entries.payloadStarts[row], entries.payloadEnds[row]);
}

/** 32 bytes of column `digests` (leaves or hashes); a view. */
export function digestAt(digests: Uint8Array, row: number): Digest {
  return digests.subarray(row * 32, row * 32 + 32) as Digest;
}

/** Bytes of all commands together. */
export function commandBytes(entries: Entries): number {
  let sum = 0;
  for (let row = 0; row < entries.count; row++) sum += (entries.ends[row] ?? 0) - (entries.starts[row] ?? 0);
  return sum;
}

/** Rows [from, to) with columns of their own (a view's whole buffer would be copied on posting); `data` stays shared. */
export function sliceEntries(entries: Entries, from: number, to: number): Entries {
  if (from === 0 && to === entries.count) return entries;
  return {
    count: to - from,
    data: entries.data,
    starts: entries.starts.slice(from, to),
    ends: entries.ends.slice(from, to),
    payloadStarts: entries.payloadStarts.slice(from, to),
    payloadEnds: entries.payloadEnds.slice(from, to),
    clients: entries.clients.slice(from, to),
    requests: entries.requests.slice(from, to),
    leaves: entries.leaves.slice(from * 32, to * 32),
    terms: entries.terms.slice(from, to),
  };
}

/** The part of a segment with indexes in [from, to], both inside it. */
export function sliceSegment(segment: Segment, from: LogIndex, to: LogIndex): Segment {
  const start = from - segment.first;
  const end = to - segment.first + 1;
  if (start === 0 && end === segment.entries.count) return segment;
  return {
    first: from,
    entries: sliceEntries(segment.entries, start, end),
    hashes: segment.hashes.slice(start * 32, end * 32),
  };
}

/** One row of some run. */
export type Row = { readonly entries: Entries; readonly row: number };

/** Allocates the memory that a run's `data` will live in: shared in a node, plain in tests. */
export type Allocate = (bytes: number) => Uint8Array;

/** Copies rows of several runs into one run with memory of its own. */
export function gather(rows: readonly Row[], allocate: Allocate): Entries {
  let bytes = 0;
  for (const { entries, row } of rows) bytes += (entries.ends[row] ?? 0) - (entries.starts[row] ?? 0);
  const data = allocate(bytes);
  const columns = emptyColumns(rows.length);
  let at = 0;
  rows.forEach(({ entries, row }, i) => {
    const start = entries.starts[row] ?? 0;
    const end = entries.ends[row] ?? 0;
    data.set(entries.data.subarray(start, end), at);
    columns.starts[i] = at;
    columns.ends[i] = at + end - start;
    columns.payloadStarts[i] = at + (entries.payloadStarts[row] ?? 0) - start;
    columns.payloadEnds[i] = at + (entries.payloadEnds[row] ?? 0) - start;
    columns.clients[i] = entries.clients[row] ?? 0;
    columns.requests[i] = entries.requests[row] ?? 0;
    columns.leaves.set(digestAt(entries.leaves, row), i * 32);
    columns.terms[i] = entries.terms[row] ?? 0;
    at += end - start;
  });
  return { count: rows.length, data, ...columns };
}

export type Columns = Omit<Entries, "count" | "data">;

/** Columns for `count` rows, all zero, for those who fill in a run; in one piece of memory, so that posting copies one. */
export function emptyColumns(count: number): Columns {
  const memory = new ArrayBuffer(count * (2 * 8 + 5 * 4 + 32));
  // The widest first, so that all are aligned.
  let at = 0;
  const next = (bytes: number): number => {
    at += bytes * count;
    return at - bytes * count;
  };
  const numbers = (): Uint32Array<ArrayBuffer> => new Uint32Array(memory, next(4), count);
  return {
    requests: new Float64Array(memory, next(8), count),
    terms: new Float64Array(memory, next(8), count),
    starts: numbers(),
    ends: numbers(),
    payloadStarts: numbers(),
    payloadEnds: numbers(),
    clients: numbers(),
    leaves: new Uint8Array(memory, next(32), count * 32),
  };
}
