/**
 * A segment as one row of a table: however many commands it has, it costs one insert. The commands lie in one BLOB,
 * back to back, as they were signed; integers in BLOBs are big-endian.
 */
import { type Allocate, commandBytes, digestAt, type Entries, emptyColumns, type Segment } from "../wire/entries.ts";
import { open } from "../wire/envelope.ts";
import type { Digest, LogIndex, Outcome, Term } from "../wire/types.ts";
import { bytesOf, type Columns, integerOf } from "./sqlite.ts";

/** A row whose columns fit together; its hashes are still to be checked. */
export type SegmentRow = {
  readonly first: LogIndex;
  readonly last: LogIndex;
  /** Bytes of all commands of the log before this row. */
  readonly bytesBefore: number;
  /** Where each command ends in `commands`, u32 each. */
  readonly ends: Uint8Array;
  /** u64 each. */
  readonly terms: Uint8Array;
  /** Chain hashes, 32 bytes each. */
  readonly hashes: Uint8Array;
  readonly commands: Uint8Array;
};

/** The columns in a table's definition; what is short comes first, so that it is read without the commands. */
export const segmentColumns = `
  last INTEGER NOT NULL,
  bytes_before INTEGER NOT NULL,
  ends BLOB NOT NULL,
  terms BLOB NOT NULL,
  hashes BLOB NOT NULL,
  commands BLOB NOT NULL`;
export const segmentNames = "first, last, bytes_before, ends, terms, hashes, commands";

/** The values for `segmentNames`. */
export function valuesOf(row: SegmentRow): (number | Uint8Array)[] {
  return [row.first, row.last, row.bytesBefore, row.ends, row.terms, row.hashes, row.commands];
}

export function rowOf(segment: Segment, bytesBefore: number): SegmentRow {
  const { first, entries, hashes } = segment;
  const { count } = entries;
  const ends = new Uint8Array(count * 4);
  const terms = new Uint8Array(count * 8);
  const endsView = new DataView(ends.buffer);
  const termsView = new DataView(terms.buffer);
  let at = 0;
  for (let row = 0; row < count; row++) {
    at += (entries.ends[row] ?? 0) - (entries.starts[row] ?? 0);
    endsView.setUint32(row * 4, at);
    termsView.setBigUint64(row * 8, BigInt(entries.terms[row] ?? 0));
  }
  const last = (first + count - 1) as LogIndex;
  return { first, last, bytesBefore, ends, terms, hashes, commands: commandsOf(entries) };
}

/** All commands back to back: a view where they lie so already, as those of a gathered batch do. */
function commandsOf(entries: Entries): Uint8Array {
  const { count, data, starts, ends } = entries;
  let packed = true;
  for (let row = 1; row < count && packed; row++) packed = starts[row] === ends[row - 1];
  if (packed) return data.subarray(starts[0], ends[count - 1]);
  const commands = new Uint8Array(commandBytes(entries));
  let at = 0;
  for (let row = 0; row < count; row++) {
    const command = data.subarray(starts[row], ends[row]);
    commands.set(command, at);
    at += command.length;
  }
  return commands;
}

/** Reads a row; undefined where its columns do not fit together. */
export function segmentRowOf(columns: Columns): SegmentRow | undefined {
  const first = integerOf(columns.first);
  const last = integerOf(columns.last);
  const bytesBefore = integerOf(columns.bytes_before);
  const [ends, terms, hashes] = [bytesOf(columns.ends), bytesOf(columns.terms), bytesOf(columns.hashes)];
  const commands = bytesOf(columns.commands);
  if (first === undefined || last === undefined || bytesBefore === undefined) return undefined;
  if (ends === undefined || terms === undefined || hashes === undefined || commands === undefined) return undefined;
  const count = last - first + 1;
  if (first < 1 || count < 1) return undefined;
  if (ends.length !== count * 4 || terms.length !== count * 8 || hashes.length !== count * 32) return undefined;
  const row = { first: first as LogIndex, last: last as LogIndex, bytesBefore, ends, terms, hashes, commands };
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const end = endAt(row, i);
    if (end < previous || termAt(row, i) === undefined) return undefined;
    previous = end;
  }
  return previous === commands.length ? row : undefined;
}

export function countOf(row: SegmentRow): number {
  return row.last - row.first + 1;
}

/** Where command i of the row ends. */
export function endAt(row: Pick<SegmentRow, "ends">, i: number): number {
  return viewOf(row.ends).getUint32(i * 4);
}

/** The term of command i; undefined where it is 0 or above 2^53-1. */
export function termAt(row: SegmentRow, i: number): Term | undefined {
  const term = Number(viewOf(row.terms).getBigUint64(i * 8));
  return term >= 1 && Number.isSafeInteger(term) ? (term as Term) : undefined;
}

/** The bytes of command i; a view. */
export function storedCommandAt(row: SegmentRow, i: number): Uint8Array {
  return row.commands.subarray(i === 0 ? 0 : endAt(row, i - 1), endAt(row, i));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The row with only its first `count` commands. */
export function shortened(row: SegmentRow, count: number): SegmentRow {
  return {
    first: row.first,
    last: (row.first + count - 1) as LogIndex,
    bytesBefore: row.bytesBefore,
    ends: row.ends.subarray(0, count * 4),
    terms: row.terms.subarray(0, count * 8),
    hashes: row.hashes.subarray(0, count * 32),
    commands: row.commands.subarray(0, endAt(row, count - 1)),
  };
}

/** Turns a row with its leaf hashes into a segment in memory of its own; refuses a command that is not well formed. */
export function segmentOf(row: SegmentRow, leaves: Uint8Array, cluster: Digest, allocate: Allocate): Outcome<Segment> {
  const count = countOf(row);
  const data = allocate(row.commands.length);
  data.set(row.commands);
  const columns = { ...emptyColumns(count), leaves };
  for (let i = 0; i < count; i++) {
    const start = i === 0 ? 0 : endAt(row, i - 1);
    const end = endAt(row, i);
    const opened = open(data.subarray(start, end), cluster);
    const body = opened.ok ? opened.value.body : undefined;
    if (body?.$case !== "command") {
      const reason = opened.ok ? "not a command" : opened.reason;
      return { ok: false, reason: `index ${row.first + i}: ${reason}` };
    }
    const { client, request, payload } = body.value;
    columns.starts[i] = start;
    columns.ends[i] = end;
    // The payload is a view into `data`, except for an empty one, which the codec makes anew.
    const payloadStart = payload.length === 0 ? end : payload.byteOffset - data.byteOffset;
    columns.payloadStarts[i] = payloadStart;
    columns.payloadEnds[i] = payloadStart + payload.length;
    columns.clients[i] = client;
    columns.requests[i] = request;
    columns.terms[i] = termAt(row, i) ?? 0;
  }
  return { ok: true, value: { first: row.first, entries: { count, data, ...columns }, hashes: row.hashes } };
}

/** The chain hash of the row's last entry; a view. */
export function headOf(row: SegmentRow): Digest {
  return digestAt(row.hashes, countOf(row) - 1);
}
