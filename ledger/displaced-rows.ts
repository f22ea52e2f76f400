/** The displaced suffix on disk. Source: docs/protocol.md, Displaced suffix. */
import type { Allocate, Segment } from "../wire/entries.ts";
import { type Digest, type Outcome, sameBytes } from "../wire/types.ts";
import { checkRow } from "./check-log.ts";
import {
  headOf,
  rowOf,
  type SegmentRow,
  segmentColumns,
  segmentNames,
  segmentOf,
  segmentRowOf,
  valuesOf,
} from "./segment-row.ts";
import { checksumOf } from "./sha256.ts";
import { bytesOf, type Database, integerOf } from "./sqlite.ts";

export const displacedTable: string = `CREATE TABLE displaced (
  position INTEGER PRIMARY KEY, first INTEGER NOT NULL,${segmentColumns}, sum BLOB NOT NULL
) STRICT`;

/** Writes the suffix over the one there may be; returns its number of rows. */
export function replaceDisplaced(db: Database, segments: readonly Segment[]): number {
  db.exec("DELETE FROM displaced");
  const insert = db.prepare(
    `INSERT INTO displaced (position, ${segmentNames}, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const filled = segments.filter((segment) => segment.entries.count > 0);
  filled.forEach((segment, position) => {
    const values = [position, ...valuesOf(rowOf(segment, 0))];
    insert.run(...values, checksumOf("displaced", values));
  });
  return filled.length;
}

/** Reads the suffix back. What came before its first entry may be gone, so there its checksum alone speaks for it. */
export function readDisplaced(db: Database, count: number, cluster: Digest, allocate: Allocate): Outcome<Segment[]> {
  const segments: Segment[] = [];
  let previous: SegmentRow | undefined;
  for (const columns of db.prepare(`SELECT position, ${segmentNames}, sum FROM displaced ORDER BY position`).all()) {
    const row = segmentRowOf(columns);
    const position = integerOf(columns.position);
    if (row === undefined || position !== segments.length)
      return { ok: false, reason: "its columns contradict each other" };
    const sum = checksumOf("displaced", [position, ...valuesOf(row)]);
    if (!sameBytes(bytesOf(columns.sum) ?? new Uint8Array(), sum))
      return { ok: false, reason: "its checksum is wrong" };
    const follows = previous !== undefined && previous.last + 1 === row.first;
    const leaves = checkRow(row, follows && previous !== undefined ? headOf(previous) : undefined);
    if (!(leaves instanceof Uint8Array)) return { ok: false, reason: `index ${leaves.index}: ${leaves.reason}` };
    const segment = segmentOf(row, leaves, cluster, allocate);
    if (!segment.ok) return segment;
    segments.push(segment.value);
    previous = row;
  }
  if (segments.length !== count) return { ok: false, reason: `${segments.length} of ${count} rows are there` };
  return { ok: true, value: segments };
}
