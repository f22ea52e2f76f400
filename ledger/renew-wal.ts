/**
 * Writes a write-ahead log that a crash left once more as it is read, and syncs it, before anything relies on it. Where a sync has
 * failed and the process was killed, the system may show bytes that are not on the disk and that no later sync brings there: a node
 * would start with the last write, promise on it, and have forgotten it after a power cut.
 *
 * Source: Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";

/** The log has to be known not to be damaged; throws the system's error where it cannot be written. */
export function renewWal(walFile: string): void {
  let file: number;
  try {
    file = openSync(walFile, "r+");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  try {
    // By the path: reading by the open file would move the place at which it is written.
    const bytes = readFileSync(walFile);
    if (bytes.length === 0) return;
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
