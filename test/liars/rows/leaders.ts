/** Leaders that show two logs, or none, or not to everybody: B01-B08, A4, A6, A7, A10. */
import type { Entry, LogIndex, NodeId } from "../../../wire/types.ts";
import type { Envelope, Said, Tricks } from "../../sim/adversary.ts";
import {
  allOfThem,
  allSizes,
  aPair,
  type Behaviour,
  must,
  mustTell,
  type Sight,
  type Stage,
  tellProven,
} from "../behaviour.ts";
import { commandOf, endHashOf, entryOf } from "../craft.ts";
import { type Forge, forkedLeader } from "../forked-leader.ts";
import { type End, ghostLeader, type Reins } from "../ghost-leader.ts";

/** Longest election timeout of these runs, with the slack of a tick. */
export const timeoutMs = 880;

const asIs = ({ to, frame }: Envelope): Said[] => [{ to, frame }];

/** Entries of the held client's in place of others. */
export function heldEntries({ lair, client }: Stage): Forge {
  let request = 0;
  return (entries, _, term) =>
    entries.map((): Entry => entryOf(term, commandOf(lair, client, ++request, `CreateAccount forged${request}`)));
}

/** The same commands, the last first; a single one behind the one before it, again. */
function reordered(): Forge {
  let last: Entry | undefined;
  return (entries) => {
    const instead = entries.length === 1 && last !== undefined ? [last, ...entries] : entries.toReversed();
    last = entries.at(-1);
    return instead;
  };
}

/** Every second honest node is on the other side. */
const inHalves =
  ({ honest }: Stage) =>
  (to: NodeId): boolean =>
    honest.indexOf(to) % 2 === 1;

function quietFork(forge: (stage: Stage) => Forge): (stage: Stage) => Tricks {
  return (stage) => ({ rewrite: forkedLeader(stage, inHalves(stage), forge(stage)).rewrite });
}

/** As the quiet one, but soon each side is shown what the other got. */
function loudFork(forge: (stage: Stage) => Forge): (stage: Stage) => Tricks {
  return (stage) => {
    const { lair } = stage;
    const isOther = inHalves(stage);
    const fork = forkedLeader(stage, isOther, forge(stage));
    return {
      rewrite: (envelope) => {
        const { from, to, body, frame } = envelope;
        if (body.$case === "appendEntries" && body.value.entries.length > 0) {
          const second = isOther(to) ? frame : fork.lie(envelope).frame;
          lair.later(60, () => lair.send(from, to, second));
        }
        return fork.rewrite(envelope);
      },
    };
  };
}

/** That one of two commands at an index is committed at most, AgreementOnCommit asserts. */
function replacedAndProven({ world, story, stage }: Sight): void {
  const kept = world.nodes.flatMap(({ disk }) => disk.evidence);
  const proven = kept.some(({ accused }) => accused.some((one) => stage.liars.includes(one)));
  must(proven, "no honest node keeps evidence of the equivocation");
  must(story.reigns.length > 1, "the leader that showed two logs was not replaced");
}

const fork = {
  how: "simulator",
  family: "leaders",
  nodes: allSizes,
  holdsClient: true,
  options: { burst: 12 },
} as const;

/** After so long the liars have led honestly for a while. */
const turnMs = 600;

function whileLeading(stage: Stage, trick: (envelope: Envelope) => readonly Said[]): Tricks {
  return {
    rewrite: (envelope) => {
      const leads = envelope.body.$case === "appendEntries" && envelope.body.value.leader === envelope.from;
      return leads && stage.lair.now() > turnMs ? trick(envelope) : asIs(envelope);
    },
  };
}

/** Commands wait for the reigns of all liars at most, each in a term whose timers are twice as long as before. */
function waitsAtMost(sight: Sight, ms: number): void {
  for (const [payload, { sentMs, committedMs }] of sight.story.commands) {
    const waited = (committedMs ?? Number.POSITIVE_INFINITY) - sentMs;
    must(waited <= ms, `${payload} was committed after ${Math.round(waited)} ms, ${ms} ms are the most`);
  }
}

/** When the commands were sent that came all at once, and when the last of them was committed. */
function spanOfBurst({ story }: Sight): readonly [from: number, to: number] {
  const counts = new Map<number, number>();
  for (const { sentMs } of story.commands.values()) counts.set(sentMs, (counts.get(sentMs) ?? 0) + 1);
  const [from = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const ends = [...story.commands.values()].flatMap(({ sentMs, committedMs }) =>
    sentMs === from ? [committedMs ?? Number.POSITIVE_INFINITY] : [],
  );
  return [from, Math.max(...ends)];
}

/** A little before the timeout. */
const dripMs = 360;

/** Two timeouts for one liar; of more, the terms of each. */
function replacedInTime(sight: Sight): void {
  mustTell(sight, "kept silent");
  const { liars } = sight.stage;
  waitsAtMost(sight, 2 * timeoutMs * (2 ** liars.length - 1) + 100 * liars.length);
  must(!liars.includes(sight.story.reigns.at(-1)?.node as NodeId), "a silent leader is still in office");
}

function changesAtMost(sight: Sight, most: number): void {
  for (const [payload, { sentTerm, committedTerm }] of sight.story.commands) {
    const changes = (committedTerm ?? Number.POSITIVE_INFINITY) - sentTerm;
    must(changes <= most, `${payload} was committed after ${changes} changes of leader, ${most} are the most`);
  }
}

/** Liars overhear no client's command that is to be passed over, neither from it nor by relay, while they lead. */
function deafTo(stage: Stage, passes: (client: number) => boolean): Tricks {
  const { lair } = stage;
  const clientOf = (frame: Uint8Array): number | undefined => {
    const body = lair.read(frame);
    if (body?.$case === "command" || body?.$case === "commandBatch") return body.value.client;
    return undefined;
  };
  const hears = (frame: Uint8Array): boolean => {
    const client = clientOf(frame);
    if (client === undefined || passes(client)) return true;
    stage.tell("passed over");
    return false;
  };
  return {
    listen: (_, __, frame) => hears(frame),
    accept: ({ body }) => body.$case !== "relay" || body.value.commands.every(hears),
  };
}

export const leaders: readonly Behaviour[] = [
  {
    ...fork,
    id: "B01",
    name: "equivocating leader: two entries at one index, to disjoint halves, then each half is shown the other's",
    mustObserve:
      "at most one is committed; evidence is kept: the pair, or what contradicts a commit; the leader is replaced",
    lie: loudFork(heldEntries),
    observe: (sight) => {
      mustTell(sight, "forked append");
      replacedAndProven(sight);
    },
  },
  {
    ...fork,
    id: "B01q",
    name: "equivocating leader that keeps the halves apart, with the votes of all its friends fitted to each half",
    mustObserve:
      "at most one is committed; every honest command commits; a node that learns of a commit against what it has acknowledged keeps both as evidence",
    liars: allOfThem,
    somewhere: ["proven"],
    lie: quietFork(heldEntries),
    observe: (sight) => {
      mustTell(sight, "forked append");
      tellProven(sight);
    },
  },
  {
    ...fork,
    id: "B02",
    name: "the same commands in another order, or twice, to the other half",
    mustObserve: "as B01",
    liars: aPair,
    lie: loudFork(reordered),
    observe: (sight) => {
      mustTell(sight, "forked append");
      replacedAndProven(sight);
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B03",
    name: "leaders that fall silent in office",
    mustObserve: "commands commit within two timeouts for one liar, each further one doubles them; no human needed",
    nodes: allSizes,
    liars: aPair,
    weather: false,
    lie: (stage) =>
      whileLeading(stage, () => {
        stage.tell("kept silent");
        return [];
      }),
    observe: replacedInTime,
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B04",
    name: "leaders that send heartbeats and order nothing",
    mustObserve: "the timer for progress fires: commands commit within the bound of B03",
    nodes: allSizes,
    liars: aPair,
    weather: false,
    lie: (stage) => {
      const { lair } = stage;
      const stood = new Map<string, End>();
      return whileLeading(stage, ({ from, to, body, frame }) => {
        if (body.$case !== "appendEntries") return [{ to, frame }];
        const { value } = body;
        const place = `${from} ${value.term}`;
        const at = stood.get(place) ?? { index: value.prevIndex, hash: value.prevHash };
        stood.set(place, at);
        if (value.entries.length > 0) stage.tell("kept silent");
        const end = { prevIndex: at.index as typeof value.prevIndex, prevHash: at.hash, endHash: at.hash } as const;
        const beat = { ...value, ...end, entries: [] };
        return [{ to, frame: lair.sign(from, { $case: "appendEntries", value: beat as typeof value }) }];
      });
    },
    observe: replacedInTime,
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B05",
    name: "a leader and its friends starve one honest node of everything they say",
    mustObserve: "it catches up by the others' votes and answers; the rest does not wait for it",
    nodes: allSizes,
    liars: aPair,
    lie: (stage) => ({
      rewrite: (envelope) => {
        if (envelope.to !== stage.honest[0]) return asIs(envelope);
        stage.tell("starved");
        return [];
      },
    }),
    observe: (sight) => {
      mustTell(sight, "starved", 10);
      const starved = sight.world.nodes.find(({ id }) => id === sight.stage.honest[0]);
      const reached = starved?.disk.durable().commit?.index ?? 0;
      must(reached >= sight.story.commands.size, "the starved node has not caught up");
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B05q",
    name: "leaders that serve one node less than a quorum",
    mustObserve: "nothing commits by them, they are replaced: the bound of B03",
    nodes: allSizes,
    liars: aPair,
    weather: false,
    lie: (stage) => {
      const { quorum } = stage.lair.members;
      // With all liars and as many honest nodes as make one too few.
      const served = stage.honest.slice(0, Math.max(0, quorum - 1 - stage.liars.length));
      return whileLeading(stage, (envelope) => {
        if (served.includes(envelope.to) || stage.liars.includes(envelope.to)) return asIs(envelope);
        stage.tell("kept silent");
        return [];
      });
    },
    observe: replacedInTime,
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B06",
    name: "slow-drip leaders: one batch of one command at a time, each a little before the timeout",
    mustObserve:
      "the fairness timer bounds the wait of every command, however many others are ordered before it; that is a floor of throughput: a hundred commands that came at once are through in at most half the time of the drip",
    nodes: allSizes,
    liars: aPair,
    weather: false,
    options: { batchCommandsMax: 1, windowBatches: 1, burst: 100, fairnessTicks: 60 },
    lie: (stage) =>
      whileLeading(stage, ({ from, to, frame, body }) => {
        if (body.$case !== "appendEntries" || body.value.entries.length === 0) return [{ to, frame }];
        stage.tell("dripped");
        stage.lair.later(dripMs, () => stage.lair.send(from, to, frame));
        return [];
      }),
    observe: (sight) => {
      mustTell(sight, "dripped");
      must(sight.story.reigns.length > 1, "the slow leader was not replaced");
      const [from, to] = spanOfBurst(sight);
      must(to - from <= (100 * dripMs) / 2, `a hundred commands took ${Math.round(to - from)} ms`);
      // The fairness timeout once for each liar, twice as long each time, and the elections after it.
      waitsAtMost(sight, (1320 + timeoutMs) * (2 ** sight.stage.liars.length - 1) * 2);
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B07",
    name: "leaders that pass over one client",
    mustObserve: "its commands commit within f+1 changes of leader after they were sent to all",
    nodes: allSizes,
    liars: allOfThem,
    weather: false,
    options: { fairnessTicks: 60 },
    lie: (stage) => deafTo(stage, (client) => client !== 0),
    observe: (sight) => {
      mustTell(sight, "passed over");
      changesAtMost(sight, sight.stage.lair.faulty + 1);
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "B08",
    name: "leaders that order one client's commands only now and then, after everybody else's",
    mustObserve: "the wait of its commands is bounded by the fairness timer",
    nodes: allSizes,
    liars: aPair,
    weather: false,
    options: { fairnessTicks: 60, commands: 30 },
    lie: (stage) => deafTo(stage, (client) => client !== 0 || stage.lair.now() % 2_000 > 1_800),
    observe: (sight) => {
      mustTell(sight, "passed over");
      waitsAtMost(sight, (1320 + timeoutMs) * (2 ** sight.stage.liars.length - 1) * 2);
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "A6",
    name: "a leader rewrites the log from its beginning, below what is committed",
    mustObserve: "refused; its message is kept as evidence; it is replaced; nothing committed is lost",
    nodes: allSizes,
    holdsClient: true,
    lie: (stage) => {
      const { lair } = stage;
      const forge = heldEntries(stage);
      // It leads well for a while, so that there is something to rewrite.
      return whileLeading(stage, (envelope) => {
        const { body, from, to } = envelope;
        if (body.$case !== "appendEntries" || body.value.prevIndex < 2) return asIs(envelope);
        const { term, prevIndex } = body.value;
        const genesis = { index: 0, hash: lair.members.cluster };
        const places = Array.from({ length: prevIndex + 2 }, () => entryOf(term, new Uint8Array(0)));
        const entries = forge(places, 0, term);
        const endHash = endHashOf(lair, 0, genesis.hash, entries);
        const value = { ...body.value, prevIndex: 0 as LogIndex, prevHash: genesis.hash, entries, endHash };
        stage.tell("rewrote the log");
        return [{ to, frame: lair.sign(from, { $case: "appendEntries", value }) }];
      });
    },
    observe: (sight) => {
      mustTell(sight, "rewrote the log");
      const { world, stage, story } = sight;
      const accused = world.nodes.flatMap(({ disk }) => disk.evidence.flatMap((one) => one.accused));
      must(accused.includes(stage.liar), "no evidence of the rewritten log is kept");
      must(story.reigns.length > 1, "the leader that rewrote the log was not replaced");
      must(![...story.applied.keys()].some((text) => text.includes("forged")), "a rewritten log was applied");
    },
  },
  {
    how: "simulator",
    family: "leaders",
    id: "A7",
    somewhere: ["committed a command twice"],
    name: "leaders by hand: commands repeated, dropped and in another order",
    mustObserve: "each takes effect once; dropped ones commit under another leader",
    nodes: allSizes,
    liars: aPair,
    lie: (stage) =>
      ghostLeader(stage, (reins: Reins) => {
        const { lair } = stage;
        let end: End = reins;
        const work = (): void => {
          if (!reins.rules()) return;
          const commands = reins.commands().filter((_, at) => at % 4 !== 2);
          const twice = [...commands.slice(-3), ...commands.slice(-3).reverse()];
          if (twice.length > 0) stage.tell("repeated commands");
          end = reins.append(
            end,
            twice.map((command) => entryOf(reins.term, command)),
          );
          lair.later(120, work);
        };
        reins.append(end, []);
        work();
      }),
    observe: (sight) => {
      mustTell(sight, "repeated commands");
      const repeats = sight.world.nodes.some(({ actors }) => (actors?.applier.counters.repeats ?? 0) > 0);
      if (repeats) sight.stage.tell("committed a command twice");
    },
  },
];
