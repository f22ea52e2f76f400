/** The one door to SQLite: opens its files with the settings that durability rests on, and puts its errors into words. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

export type Database = DatabaseSync;
export type Statement = StatementSync;
/** What a column holds. */
export type Value = null | number | bigint | string | Uint8Array;
/** One row as SQLite gives it: nothing about it is sure yet. */
export type Columns = Readonly<Record<string, Value>>;

/**
 * `write` keeps a write-ahead log and syncs it at every commit. `read` also reads what is still in the write-ahead log.
 * `immutable` takes no lock and leaves no file beside the database, but does not see a write-ahead log.
 * `lock` leaves no file either; it is for a file that holds nothing and is only locked.
 */
export type Mode = "write" | "read" | "immutable" | "lock";

/** Opens a database; throws SQLite's error (see `explain`), or one that names the setting the folder does not allow. */
export function openDatabase(file: string, mode: Mode): Database {
  const location = pathToFileURL(file);
  if (mode === "immutable") location.searchParams.set("immutable", "1");
  const db = new DatabaseSync(location, {
    timeout: 0,
    readOnly: mode === "read" || mode === "immutable",
    allowExtension: false,
    // Or reading an integer that a bad disk has made larger than 2^53-1 would throw, and no check could refuse it.
    readBigInts: true,
  });
  try {
    db.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    if (mode === "write") makeDurable(db);
    if (mode === "lock") db.exec("PRAGMA journal_mode = MEMORY");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeDurable(db: Database): void {
  // On macOS a plain fsync leaves the bytes in the drive's cache; elsewhere the first two change nothing.
  db.exec("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA synchronous = FULL");
  const mode = pragma(db, "journal_mode = WAL");
  if (mode !== "wal")
    throw new Error(`no write-ahead log in this folder (journal mode ${mode}): move it to a local disk`);
  if (pragma(db, "synchronous") !== 2) throw new Error("this SQLite does not sync at every commit");
  if (pragma(db, "busy_timeout") !== 0) throw new Error("this SQLite waits for locks");
}

/** Asks or sets a pragma; its first value. */
export function pragma(db: Database, text: string): Value | undefined {
  const row = db.prepare(`PRAGMA ${text}`).get();
  return row === undefined ? undefined : plain(Object.values(row)[0] ?? null);
}

/** An integer from 0 to 2^53-1, as all of the ledger's are; undefined for anything else. */
export function integerOf(value: Value | undefined): number | undefined {
  const number = plain(value ?? null);
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The value as it was written: integers are read as bigints, since a damaged one may be of any size. */
export function plain(value: Value): Value {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export function bytesOf(value: Value | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** SQLite's primary result code, if it is SQLite's error (https://sqlite.org/rescode.html). */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

export const busy = 5;

/** What to do about a store that can no longer be trusted. */
export const restoreMend: string =
  "run `juno audit` on it, then restore the file from a copy of its latest state or replace this validator; " +
  "do not just remove it: a validator that forgot its votes counts as Byzantine";

const mends: ReadonlyMap<number, string> = new Map([
  [busy, "is in use by another process; stop that one first"],
  [6, "is in use by another thread of this process"],
  [8, "cannot be written; give this user the right to write it and its folder, on a disk that is not read-only"],
  [10, "could not be read or written by the disk; check the disk and the system's log before the next start"],
  [11, `is damaged; ${restoreMend}`],
  [13, "has no room to grow; make room on the disk (or raise the store's limit) and start again, nothing is lost"],
  [14, "cannot be opened; check that its folder exists and that this user may use it"],
  [26, `is damaged or not a Juno store; if it was one, ${restoreMend}`],
]);

/** The system's own errors, where a file beside the store meets them before SQLite does; each as the SQLite code it would be. */
const systemCodes: ReadonlyMap<string, number> = new Map([
  ["EROFS", 8],
  ["EIO", 10],
  ["ENOSPC", 13],
  ["EDQUOT", 13],
  ["EACCES", 14],
  ["EPERM", 14],
  ["ENOENT", 14],
  ["ENOTDIR", 14],
]);

/** One line for a person: which file, what happened, what mends it. */
export function explain(error: unknown, file: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const systemCode = error instanceof Error && "code" in error ? systemCodes.get(String(error.code)) : undefined;
  const mend = mends.get(resultCodeOf(error) ?? systemCode ?? 0);
  return mend === undefined ? `${file}: ${message}` : `${file} ${mend} (${message})`;
}
