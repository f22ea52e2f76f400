/** Recomputes the log's chain from the stored bytes. Source: docs/protocol.md, The log. */
import { chainer, leafHash } from "../wire/chain.ts";
import { digestAt } from "../wire/entries.ts";
import { type Digest, type LogIndex, sameBytes } from "../wire/types.ts";
import {
  countOf,
  headOf,
  type SegmentRow,
  segmentNames,
  segmentRowOf,
  storedCommandAt,
  termAt,
} from "./segment-row.ts";
import { sha256 } from "./sha256.ts";
import type { Columns, Database } from "./sqlite.ts";

/** The first index that is wrong, and why. */
export type Flaw = { readonly index: number; readonly reason: string };

/** Looks at one entry whose hash is right, in the order of the log; a reason ends the check. */
export type OnEntry = (index: LogIndex, command: Uint8Array, hash: Digest) => string | undefined;

/** Takes a row that is right, with its leaf hashes. */
export type OnRow = (row: SegmentRow, leaves: Uint8Array) => void;

const chain = chainer(sha256);

/** Checks one row that follows on `prev`: its leaf hashes, or its first wrong entry. */
export function checkRow(row: SegmentRow, prev: Digest | undefined, onEntry?: OnEntry): Uint8Array | Flaw {
  const count = countOf(row);
  const leaves = new Uint8Array(count * 32);
  let previous = prev;
  for (let i = 0; i < count; i++) {
    const index = (row.first + i) as LogIndex;
    const command = storedCommandAt(row, i);
    const leaf = leafHash(sha256, command);
    leaves.set(leaf, i * 32);
    const stored = digestAt(row.hashes, i);
    const term = termAt(row, i);
    if (term === undefined) return { index, reason: "its term is out of range" };
    if (previous !== undefined && !sameBytes(chain(previous, index, term, leaf), stored)) {
      return { index, reason: "the chain hash recomputed from the stored bytes is not the stored one" };
    }
    const reason = onEntry?.(index, command, stored);
    if (reason !== undefined) return { index, reason };
    previous = stored;
  }
  return leaves;
}

export type LogEnd = { readonly last: LogIndex; readonly head: Digest; readonly bytes: number };

/** Checks the whole log from genesis on; where it ends, or its first wrong index. */
export function checkLog(db: Database, start: Digest, onEntry: OnEntry, onRow?: OnRow): LogEnd | Flaw {
  let end: LogEnd = { last: 0 as LogIndex, head: start, bytes: 0 };
  for (const columns of rowsInOrder(db)) {
    if (typeof columns === "string") return { index: end.last + 1, reason: `it cannot be read: ${columns}` };
    const row = segmentRowOf(columns);
    if (row === undefined) return { index: end.last + 1, reason: "the columns of its row contradict each other" };
    if (row.first !== end.last + 1) {
      return { index: end.last + 1, reason: `it is missing or out of order: the next row begins at ${row.first}` };
    }
    if (row.bytesBefore !== end.bytes) return { index: row.first, reason: "the byte count before it is wrong" };
    const leaves = checkRow(row, end.head, onEntry);
    if (!(leaves instanceof Uint8Array)) return leaves;
    onRow?.(row, leaves);
    end = { last: row.last, head: headOf(row), bytes: end.bytes + row.commands.length };
  }
  return end;
}

/** The rows as SQLite gives them; last of all its error message, if it stops for one. */
function* rowsInOrder(db: Database): Generator<Columns | string, void, undefined> {
  try {
    yield* db.prepare(`SELECT ${segmentNames} FROM log ORDER BY first`).iterate();
  } catch (error) {
    yield error instanceof Error ? error.message : String(error);
  }
}
