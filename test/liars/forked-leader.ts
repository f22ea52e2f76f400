/**
 * A leader that shows two logs: what its honest actors say goes to one side, and to the other side the same messages about a
 * log with other entries, with its votes fitted to it.
 */
import { type AppendEntries, type Digest, type Entry, type NodeId, sameBytes } from "../../wire/types.ts";
import type { Envelope, Said } from "../sim/adversary.ts";
import { keyOf } from "../sim/world.ts";
import type { Stage } from "./behaviour.ts";
import { endHashOf } from "./craft.ts";

/** Other entries for the ones that the leader's actors chose; `prevIndex` is before both. */
export type Forge = (entries: readonly Entry[], prevIndex: number, term: number) => readonly Entry[];

export type Fork = {
  /** The other side's message in place of this one. */
  readonly lie: (envelope: Envelope) => Said;
  /** Each side gets its own. */
  readonly rewrite: (envelope: Envelope) => readonly Said[];
};

export function forkedLeader(stage: Stage, isOther: (to: NodeId) => boolean, forge: Forge): Fork {
  const { lair, liars, tell } = stage;
  /** Chain hashes of the other log by those of the actors' own. */
  const other = new Map<string, Digest>();
  const forged = new Map<string, readonly Entry[]>();

  function retold(value: AppendEntries): AppendEntries {
    const { prevIndex, entries, term } = value;
    const prevHash = other.get(keyOf(value.prevHash)) ?? value.prevHash;
    if (entries.length === 0) return { ...value, prevHash, endHash: prevHash };
    const key = `${term} ${keyOf(value.endHash)}`;
    const instead = forged.get(key) ?? forge(entries, prevIndex, term);
    forged.set(key, instead);
    const endHash = endHashOf(lair, prevIndex, prevHash, instead);
    other.set(keyOf(value.endHash), endHash);
    return { ...value, prevHash, entries: instead, endHash };
  }

  function lie({ from, to, body, frame }: Envelope): Said {
    if (body.$case === "appendEntries" && body.value.leader === from) {
      const value = retold(body.value);
      if (contradicts(body.value.entries, value.entries)) tell("forked append");
      return { to, frame: lair.sign(from, { $case: "appendEntries", value }) };
    }
    if (body.$case === "appendEntriesResponse" || body.$case === "commitVote") {
      const hash = other.get(keyOf(body.value.hash));
      if (hash !== undefined) return { to, frame: lair.sign(from, { ...body, value: { ...body.value, hash } }) };
    }
    return { to, frame };
  }

  return {
    lie,
    rewrite: (envelope: Envelope): Said[] => {
      const { to, frame } = envelope;
      return isOther(to) && !liars.includes(to) ? [lie(envelope)] : [{ to, frame }];
    },
  };
}

/** True where the two say different things of one index. */
function contradicts(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.some(({ command }, row) => {
    const other = b[row]?.command;
    return other !== undefined && !sameBytes(command, other);
  });
}
