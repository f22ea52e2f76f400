/**
 * The commit certificates that a store keeps: the newest, and of the older ones enough to answer a node that catches
 * up in chunks that end in a certificate.
 */
import assert from "node:assert/strict";
import { type Certificate, type LogIndex, sameBytes } from "../wire/types.ts";
import { checksumOf } from "./sha256.ts";
import { bytesOf, type Database, integerOf, type Statement } from "./sqlite.ts";
import { certificateOf, encodeCertificate } from "./state-row.ts";

export const certificateTable = `CREATE TABLE certificate (
  commit_index INTEGER PRIMARY KEY, certificate BLOB NOT NULL, sum BLOB NOT NULL
) STRICT`;

/** Kept certificates are at most this many entries, and this many bytes of commands, apart where there are some between. */
export const entriesApartMax = 1024;
export const bytesApartMax: number = 1024 * 1024;

export type KeptCertificates = {
  /** Keeps a newer certificate; lets the newest so far go unless the gap it leaves would be too wide. Their number now. */
  readonly keep: (certificate: Certificate, bytesUpTo: (index: LogIndex) => number) => number;
  /** Kept certificates with indexes in [from, to], the highest first. */
  readonly between: (from: LogIndex, to: LogIndex) => Iterable<LogIndex>;
  /** The lowest kept index from `from` on. */
  readonly firstFrom: (from: LogIndex) => LogIndex | undefined;
  readonly at: (index: LogIndex) => Certificate | undefined;
};

export function keptCertificates(db: Database): KeptCertificates {
  const insert = db.prepare("INSERT OR REPLACE INTO certificate VALUES (?, ?, ?)");
  const remove = db.prepare("DELETE FROM certificate WHERE commit_index = ?");
  const newestTwo = db.prepare("SELECT commit_index FROM certificate ORDER BY commit_index DESC LIMIT 2");
  const inRange = db.prepare(
    "SELECT commit_index FROM certificate WHERE commit_index BETWEEN ? AND ? ORDER BY commit_index DESC",
  );
  const next = db.prepare("SELECT commit_index FROM certificate WHERE commit_index >= ? ORDER BY commit_index LIMIT 1");
  const count = db.prepare("SELECT count(*) AS commit_index FROM certificate");
  const select = db.prepare("SELECT certificate FROM certificate WHERE commit_index = ?");
  let kept = indexesOf(count)[0] ?? 0;
  /** As the table has them: a store that failed to write is written no more. */
  let [newest, before] = indexesOf(newestTwo);
  /** Of all commands up to the one before. */
  let bytesBefore: number | undefined;

  const at = (index: LogIndex): Certificate | undefined => certificateOf(select.get(index)?.certificate);
  return {
    keep: (certificate, bytesUpTo) => {
      const { index } = certificate;
      assert(index >= (newest ?? 0), `certificate ${index} after ${newest}`);
      const bytes = encodeCertificate(certificate);
      insert.run(index, bytes, checksumOf("certificate", [bytes]));
      if (newest === index) return kept;
      const from = before ?? (0 as LogIndex);
      bytesBefore ??= bytesUpTo(from);
      if (newest !== undefined) {
        if (index - from <= entriesApartMax && bytesUpTo(index) - bytesBefore <= bytesApartMax) {
          remove.run(newest);
          kept--;
        } else {
          before = newest;
          bytesBefore = undefined;
        }
      }
      newest = index;
      kept++;
      return kept;
    },
    between: (from, to) => indexesOf(inRange, from, to),
    firstFrom: (from) => indexesOf(next, from)[0],
    at,
  };
}

function indexesOf(statement: Statement, ...parameters: number[]): LogIndex[] {
  return statement.all(...parameters).map((row) => (integerOf(row.commit_index) ?? 0) as LogIndex);
}

/** All kept certificates by index, as they are in the file; a text where one is damaged, saying how. */
export function readCertificates(db: Database): Map<number, Certificate | string> {
  const kept = new Map<number, Certificate | string>();
  for (const row of db.prepare("SELECT * FROM certificate ORDER BY commit_index").all()) {
    const index = integerOf(row.commit_index) ?? 0;
    const bytes = bytesOf(row.certificate) ?? new Uint8Array();
    const certificate = certificateOf(bytes);
    const intact = sameBytes(bytesOf(row.sum) ?? new Uint8Array(), checksumOf("certificate", [bytes]));
    const sound = intact && certificate !== undefined && certificate.index === index;
    kept.set(index, sound ? certificate : "the stored commit certificate is damaged");
  }
  return kept;
}
