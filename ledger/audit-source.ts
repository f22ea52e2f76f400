/** Opens a store for reading without leaving a trace, which takes a different way in each state it may be in. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "../wire/types.ts";
import { type Lock, lockFile } from "./lock.ts";
import { type Database, openDatabase } from "./sqlite.ts";
import { flawOfWal } from "./wal-flaw.ts";

export type AuditSource = { readonly db: Database; readonly close: () => void };

/** Refuses a file that is not there or whose write-ahead log is damaged; throws SQLite's error where it cannot be opened. */
export function openForAudit(file: string): Outcome<AuditSource> {
  if (!existsSync(file)) return { ok: false, reason: `${file}: no such file` };
  const cleanups: (() => void)[] = [];
  const cleanUp = (): void => {
    for (const clean of cleanups) clean();
  };
  try {
    const lock: Lock | "held" | undefined = existsSync(`${file}-lock`) ? lockFile(`${file}-lock`) : undefined;
    // A running node's write-ahead log changes all the time; SQLite's own reader gets one moment of it.
    if (lock === "held") return sourceOf(openDatabase(file, "read"), cleanUp);
    // No node may start and write while its file is read as one that does not change.
    if (lock !== undefined) cleanups.push(lock.release);
    const wal = `${file}-wal`;
    if ((statSync(wal, { throwIfNoEntry: false })?.size ?? 0) === 0) {
      return sourceOf(openDatabase(file, "immutable"), cleanUp);
    }
    const flaw = flawOfWal(wal);
    if (flaw !== undefined) {
      cleanUp();
      return { ok: false, reason: `${file}: ${flaw}` };
    }
    // To read a write-ahead log, SQLite has to write an index beside it: in a folder of ours, then.
    const folder = mkdtempSync(join(tmpdir(), "juno-audit-"));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const copy = join(folder, "store");
    copyFileSync(file, copy, constants.COPYFILE_FICLONE);
    copyFileSync(wal, `${copy}-wal`, constants.COPYFILE_FICLONE);
    return sourceOf(openDatabase(copy, "read"), cleanUp);
  } catch (error) {
    cleanUp();
    throw error;
  }
}

function sourceOf(db: Database, cleanUp: () => void): Outcome<AuditSource> {
  const close = (): void => {
    db.close();
    cleanUp();
  };
  return { ok: true, value: { db, close } };
}
