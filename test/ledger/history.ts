/** A store with some of everything in it, and what it must give back. */
import type { Write } from "../../wire/durable.ts";
import type { LogIndex, NodeId, Term } from "../../wire/types.ts";
import { certificate, cluster, headOf, segment } from "./signed-cluster.ts";

/** Writes that end with 46 entries, committed up to 30, and a vote, a lock, a displaced suffix and evidence. */
export function history(): Write[][] {
  const a = segment(1, cluster, 10);
  const b = segment(11, headOf(a), 20);
  const gone = segment(31, headOf(b), 7);
  const c = segment(31, headOf(b), 15, 2);
  const d = segment(46, headOf(c), 1, 2, 5000);
  const lock = certificate("replication", 2, 45, headOf(c));
  const { term, index, hash } = lock;
  return [
    [{ term: 1 as Term, append: a, acknowledged: { term: 1 as Term, index: 10 as LogIndex } }],
    [{ append: b, commit: certificate("commit", 1, 10, headOf(a)) }],
    [{ append: gone, commit: certificate("commit", 1, 30, headOf(b)) }],
    [{ term: 2 as Term, displaced: [gone], truncateAfter: 30 as LogIndex, append: c }],
    [{ lock, acknowledged: { term: 2 as Term, index: 45 as LogIndex } }, { append: d }],
    [
      {
        evidence: {
          kind: "equivocation",
          accused: [1 as NodeId],
          frames: [new Uint8Array(300).fill(7), new Uint8Array(9)],
        },
      },
    ],
    [{ term: 3 as Term, vote: { term: 3 as Term, candidate: 1 as NodeId, lock: { term, index, hash } } }],
  ];
}
