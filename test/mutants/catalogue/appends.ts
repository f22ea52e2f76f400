/** What a follower accepts, what it takes back, and what a leader proposes. */
import type { Mutant } from "../mutant.ts";

export const appendMutants: readonly Mutant[] = [
  {
    name: "leader-without-proof",
    breaks: "whoever sends entries of the term leads it",
    file: "consensus/follow.ts",
    find: 'if (proof?.lock === undefined) return [...effects, nack(state, leader)];\n    if (state.role.kind === "candidate") effects.push(...doubleVotes(state, state.role, proof));\n    state.role = followerOf(leader, proof.lock);',
    replace: "state.role = followerOf(leader, proof?.lock);",
  },
  {
    name: "term-without-proof",
    breaks: "entries of a higher term let a node enter it without proof (S-11)",
    file: "consensus/follow.ts",
    find: "if (proof === undefined) return [nack(state, leader)];",
    replace: "",
  },
  {
    name: "proof-of-another-term",
    breaks: "the proof of another election serves",
    file: "wire/envelope.ts",
    find: 'return proof.term === term && proof.leader === leader ? flawOfProof(proof) : "proof of another election";',
    replace: "return flawOfProof(proof);",
  },
  {
    name: "old-leader-obeyed",
    breaks: "entries of an earlier term are taken (B16)",
    file: "consensus/follow.ts",
    find: "if (term < state.term || leader === state.config.self) return [];",
    replace: "if (leader === state.config.self) return [];",
  },
  {
    name: "second-log-taken",
    breaks: "what was acknowledged in this term is replaced by what the leader says now (B01)",
    file: "consensus/follow.ts",
    find: "if (from <= endIndex && from <= state.acknowledged) return equivocated(state, role, leader, from as LogIndex, frame);",
    replace: "",
  },
  {
    name: "late-append-cuts",
    breaks: "a late, shorter AE cuts the log (S-06)",
    file: "consensus/log.ts",
    find: "if (own === undefined || !sameBytes(own, digestAt(segment.hashes, row))) return index;",
    replace: "return index;",
  },
  {
    name: "prev-hash-unchecked",
    breaks: "entries are appended behind another log than the leader's",
    file: "consensus/follow.ts",
    find: "if (own === undefined || !sameBytes(own, theirs)) {\n    if (prevIndex > commitIndex)",
    replace: "if (own === undefined) {\n    if (prevIndex > commitIndex)",
  },
  {
    name: "heartbeat-cuts-acknowledged",
    breaks: "a heartbeat takes back what this node has acknowledged (truncation)",
    file: "consensus/follow.ts",
    find: "Math.max(endIndex, state.acknowledged, commitIndexOf(state)) + 1",
    replace: "Math.max(endIndex, commitIndexOf(state)) + 1",
  },
  {
    name: "displaced-thrown-away",
    breaks: "the chain of the lock is thrown away when another log takes its place",
    file: "consensus/log.ts",
    find: "if (holds(state, lock)) return slice(state.tail, from, lock.index);",
    replace: "if (holds(state, lock)) return [];",
  },
  {
    name: "displaced-not-written",
    breaks: "what is displaced is not written to the disk",
    file: "consensus/log.ts",
    find: "return changed ? { ...truncate, displaced } : truncate;",
    replace: "return changed ? truncate : truncate;",
  },
  {
    name: "honest-equivocation",
    breaks: "a leader chains its next batch behind an older entry",
    file: "consensus/lead.ts",
    find: "    const prevIndex = lastIndex(state.tail);\n    const prevHash = lastHash(state.tail);\n    const segment",
    replace:
      "    const prevIndex = commitIndexOf(state);\n    const prevHash = state.tail.baseHash;\n    const segment",
  },
  {
    name: "no-answer-to-nacks",
    breaks: "a leader does not help a follower that cannot follow (B05)",
    file: "consensus/lead.ts",
    find: "  return resume(state, nack, role.proof);",
    replace: "  return [];",
  },
];
