/**
 * The durable store of one node: what it promised and its log, in one SQLite file.
 *
 * A write is on the disk when `write` returns. What is read back is recomputed, from the bytes that clients signed up
 * to the certificates that validators signed, before anything relies on it.
 * Source: docs/protocol.md, Rules; the tables are in schema.ts.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Durable, Evidence, Write } from "../wire/durable.ts";
import type { Allocate, Segment } from "../wire/entries.ts";
import { clusterIdOf } from "../wire/genesis.ts";
import type { Certificate, Digest, Genesis, LogIndex, NodeId, Outcome } from "../wire/types.ts";
import { applyWrite, type Tables } from "./apply-write.ts";
import { carryOver } from "./carry-over.ts";
import type { VerifySignature } from "./certificate-flaw.ts";
import { readEvidence } from "./evidence-rows.ts";
import { keptCertificates } from "./kept-certificates.ts";
import { loadDurable } from "./load-durable.ts";
import { type Lock, lockFile } from "./lock.ts";
import { logRows } from "./log-rows.ts";
import { renewWal } from "./renew-wal.ts";
import { createTables, isBlank, ownerOf } from "./schema.ts";
import { sha256 } from "./sha256.ts";
import { type Database, explain, openDatabase, restoreMend } from "./sqlite.ts";
import { type Owner, readState, type State, stateUpsert, stateValues } from "./state-row.ts";
import { syncFolder } from "./sync-folder.ts";
import { flawOfWal } from "./wal-flaw.ts";

export type StoreOptions = {
  readonly file: string;
  readonly genesis: Genesis;
  readonly node: NodeId;
  /** Makes the file where there is none: only for a node whose key was never used, since an empty store forgets votes. */
  readonly create: boolean;
  readonly verify: VerifySignature;
  readonly allocate: Allocate;
  /** Most bytes that the file may grow to, not counting the write-ahead log; unlimited where it is left out. */
  readonly bytesMax?: number;
};

/** What a store holds. */
export type StoreStats = {
  readonly entries: number;
  /** Bytes of all commands. */
  readonly commandBytes: number;
  /** Bytes on the disk, with the write-ahead log. */
  readonly bytes: number;
  readonly segments: number;
  /** Commit certificates kept. */
  readonly certificates: number;
  readonly displacedSegments: number;
  readonly evidence: number;
};

/** A part of the log that ends in a certificate, for a node that catches up. */
export type CommittedChunk = {
  /** Chain hash before its first entry. */
  readonly prevHash: Digest;
  readonly segments: readonly Segment[];
  readonly commit: Certificate;
};

export type Store = {
  /** Checks all that the file holds and returns what a node starts from; the reason names the first wrong index. */
  readonly load: () => Outcome<Durable>;
  /**
   * Takes all changes or none, in one transaction; they are on the disk when it returns. Throws one line with the file
   * and the mend where the disk refuses, and an assertion where a promise would be taken back; the node then has to
   * stop, and every later write throws too.
   */
  readonly write: (writes: readonly Write[]) => void;
  /** Entries `from` to `to`, both in the log. Throws where the disk no longer gives what was written. */
  readonly read: (from: LogIndex, to: LogIndex) => Segment[];
  /**
   * Entries from `from` to a kept commit certificate: the last with which they are at most `commandsMax` commands of
   * `bytesMax` bytes, or else the next one, however far. Undefined where nothing from `from` on is committed.
   */
  readonly committedChunk: (from: LogIndex, commandsMax: number, bytesMax?: number) => CommittedChunk | undefined;
  readonly commitIndex: LogIndex;
  readonly lastIndex: LogIndex;
  /** The chain hash after an entry; of 0 it is the cluster's id; undefined above the end of the log. */
  readonly hashAt: (index: LogIndex) => Digest | undefined;
  /** All evidence kept, the oldest first. */
  readonly evidence: () => Outcome<readonly Evidence[]>;
  readonly stats: () => StoreStats;
  readonly close: () => void;
};

/** Bytes of a chunk's commands unless told otherwise: it fits into one frame with room to spare. */
const chunkBytesMax: number = 2 * 1024 * 1024;

/** Opens a node's store; refuses one that is in use, of another cluster or node, of a newer format, or damaged. */
export function openStore(options: StoreOptions): Outcome<Store> {
  const file = resolve(options.file);
  const refuse = (reason: string): Outcome<never> => ({ ok: false, reason });
  const missing =
    `${file}: this node's store is missing; restore it from a copy of its latest state or replace this validator ` +
    "(only a key that never signed may start with an empty store: a file beside it, its name with .unused, says so)";
  let lock: Lock | undefined;
  let db: Database | undefined;
  let opened = false;
  try {
    const empty = !existsSync(file) || statSync(file).size === 0;
    if (empty && !options.create) return refuse(missing);
    const held = lockFile(`${file}-lock`);
    if (held === "held") return refuse(`${file} is in use by a running node or an audit; wait or stop that one first`);
    lock = held;
    const walFlaw = flawOfWal(`${file}-wal`);
    if (walFlaw !== undefined) return refuse(`${file}: ${walFlaw}; ${restoreMend}`);
    renewWal(`${file}-wal`);
    db = openDatabase(file, "write");
    const cluster = clusterIdOf(sha256, options.genesis);
    if (isBlank(db)) {
      if (!options.create) return refuse(missing);
      createTables(db, { cluster, node: options.node });
    }
    const owner = ownerOf(db, cluster);
    if (!owner.ok) return refuse(`${file} ${owner.reason}`);
    if (owner.value.node !== options.node) {
      return refuse(`${file} belongs to node ${owner.value.node}, not to node ${options.node}: start it as that node`);
    }
    const state = readState(db, owner.value);
    if (state === undefined) return refuse(`${file}: the row with term, vote and lock is damaged; ${restoreMend}`);
    // Frames that a crash left behind must not be there when later ones are judged (see wal-flaw.ts).
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    // SQLite syncs the name of a new write-ahead log, but keeps silent where that fails.
    syncFolder(dirname(file));
    if (options.bytesMax !== undefined) db.exec(`PRAGMA max_page_count = ${pagesOf(options.bytesMax)}`);
    opened = true;
    return { ok: true, value: storeOf({ ...options, file }, owner.value, db, lock, state) };
  } catch (error) {
    return refuse(explain(error, file));
  } finally {
    if (!opened) {
      db?.close();
      lock?.release();
    }
  }
}

/** SQLite's pages have 4 KiB unless set otherwise, which nothing here does. */
function pagesOf(bytes: number): number {
  return Math.max(1, Math.floor(bytes / 4096));
}

function storeOf(options: StoreOptions, owner: Owner, db: Database, lock: Lock, loaded: State): Store {
  const { file, genesis, verify, allocate } = options;
  const log = logRows(db, file, owner.cluster, allocate);
  const certificates = keptCertificates(db);
  const tables: Tables = { db, log, certificates };
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const upsert = db.prepare(stateUpsert);
  const carry = carryOver(db);
  let state = loaded;
  let failure: string | undefined;

  function write(writes: readonly Write[]): void {
    if (failure !== undefined) throw new Error(`nothing is written after a failure: ${failure}`);
    if (writes.length === 0) return;
    try {
      begin.run();
      let next = state;
      for (const one of writes) next = applyWrite(tables, next, one);
      upsert.run(...stateValues(owner, next));
      commit.run();
      state = next;
      carry(state.bytes);
    } catch (error) {
      // Whether SQLite has rolled back by itself depends on the error; closing the file does in any case.
      if (db.isTransaction) db.exec("ROLLBACK");
      failure = explain(error, file);
      throw new Error(failure, { cause: error });
    }
  }

  function committedChunk(from: LogIndex, commandsMax: number, bytesMax = chunkBytesMax): CommittedChunk | undefined {
    const prevHash = from >= 1 ? log.hashAt((from - 1) as LogIndex) : undefined;
    if (prevHash === undefined) return undefined;
    const bytesBefore = log.bytesUpTo((from - 1) as LogIndex);
    let to: LogIndex | undefined;
    for (const index of certificates.between(from, (from + commandsMax - 1) as LogIndex)) {
      if (log.bytesUpTo(index) - bytesBefore > bytesMax) continue;
      to = index;
      break;
    }
    to ??= certificates.firstFrom(from);
    const commit = to === undefined ? undefined : certificates.at(to);
    if (to === undefined || commit === undefined) return undefined;
    return { prevHash, segments: log.read(from, to), commit };
  }

  function stats(): StoreStats {
    return {
      entries: state.lastIndex,
      commandBytes: state.bytes,
      bytes: sizeOf(file) + sizeOf(`${file}-wal`),
      segments: log.count(),
      certificates: state.certificates,
      displacedSegments: state.displaced,
      evidence: state.evidence,
    };
  }

  return {
    load: () => {
      const outcome = loadDurable({ db, genesis, owner, verify, allocate });
      return outcome.ok ? outcome : { ok: false, reason: `${file}: ${outcome.reason}; ${restoreMend}` };
    },
    write,
    read: log.read,
    committedChunk,
    get commitIndex(): LogIndex {
      return state.commitIndex;
    },
    get lastIndex(): LogIndex {
      return state.lastIndex;
    },
    hashAt: log.hashAt,
    evidence: () => readEvidence(db, state.evidence),
    stats,
    close: () => {
      db.close();
      lock.release();
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
