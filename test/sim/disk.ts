/** A node's disk in the simulator: what `write` was given is there after a crash, nothing else is. */
import type { Store } from "../../actors/log.ts";
import type { Durable, Evidence, Write } from "../../wire/durable.ts";
import { digestAt, lastOf, type Segment, sliceSegment } from "../../wire/entries.ts";
import type { Certificate, Digest, LogIndex, Term } from "../../wire/types.ts";

export type Disk = Store & {
  readonly durable: () => Durable;
  /** Entries of the whole log. */
  readonly segments: () => readonly Segment[];
  readonly hashAt: (index: LogIndex) => Digest | undefined;
  readonly evidence: Evidence[];
};

export function createDisk(genesisHash: Digest): Disk {
  let segments: Segment[] = [];
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
    const segment = segments.find((one) => one.first <= index && index <= lastOf(one));
    return segment && digestAt(segment.hashes, index - segment.first);
  }

  function take(write: Write): void {
    if (write.displaced !== undefined) displaced = write.displaced;
    if (write.truncateAfter !== undefined) {
      if (write.truncateAfter < (kept.commit?.index ?? 0)) throw new Error("truncation below the commit index");
      segments = slice(1, write.truncateAfter);
    }
    if (write.append !== undefined) {
      if (write.append.first !== lastIndex() + 1) throw new Error("append with a gap");
      segments.push(write.append);
    }
    if (write.commit !== undefined) certificates.push(write.commit);
    if (write.evidence !== undefined) evidence.push(write.evidence);
    const { term, vote, lock, acknowledged, commit } = { ...kept, ...write };
    kept = { term, vote, lock, acknowledged, commit };
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
  };
}
