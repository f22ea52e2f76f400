/**
 * Keeps two nodes from working on one folder. The lock is one that the operating system holds for the process (an
 * exclusive SQLite transaction), so it ends with the process however that dies, and none is ever left over.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../wire/types.ts";
import { busy, type Database, explain, openDatabase, resultCodeOf } from "./sqlite.ts";

export type Lock = { readonly release: () => void };

/**
 * Locks a node's folder, which is made if there is none. The reason of a refusal names the holder where it is known.
 * Nothing may open `node.lock` by other means: closing it anywhere in the process would give up the lock.
 */
export function lockFolder(dir: string): Outcome<Lock> {
  const pidFile = join(dir, "node.pid");
  try {
    mkdirSync(dir, { recursive: true });
    const lock = lockFile(join(dir, "node.lock"));
    if (lock === "held") {
      return { ok: false, reason: `${dir} is in use by a running node${holder(pidFile)}; stop that one first` };
    }
    writeFileSync(pidFile, `${process.pid}\n`);
    const release = (): void => {
      rmSync(pidFile, { force: true });
      lock.release();
    };
    return { ok: true, value: { release } };
  } catch (error) {
    return { ok: false, reason: explain(error, dir) };
  }
}

/** Node closes a database that nothing refers to any more, so a lock whose owner only waits would go with the garbage. */
const databases = new Set<Database>();

/** Locks by means of one file of 0 bytes, which is made if there is none and stays; throws where it cannot be opened. */
export function lockFile(file: string): Lock | "held" {
  let db: Database | undefined;
  try {
    db = openDatabase(file, "lock");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    if (resultCodeOf(error) === busy) return "held";
    throw error;
  }
  const held = db;
  databases.add(held);
  const release = (): void => {
    if (databases.delete(held)) held.close();
  };
  return { release };
}

/** The pid file is only for this message, so it may be stale or missing. */
function holder(pidFile: string): string {
  try {
    const pid = Number(readFileSync(pidFile, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? ` (process ${pid}, says ${pidFile})` : "";
  } catch {
    return "";
  }
}
