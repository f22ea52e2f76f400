/** The log on disk: one row for each segment, as it was appended. */
import assert from "node:assert/strict";
import { type Allocate, digestAt, type Segment, sliceSegment } from "../wire/entries.ts";
import type { Digest, LogIndex } from "../wire/types.ts";
import { checkRow } from "./check-log.ts";
import {
  endAt,
  rowOf,
  type SegmentRow,
  segmentNames,
  segmentOf,
  segmentRowOf,
  shortened,
  valuesOf,
} from "./segment-row.ts";
import { bytesOf, type Database, integerOf, restoreMend } from "./sqlite.ts";

export type LogRows = {
  readonly append: (segment: Segment, bytesBefore: number) => void;
  /** Drops all entries above `index`; the row that it lies in is written anew, shorter. */
  readonly truncateAfter: (index: LogIndex) => void;
  /** The entries in [from, to], both in the log; throws where the disk no longer gives what was written. */
  readonly read: (from: LogIndex, to: LogIndex) => Segment[];
  /** The chain hash after an entry, and before the first one; undefined above the end. */
  readonly hashAt: (index: LogIndex) => Digest | undefined;
  /** Bytes of all commands up to an index of the log, or 0. */
  readonly bytesUpTo: (index: LogIndex) => number;
  readonly count: () => number;
};

/** Where a row begins and ends, and the bytes of all commands before it. */
type Place = { readonly first: number; readonly last: number; readonly bytesBefore: number };

export function logRows(db: Database, file: string, cluster: Digest, allocate: Allocate): LogRows {
  const insert = db.prepare(`INSERT INTO log (${segmentNames}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const drop = db.prepare("DELETE FROM log WHERE first > ?");
  const remove = db.prepare("DELETE FROM log WHERE first = ?");
  const rowAt = db.prepare(`SELECT ${segmentNames} FROM log WHERE first <= ? ORDER BY first DESC LIMIT 1`);
  const range = db.prepare(`SELECT ${segmentNames} FROM log WHERE first BETWEEN ? AND ? ORDER BY first`);
  const place = db.prepare(`SELECT first, last, bytes_before FROM log WHERE first <= ? ORDER BY first DESC LIMIT 1`);
  const hash = db.prepare("SELECT substr(hashes, (? - first) * 32 + 1, 32) AS bytes FROM log WHERE first = ?");
  const end = db.prepare("SELECT substr(ends, (? - first) * 4 + 1, 4) AS bytes FROM log WHERE first = ?");
  const count = db.prepare("SELECT count(*) AS count FROM log");

  /** The row that was looked for last: of an entry that is committed both its hash and its place in bytes are asked for. */
  let latest: Place | undefined;

  /** The row in which an entry lies. */
  function placeOf(index: LogIndex): Place | undefined {
    if (latest !== undefined && index >= latest.first && index <= latest.last) return latest;
    const row = place.get(index);
    const first = integerOf(row?.first);
    const last = integerOf(row?.last);
    const bytesBefore = integerOf(row?.bytes_before);
    if (first === undefined || last === undefined || bytesBefore === undefined || index > last) return undefined;
    latest = { first, last, bytesBefore };
    return latest;
  }

  function hashAt(index: LogIndex): Digest | undefined {
    if (index === 0) return cluster;
    const row = placeOf(index);
    const bytes = row === undefined ? undefined : bytesOf(hash.get(index, row.first)?.bytes);
    return bytes?.length === 32 ? (bytes as Digest) : undefined;
  }

  function truncateAfter(index: LogIndex): void {
    latest = undefined;
    drop.run(index);
    const columns = rowAt.get(index);
    if (columns === undefined) return;
    const row = segmentRowOf(columns);
    if (row === undefined) throw damaged(index, "its row cannot be read");
    if (row.last <= index) return;
    remove.run(row.first);
    insert.run(...valuesOf(shortened(row, index - row.first + 1)));
  }

  function read(from: LogIndex, to: LogIndex): Segment[] {
    assert(from >= 1, `read from ${from}`);
    const start = placeOf(from);
    if (start === undefined) throw damaged(from, "it is missing");
    let next = start.first;
    let prev = hashAt((start.first - 1) as LogIndex);
    const segments: Segment[] = [];
    for (const columns of range.all(start.first, to)) {
      const row = segmentRowOf(columns);
      if (row === undefined || row.first !== next || prev === undefined) throw damaged(next, "its row cannot be read");
      segments.push(sliced(checkedSegment(row, prev), from, to));
      prev = digestAt(row.hashes, row.last - row.first);
      next = row.last + 1;
    }
    if (next <= to) throw damaged(next, "it is missing");
    return segments;
  }

  function checkedSegment(row: SegmentRow, prev: Digest): Segment {
    const leaves = checkRow(row, prev);
    if (!(leaves instanceof Uint8Array)) throw damaged(leaves.index, leaves.reason);
    const segment = segmentOf(row, leaves, cluster, allocate);
    if (!segment.ok) throw damaged(row.first, segment.reason);
    return segment.value;
  }

  const damaged = (index: number, reason: string): Error =>
    new Error(`${file} is damaged at index ${index}: ${reason}; ${restoreMend}`);

  return {
    append: (segment, bytesBefore) => {
      insert.run(...valuesOf(rowOf(segment, bytesBefore)));
    },
    truncateAfter,
    read,
    hashAt,
    bytesUpTo: (index) => {
      if (index === 0) return 0;
      const row = placeOf(index);
      const bytes = row === undefined ? undefined : bytesOf(end.get(index, row.first)?.bytes);
      if (row === undefined || bytes?.length !== 4) throw damaged(index, "it is missing");
      return row.bytesBefore + endAt({ ends: bytes }, 0);
    },
    count: () => integerOf(count.get()?.count) ?? 0,
  };
}

/** The part of a segment that lies in [from, to]; the two overlap. */
export function sliced(segment: Segment, from: LogIndex, to: LogIndex): Segment {
  const last = segment.first + segment.entries.count - 1;
  return sliceSegment(segment, Math.max(from, segment.first) as LogIndex, Math.min(to, last) as LogIndex);
}
