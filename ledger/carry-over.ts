/**
 * Carries the write-ahead log over into the database once it is long. SQLite would do so by itself, but keeps silent where that
 * fails: a node would go on, on a disk that takes nothing more, while its log grows without end.
 *
 * Source: https://sqlite.org/c3ref/wal_hook.html and https://sqlite.org/pragma.html, wal_checkpoint.
 */
import { type Database, integerOf } from "./sqlite.ts";

/** Frames of one page each; SQLite's own measure. */
const framesMax = 1000;
/** Commits, and bytes of commands, from one look to the next at most: a look costs a tenth of a small commit. */
const commitsPerLook = 16;
const bytesPerLook = 1024 * 1024;

/**
 * To be called after each commit with the bytes of all commands up to now; throws SQLite's error where the database cannot be
 * written or synced.
 */
export function carryOver(db: Database): (commandBytes: number) => void {
  db.exec("PRAGMA wal_autocheckpoint = 0");
  // An SQLite before 3.51 does not know NOOP and carries over at each commit, which is slower and no less safe.
  const look = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  let commits = 0;
  let bytesSeen = 0;
  return (commandBytes) => {
    commits++;
    if (commits < commitsPerLook && Math.abs(commandBytes - bytesSeen) < bytesPerLook) return;
    commits = 0;
    bytesSeen = commandBytes;
    const frames = integerOf(look.get()?.log) ?? framesMax;
    // What a reader, such as an audit, still needs of the log stays in it for the next time.
    if (frames >= framesMax) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  };
}
