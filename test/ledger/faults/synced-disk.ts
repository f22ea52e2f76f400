/**
 * What is on a disk for sure, and what is only on its way: a file's bytes wait for the sync of that file, its name and its
 * removal for the sync of their folder. A power cut keeps any part of what waits. No more is promised than that: not that a
 * name comes with its file's sync, nor that what was asked for first is kept first.
 */
import { dirname } from "node:path";
import type { Call, Files } from "./recording.ts";

/** A file by itself, whatever its name; as it is on the disk. */
export type Inode = { bytes: Buffer };
type Named = Inode | "folder";

export type Change =
  | { readonly kind: "write"; readonly of: Inode; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "truncate"; readonly of: Inode; readonly path: string; readonly size: number };
/** A name is made, or removed where it names nothing. */
type NameChange = { readonly kind: "name"; readonly path: string; readonly named: Named | undefined };
export type Pending = Change | NameChange;

export type SyncedDisk = {
  readonly take: (call: Call) => void;
  /** What waits, in the order in which it was asked for. */
  readonly pending: () => readonly Pending[];
  /** Files that are found after a power cut that kept of all that waits just this, in this order. */
  readonly after: (kept: readonly Pending[]) => Files;
};

export function syncedDisk(from: Files): SyncedDisk {
  const synced = new Map<string, Named>();
  for (const [path, bytes] of from) {
    const folder = folderOf(path);
    if (folder !== "") synced.set(folder, "folder");
    synced.set(path, { bytes });
  }
  /** As programs see it. */
  const seen = new Map(synced);
  let waiting: Pending[] = [];

  function inodeOf(path: string): Inode {
    const inode = seen.get(path);
    if (inode === undefined || inode === "folder") throw new Error(`assert: ${path} is a file`);
    return inode;
  }

  function name(path: string, named: Named | undefined): void {
    put(seen, path, named);
    waiting.push({ kind: "name", path, named });
  }

  function take(call: Call): void {
    switch (call.kind) {
      case "said":
        return;
      case "create":
        name(call.path, { bytes: Buffer.alloc(0) });
        return;
      case "mkdir":
        name(call.path, "folder");
        return;
      case "unlink":
        name(call.path, undefined);
        return;
      case "write":
      case "truncate":
        waiting.push({ ...call, of: inodeOf(call.path) });
        return;
      case "sync":
        sync(call.path);
        return;
      case "lost": {
        const file = seen.get(call.path);
        waiting = waiting.filter((one) => one.kind !== "write" || one.of !== file);
      }
    }
  }

  function sync(path: string): void {
    const file = seen.get(path);
    const now = waiting.filter((one) => (one.kind === "name" ? folderOf(one.path) === path : one.of === file));
    const changes: Change[] = [];
    for (const one of now) {
      if (one.kind === "name") put(synced, one.path, one.named);
      else changes.push(one);
    }
    if (file !== undefined && file !== "folder") file.bytes = changed(file.bytes, changes);
    const done = new Set(now);
    waiting = waiting.filter((one) => !done.has(one));
  }

  function after(kept: readonly Pending[]): Files {
    const names = new Map(synced);
    const changes = new Map<Inode, Change[]>();
    for (const one of kept) {
      if (one.kind === "name") {
        put(names, one.path, one.named);
        continue;
      }
      const earlier = changes.get(one.of);
      if (earlier === undefined) changes.set(one.of, [one]);
      else earlier.push(one);
    }
    const found = new Map<string, Buffer>();
    for (const [path, named] of names) {
      const folder = folderOf(path);
      if (named === "folder" || (folder !== "" && !names.has(folder))) continue;
      found.set(path, changed(named.bytes, changes.get(named) ?? []));
    }
    return found;
  }

  return { take, pending: () => waiting, after };
}

function put(names: Map<string, Named>, path: string, named: Named | undefined): void {
  if (named === undefined) names.delete(path);
  else names.set(path, named);
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === "." ? "" : folder;
}

/** A copy with the changes; what was never written, below it, reads as zeros. */
function changed(before: Buffer, changes: readonly Change[]): Buffer {
  if (changes.length === 0) return before;
  const ends = changes.map((one) => (one.kind === "write" ? one.at + one.bytes.length : one.size));
  const after = Buffer.alloc(Math.max(before.length, ...ends));
  before.copy(after);
  let size = before.length;
  for (const one of changes) {
    if (one.kind === "write") {
      one.bytes.copy(after, one.at);
      size = Math.max(size, one.at + one.bytes.length);
    } else {
      // What is cut off reads as zeros should the file grow again.
      if (one.size < size) after.fill(0, one.size, size);
      size = one.size;
    }
  }
  return after.subarray(0, size);
}
