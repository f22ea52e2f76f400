/**
 * What a power cut may leave of a store's files, made from what a real store wrote: between the moment at which one write had
 * returned and the moment at which the next had, each sector that is new may be on the disk or not, in any order, and the end of a
 * file anywhere. What was synced between is there: SQLite syncs its log at every commit, and before it carries pages over into
 * the database.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Write } from "../../../wire/durable.ts";
import { lastOf, type Segment } from "../../../wire/entries.ts";
import type { LogIndex, Term } from "../../../wire/types.ts";
import type { Random } from "../../sim/random.ts";
import { seededTape } from "../../sim/tape.ts";
import { history } from "../history.ts";
import { certificate, headOf, loaded, opened, plain, segment } from "../signed-cluster.ts";
import { quickFolder } from "./quick-folder.ts";

/** The files as they were when a write had returned, and what a node would start from. */
type Moment = { readonly db: Buffer; readonly wal: Buffer; readonly state: string };

export type CrashImage = {
  readonly db: Buffer;
  readonly wal: Buffer;
  /** What the store must say: all that was acknowledged, with the write that was under way or without it. */
  readonly allowed: readonly string[];
  /** Which rows of the catalogue it shows. */
  readonly kind: "D01 torn at a sector" | "D02 torn at a byte" | "D03 lost suffix" | "D04 out of order" | "checkpoint";
};

export type Plan = { readonly seed: number; readonly imagesEach: number; readonly floods: number };

/** Calls `visit` for each image, as it is made; returns how many writes the store has done. */
export function eachCrashImage({ seed, imagesEach, floods }: Plan, visit: (image: CrashImage) => void): number {
  const random = seededTape(seed, false).stream("images");
  const folder = mkdtempSync(join(quickFolder, "juno-images-"));
  try {
    const file = join(folder, "store");
    const store = opened(file, { create: true });
    let before = momentOf(folder, file);
    let writes = 0;
    const small = history();
    for (const one of [...small, ...flood(endOf(small), floods)]) {
      store.write(one);
      writes++;
      const after = momentOf(folder, file);
      for (let i = 0; i < imagesEach; i++) visit(imageBetween(before, after, random));
      before = after;
    }
    store.close();
    return writes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Large writes behind those of the history: pages enough for SQLite to carry its log over and begin it anew. */
function* flood(behind: Segment, count: number): Generator<Write[]> {
  let hash = headOf(behind);
  let last: number = lastOf(behind);
  for (let i = 0; i < count; i++) {
    const next = segment(last + 1, hash, 4, 3, 50_000);
    hash = headOf(next);
    last += 4;
    const commit = certificate("commit", 3, last, hash);
    yield [{ append: next, acknowledged: { term: 3 as Term, index: last as LogIndex }, commit }];
  }
}

function endOf(writes: readonly Write[][]): Segment {
  const appended = writes
    .flat()
    .flatMap(({ append }) => append ?? [])
    .at(-1);
  if (appended === undefined) throw new Error("assert: a history appends");
  return appended;
}

function momentOf(folder: string, file: string): Moment {
  const files = { db: readFileSync(file), wal: readFileSync(`${file}-wal`) };
  const copy = join(folder, "copy");
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  const store = opened(copy);
  const state = plain(loaded(store));
  store.close();
  removeStore(copy);
  return { ...files, state };
}

const sectorBytes = 512;
const headerBytes = 32;

function imageBetween(was: Moment, after: Moment, random: Random): CrashImage {
  const before = withHeaderOf(was, after);
  // The log was carried over into the database: its own last frames had been synced before that began.
  if (!before.db.equals(after.db) && random.chance(0.8)) {
    const db = mixed(before.db, after.db, random, sectorBytes, 0.5);
    return { db, wal: after.wal, allowed: [after.state], kind: "checkpoint" };
  }
  const allowed = [before.state, after.state];
  const db = before.db;
  switch (random.between(0, 3)) {
    case 0:
      return { db, wal: mixed(before.wal, after.wal, random, sectorBytes, 0.8), allowed, kind: "D01 torn at a sector" };
    case 1: {
      const from = firstDifference(before.wal, after.wal);
      const cut = random.between(from, after.wal.length);
      const wal = Buffer.concat([after.wal.subarray(0, cut), before.wal.subarray(cut)]);
      return { db, wal, allowed, kind: "D02 torn at a byte" };
    }
    case 2: {
      const from = firstDifference(before.wal, after.wal);
      const cut = from + Math.floor((random.next() * (after.wal.length - from)) / sectorBytes) * sectorBytes;
      const wal = Buffer.concat([after.wal.subarray(0, cut), before.wal.subarray(cut)]);
      return { db, wal, allowed, kind: "D03 lost suffix" };
    }
    default:
      return { db, wal: mixed(before.wal, after.wal, random, 4096 + 24, 0.5), allowed, kind: "D04 out of order" };
  }
}

/**
 * A log that is begun anew gets its header first, and SQLite syncs that before it writes a frame: from then on the old frames
 * count no more. The header is 32 bytes at the start of a sector, which a disk writes whole.
 */
function withHeaderOf(before: Moment, after: Moment): Moment {
  if (before.wal.subarray(0, headerBytes).equals(after.wal.subarray(0, headerBytes))) return before;
  return { ...before, wal: Buffer.concat([after.wal.subarray(0, headerBytes), before.wal.subarray(headerBytes)]) };
}

/** Each new piece of so many bytes is there or not; what is not, beyond the old end, reads as zeros, or the file ends before it. */
function mixed(before: Buffer, after: Buffer, random: Random, pieceBytes: number, there: number): Buffer {
  const image = Buffer.alloc(after.length);
  before.copy(image, 0, 0, Math.min(before.length, after.length));
  let end = Math.min(before.length, after.length);
  for (let at = 0; at < after.length; at += pieceBytes) {
    const to = Math.min(after.length, at + pieceBytes);
    if (!random.chance(there)) continue;
    after.copy(image, at, at, to);
    end = Math.max(end, to);
  }
  return random.chance(0.5) ? image : image.subarray(0, end);
}

function firstDifference(a: Buffer, b: Buffer): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return at;
  return shared;
}

/** What opening an image comes to: the state, or why the store refuses it. */
export function openImage(folder: string, { db, wal }: CrashImage): { state: string } | { refused: string } {
  const file = join(folder, "image");
  writeFileSync(file, db);
  writeFileSync(`${file}-wal`, wal);
  try {
    const store = opened(file);
    const state = plain(loaded(store));
    store.close();
    return { state };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  } finally {
    removeStore(file);
  }
}

function removeStore(file: string): void {
  for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(`${file}${end}`, { force: true });
}
