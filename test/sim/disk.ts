/**
 * A node's disk in the simulator. What `write` was given is there once it returns. A crash during a sync leaves of its pages
 * what it likes, in any order and torn; a journal with checksums takes the whole transaction or nothing of it.
 */
import type { Store } from "../../actors/log.ts";
import type { Durable, Evidence, Write } from "../../wire/durable.ts";
import { digestAt, lastOf, type Segment, sliceSegment } from "../../wire/entries.ts";
import type { Certificate, Digest, LogIndex, Term } from "../../wire/types.ts";
import type { Random } from "./random.ts";

export type Disk = Store & {
  readonly durable: () => Durable;
  /** Entries of the whole log. */
  readonly segments: () => readonly Segment[];
  readonly hashAt: (index: LogIndex) => Digest | undefined;
  readonly lastIndex: () => number;
  readonly evidence: Evidence[];
  /** The node stops while these writes are on their way; tells what is left of them. */
  readonly crash: (pending: readonly Write[], choose: Random) => "nothing pending" | Fate;
};

/** What became of a transaction that a crash interrupted. */
export type Fate = "all lost" | "all kept" | "torn";

/** `journal` takes a transaction whole or not at all, as SQLite does; `none` takes what it finds, and is there to be caught. */
export type Atomicity = "journal" | "none";

export function createDisk(genesisHash: Digest, atomicity: Atomicity = "journal"): Disk {
  const segments: Segment[] = [];
  let kept: Omit<Durable, "tail" | "displaced"> = {
    term: 0 as Term,
    vote: undefined,
    lock: undefined,
    acknowledged: undefined,
    commit: undefined,
  };
  let displaced: readonly Segment[] = [];
  const certificates: Certificate[] = [];
  const evidence: Evidence[] = [];

  const lastIndex = (): number => {
    const last = segments.at(-1);
    return last === undefined ? 0 : lastOf(last);
  };

  function slice(from: number, to: number): Segment[] {
    return segments.flatMap((segment) => {
      const start = Math.max(from, segment.first) as LogIndex;
      const end = Math.min(to, lastOf(segment)) as LogIndex;
      return start <= end ? [sliceSegment(segment, start, end)] : [];
    });
  }

  function hashAt(index: LogIndex): Digest | undefined {
    if (index === 0) return genesisHash;
    const segment = segments.findLast((one) => one.first <= index);
    if (segment === undefined || index > lastOf(segment)) return undefined;
    return digestAt(segment.hashes, index - segment.first);
  }

  function truncate(after: LogIndex): void {
    if (after < (kept.commit?.index ?? 0)) throw new Error("truncation below the commit index");
    while (segments.length > 0) {
      const last = segments.at(-1);
      if (last === undefined || lastOf(last) <= after) return;
      segments.pop();
      if (last.first <= after) segments.push(sliceSegment(last, last.first, after));
    }
  }

  function take(write: Write): void {
    if (write.displaced !== undefined) displaced = write.displaced;
    if (write.truncateAfter !== undefined) truncate(write.truncateAfter);
    if (write.append !== undefined) {
      if (write.append.first !== lastIndex() + 1) throw new Error("append with a gap");
      segments.push(write.append);
    }
    if (write.commit !== undefined) certificates.push(write.commit);
    if (write.evidence !== undefined) evidence.push(write.evidence);
    const { term, vote, lock, acknowledged, commit } = { ...kept, ...write };
    kept = { term, vote, lock, acknowledged, commit };
  }

  function takeTorn(write: Write, choose: Random): void {
    const parts = Object.entries(write).filter(() => choose.chance(0.5));
    try {
      take(Object.fromEntries(parts));
    } catch {
      // An append whose place was torn away: nothing of it can be found again.
    }
  }

  function crash(pending: readonly Write[], choose: Random): "nothing pending" | Fate {
    const fate = choose.pick(["all lost", "all kept", "torn"] as const);
    if (pending.length === 0) return "nothing pending";
    if (fate === "torn" && atomicity === "none") for (const write of pending) takeTorn(write, choose);
    if (fate === "torn") return isWhole(pending, choose) && atomicity === "journal" ? keepAll(pending) : "torn";
    return fate === "all kept" ? keepAll(pending) : fate;
  }

  function keepAll(pending: readonly Write[]): "all kept" {
    for (const write of pending) take(write);
    return "all kept";
  }

  return {
    evidence,
    write: (writes) => writes.forEach(take),
    committedChunk: (from, commandsMax) => {
      const within = certificates.filter((one) => one.index >= from && one.index < from + commandsMax);
      const commit = within.at(-1) ?? certificates.find((one) => one.index >= from);
      const prevHash = hashAt((from - 1) as LogIndex);
      if (commit === undefined || prevHash === undefined) return undefined;
      return { prevHash, segments: slice(from, commit.index), commit };
    },
    durable: () => ({ ...kept, tail: slice((kept.commit?.index ?? 0) + 1, lastIndex()), displaced }),
    segments: () => segments,
    hashAt,
    lastIndex,
    crash,
  };
}

/** True where every page of the transaction, and its commit mark, reached the disk unharmed: one draw a page, in any order. */
function isWhole(pending: readonly Write[], choose: Random): boolean {
  const pages = 1 + pending.reduce((sum, write) => sum + Object.keys(write).length, 0);
  let whole = true;
  for (let page = 0; page < pages; page++) whole = choose.chance(0.8) && whole;
  return whole;
}
