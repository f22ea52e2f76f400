/** Brings the names in a folder to the disk: a file's own sync does not promise them. */
import { closeSync, fsyncSync, openSync } from "node:fs";

/** Throws the system's error where the disk refuses. */
export function syncFolder(path: string): void {
  // Windows has no call for it.
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
