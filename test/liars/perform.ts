/** Runs one row of the simulator's once: a cluster of a size, a seed, the row's liars. */
import type { Engine } from "../../pools/engine.ts";
import type { ClientId, NodeId } from "../../wire/types.ts";
import type { Adversary, Tricks } from "../sim/adversary.ts";
import { realCrypto } from "../sim/crypto.ts";
import { calm, type Options } from "../sim/options.ts";
import { randomBy } from "../sim/random.ts";
import { type Report, type Run, simulate } from "../sim/simulation.ts";
import { seededTape, type Tape } from "../sim/tape.ts";
import type { Behaviour, Sight, Stage } from "./behaviour.ts";
import { createStory } from "./story.ts";

export type Casting = {
  readonly nodes: number;
  readonly seed: number;
  /** For rows with real keys. */
  readonly engine?: Engine;
  /** In place of the row's own lies, and more: how canaries are made. */
  readonly change?: Partial<Omit<Run, "seed">>;
  readonly lie?: Behaviour["lie"];
  readonly trace?: (line: string) => void;
};

export type Performance = { readonly report: Report; readonly told: ReadonlyMap<string, number> };

/** Short runs: enough for some reigns of liars and the honest ones after them. */
const base: Options = { ...calm, clients: 3, commands: 10, faultMs: 2_500 };
const weather: Partial<Options> = { loss: 0.04, delayMs: 6, reorder: true, duplicate: 0.1, drift: 0.1 };

export function perform(row: Behaviour, { nodes, seed, engine, change, lie, trace }: Casting): Performance {
  const story = createStory();
  const told = new Map<string, number>();
  const adversary: Adversary = {
    name: row.id,
    cast: (_, { faulty, clients }) => {
      const liars = liarsOf(row.liars?.(faulty) ?? 1, nodes);
      return {
        liars,
        ...(row.twins === true ? { twins: liars } : {}),
        ...(row.holdsClient === true ? { clients: [(clients - 1) as ClientId] } : {}),
      };
    },
    start: (lair) => {
      story.clock = lair.now;
      const { liars } = lair.cast;
      const stage: Stage = {
        lair,
        liars,
        liar: liars[0] ?? (1 as NodeId),
        honest: [...lair.members.validators.keys()].filter((id) => !liars.includes(id)),
        client: lair.cast.clients?.[0] ?? (0 as ClientId),
        tell: (what) => void told.set(what, (told.get(what) ?? 0) + 1),
      };
      const tricks: Tricks = (lie ?? row.lie)(stage);
      return {
        ...tricks,
        atEnd: (world) => {
          tricks.atEnd?.(world);
          const sight: Sight = { world, story, stage, told };
          row.observe(sight);
        },
      };
    },
  };
  const rough = row.weather !== false && seed % 2 === 0 ? weather : {};
  const report = simulate({
    seed,
    tape: startingTogether(seededTape(seed, false)),
    options: { ...base, ...rough, ...row.options, nodes },
    adversary,
    watch: [story.watch],
    ...(row.realKeys === true && engine !== undefined ? { crypto: realCrypto(engine) } : {}),
    ...(trace === undefined ? {} : { trace }),
    ...change,
  });
  return { report, told };
}

/** Node 1 is the first candidate of term 1, node 2 that of term 2: who lies leads at once, and one liar after the other. */
function liarsOf(count: number, nodes: number): NodeId[] {
  return Array.from({ length: count }, (_, at) => ((at + 1) % nodes) as NodeId);
}

/** All nodes start at once, so that the first candidate is the first leader. */
function startingTogether(tape: Tape): Tape {
  return { ...tape, stream: (name) => (name === "setup" ? randomBy(() => 0) : tape.stream(name)) };
}
