/** Nodes that forget, go back, stay behind, hold back or repeat the past: B16, B19, B21, B28-B32, B49, B52, A12. */
import type { LogIndex, NodeId, Term } from "../../../wire/types.ts";
import type { Envelope, Said, Tricks } from "../../sim/adversary.ts";
import { allOfThem, allSizes, aPair, type Behaviour, must, mustTell, type Stage } from "../behaviour.ts";
import { madeUpHash, tellAll } from "../craft.ts";
import { ghostLeader } from "../ghost-leader.ts";
import { heldEntries } from "./leaders.ts";

const asIs = ({ to, frame }: Envelope): Said[] => [{ to, frame }];

/** Of a twin's two copies one is heard and hears; `second` tells whether it is copy 1's turn. */
function oneOfTwo(stage: Stage, second: () => boolean, listens: (copy: number) => boolean): Tricks {
  const { liars } = stage;
  const speaks = ({ node, copy }: { node: NodeId; copy: number }): boolean =>
    !liars.includes(node) || (copy === 1) === second();
  return {
    passes: (from, to) => speaks(from) && (!liars.includes(to.node) || listens(to.copy)),
  };
}

const remembering = { how: "simulator", family: "memory", nodes: allSizes } as const;

export const memory: readonly Behaviour[] = [
  {
    ...remembering,
    id: "B16",
    name: "a deposed leader goes on appending by its old proof, with its old votes",
    mustObserve: "passed over: none of it is applied, and no honest node acknowledges it (TermMonotone)",
    holdsClient: true,
    lie: (stage) => {
      const { lair, tell } = stage;
      const forge = heldEntries(stage);
      return ghostLeader(stage, (reins) => {
        const late = (): void => {
          if (lair.now() > 2_400) return;
          if (!reins.rules()) {
            tell("went on as leader");
            const blank = { term: reins.term, command: new Uint8Array(0) };
            reins.append(reins, forge([blank], reins.index, reins.term));
          }
          lair.later(50, late);
        };
        // It orders nothing while it rules, and so is deposed.
        reins.append(reins, []);
        lair.later(200, late);
      });
    },
    observe: (sight) => {
      mustTell(sight, "went on as leader");
      const late = [...sight.story.applied.keys()].filter((text) => text.includes("forged"));
      must(late.length === 0, `${late[0]} of a deposed leader was applied`);
    },
  },
  {
    ...remembering,
    id: "B19",
    name: "acknowledgements and commit votes for all that is heard, with nothing stored, then crashes",
    mustObserve: "what is committed is on the disks of f+1 honest nodes (CommittedIsDurable)",
    liars: allOfThem,
    options: { crashEveryMs: 500 },
    lie: (stage) => {
      const { lair, liars, tell } = stage;
      return {
        overhear: ({ from, body }) => {
          if (body.$case !== "appendEntries" || body.value.entries.length === 0) return;
          const { term, prevIndex, entries, endHash } = body.value;
          const index = (prevIndex + entries.length) as LogIndex;
          for (const node of liars) {
            if (node === from) continue;
            tellAll(stage, node, { $case: "appendEntriesResponse", value: { term, node, index, hash: endHash } });
            tellAll(stage, node, { $case: "commitVote", value: { term, node, index, hash: endHash } });
          }
          tell("acknowledged at once");
          if (lair.choose.chance(0.1)) {
            const node = lair.choose.pick(liars);
            lair.crash(node);
            lair.later(150, () => lair.restart(node));
          }
        },
      };
    },
    observe: (sight) => mustTell(sight, "acknowledged at once"),
  },
  {
    ...remembering,
    id: "B21",
    name: "all votes, acknowledgements and timeouts are held back",
    mustObserve: "progress with n-f nodes",
    liars: allOfThem,
    lie: ({ tell }) => ({
      rewrite: (envelope) => {
        if (!/Response$|^commitVote$|^timeout$|^nack$/.test(envelope.body.$case)) return asIs(envelope);
        tell("held back a vote");
        return [];
      },
    }),
    observe: (sight) => mustTell(sight, "held back a vote", 10),
  },
  {
    ...remembering,
    id: "B28",
    name: "a recorder sends everything again that was ever said, in honest nodes' names, old terms and all",
    mustObserve: "no state changes by it: every invariant, and no election by it",
    options: { crashEveryMs: 900 },
    lie: (stage) => {
      const { lair, liar, honest, liars, tell } = stage;
      const past: Uint8Array[] = [];
      const again = (): void => {
        for (let count = 0; count < 20 && past.length > 0; count++) {
          const frame = past[lair.choose.between(0, past.length - 1)];
          if (frame !== undefined) for (const to of honest) lair.send(liar, to, frame);
          tell("sent the past again");
        }
        if (lair.now() < 6_000) lair.later(60, again);
      };
      lair.later(400, again);
      return {
        overhear: ({ from, frame }) => {
          if (!liars.includes(from) && past.length < 5_000) past.push(frame);
        },
      };
    },
    observe: (sight) => mustTell(sight, "sent the past again", 100),
  },
  {
    ...remembering,
    id: "B29",
    name: "floods of votes for terms and indices to come",
    mustObserve: "buffers stay within their bounds (Bounded); the cluster works on",
    weather: false,
    liars: aPair,
    lie: (stage) => {
      const { lair, liars, honest, tell } = stage;
      let far = 1;
      const flood = (): void => {
        for (const node of liars) {
          for (let count = 0; count < 6; count++) {
            far++;
            const point = {
              term: (1 + (far % 50)) as Term,
              node,
              index: (100 + far) as LogIndex,
              hash: madeUpHash(lair, far),
            };
            tellAll(stage, node, { $case: "appendEntriesResponse", value: point }, honest);
            tellAll(stage, node, { $case: "commitVote", value: point }, honest);
            tellAll(stage, node, { $case: "timeout", value: { term: (5 + far) as Term, node } }, honest);
          }
        }
        tell("flooded the future");
        if (lair.now() < 1_500) lair.later(15, flood);
      };
      lair.later(200, flood);
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "flooded the future", 50);
      must(sight.story.highestTerm() <= 8, `terms have run away to ${sight.story.highestTerm()}`);
    },
  },
  {
    ...remembering,
    id: "B30",
    name: "amnesia: the same key goes on with an empty disk",
    mustObserve: "no safety break with f of them",
    liars: allOfThem,
    twins: true,
    lie: (stage) => {
      const { lair, tell } = stage;
      const second = (): boolean => lair.now() > 1_000;
      lair.later(1_000, () => tell("forgot everything"));
      return oneOfTwo(stage, second, (copy) => (copy === 1) === second());
    },
    observe: (sight) => mustTell(sight, "forgot everything"),
  },
  {
    ...remembering,
    id: "B31",
    name: "rollback: nodes go on from an old backup of their disk",
    mustObserve:
      "no safety break with f of them, though here they go on; a node stops where peers show it certificates with its name above its state (a missing store is refused at its start)",
    liars: allOfThem,
    twins: true,
    somewhere: ["would stop"],
    lie: (stage) => {
      const { lair, tell } = stage;
      const second = (): boolean => lair.now() > 1_500;
      lair.later(1_500, () => tell("went back to an old backup"));
      // The copy listens for a while, then stays as it is until its turn comes.
      return {
        ...oneOfTwo(stage, second, (copy) => (copy === 0 ? !second() : second() || lair.now() < 700)),
        forgotten: () => {
          if (second()) tell("would stop");
        },
      };
    },
    observe: (sight) => mustTell(sight, "went back to an old backup"),
  },
  {
    ...remembering,
    id: "B32",
    name: "clocks that jump, stop, drift and go at different rates",
    mustObserve: "safety needs no clocks; the cluster works once they behave",
    options: { drift: 1, jumpEveryMs: 300, pauseEveryMs: 500, pauseMs: 400 },
    lie: (stage) => ({
      tick: () => stage.tell("ticked"),
    }),
    observe: (sight) => mustTell(sight, "ticked"),
  },
  {
    ...remembering,
    id: "A12",
    name: "leaders that come and go with half-replicated entries, crashes between a vote and its disk",
    mustObserve: "no committed entry is lost; one vote a term, across crashes (OneVotePerTerm)",
    liars: aPair,
    options: {
      crashEveryMs: 250,
      crashAtPoint: 0.8,
      cutEveryMs: 400,
      cuts: ["leader", "halves"],
      allDownEveryMs: 1_500,
    },
    lie: ({ lair, tell }) => ({
      // As leaders they serve some and not others, differently each time.
      rewrite: (envelope) => {
        if (envelope.body.$case !== "appendEntries" || lair.choose.chance(0.5)) return asIs(envelope);
        tell("served some");
        return [];
      },
    }),
    somewhere: ["served some"],
    observe: () => undefined,
  },
];
