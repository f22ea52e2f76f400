/**
 * A leader by hand: once its honest actors have won an election, what they say as leader is dropped, and messages made by hand
 * go out with the proof of that election.
 */
import type { AppendEntries, Digest, ElectionProof, Entry, LogIndex, NodeId, Term } from "../../wire/types.ts";
import type { Envelope, Said, Tricks } from "../sim/adversary.ts";
import { keyOf } from "../sim/world.ts";
import type { Stage } from "./behaviour.ts";
import { endHashOf, tellAll } from "./craft.ts";

/** What the hand has when it takes over; `index` and `hash` are where the log ended then. */
export type Reins = {
  readonly node: NodeId;
  readonly term: Term;
  readonly proof: ElectionProof;
  readonly index: number;
  readonly hash: Digest;
  /** Commands that this leader knew of, oldest first: of its own clients, relayed ones, and those in others' logs. */
  readonly commands: () => readonly Uint8Array[];
  /** Sends entries behind a point to some or all; with its own vote for them. Returns where they end. */
  readonly append: (prev: End, entries: readonly Entry[], to?: readonly NodeId[]) => End;
  readonly rules: () => boolean;
};

export type End = { readonly index: number; readonly hash: Digest };

export function ghostLeader(stage: Stage, takeOver: (reins: Reins) => void): Tricks {
  const { lair, liars } = stage;
  const commands = new Map<string, Uint8Array>();
  const taken = new Set<string>();

  function note(command: Uint8Array): void {
    commands.set(keyOf(command), command);
  }

  function overhear({ body }: Envelope): void {
    if (body.$case === "relay") for (const command of body.value.commands) note(command);
    if (body.$case === "appendEntries") for (const { command } of body.value.entries) note(command);
  }

  function reinsOf(node: NodeId, value: AppendEntries, proof: ElectionProof): Reins {
    const { term } = value;
    return {
      node,
      term,
      proof,
      index: value.prevIndex,
      hash: value.prevHash,
      commands: () => [...commands.values()],
      rules: () => lair.actors(node)?.consensus.core.term === term,
      append: ({ index, hash }, entries, to) => {
        const endHash = endHashOf(lair, index, hash, entries);
        const append = { term, leader: node, prevIndex: index as LogIndex, prevHash: hash, entries, endHash, proof };
        tellAll(stage, node, { $case: "appendEntries", value: append }, to);
        const end = (index + entries.length) as LogIndex;
        if (entries.length > 0) {
          tellAll(
            stage,
            node,
            { $case: "appendEntriesResponse", value: { term, node, index: end, hash: endHash } },
            to,
          );
        }
        return { index: end, hash: endHash };
      },
    };
  }

  return {
    overhear,
    rewrite: ({ from, to, body, frame }): Said[] => {
      if (body.$case !== "appendEntries" || !liars.includes(from)) return [{ to, frame }];
      for (const { command } of body.value.entries) note(command);
      const { proof, term } = body.value;
      const place = `${from} ${term}`;
      if (proof !== undefined && !taken.has(place)) {
        taken.add(place);
        const reins = reinsOf(from, body.value, proof);
        lair.later(0, () => takeOver(reins));
      }
      return [];
    },
  };
}
