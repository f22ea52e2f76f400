/** What a row of the liars' table is: who lies how, and what must be observed of it besides all invariants. */

import type { ClientId, NodeId } from "../../wire/types.ts";
import type { Lair, Tricks } from "../sim/adversary.ts";
import type { Options } from "../sim/options.ts";
import { broken, type World } from "../sim/world.ts";
import type { Story } from "./story.ts";

export type Family = "leaders" | "voters" | "forgers" | "clients" | "memory" | "noise" | "entrances";

/** What the liars of a run share. */
export type Stage = {
  readonly lair: Lair;
  readonly liars: readonly NodeId[];
  /** The one that leads the first term: candidates of a term come by their position. */
  readonly liar: NodeId;
  readonly honest: readonly NodeId[];
  /** The client whose key the liars hold, in rows with `holdsClient`. */
  readonly client: ClientId;
  /** Counts what was really done: a row whose lie was never told fails. */
  readonly tell: (what: string) => void;
};

/** What there is to be judged once a run has come to its end. */
export type Sight = {
  readonly world: World;
  readonly story: Story;
  readonly stage: Stage;
  readonly told: ReadonlyMap<string, number>;
};

/** A row that runs on the simulator, for each size of cluster under several seeds. */
export type Behaviour = {
  readonly how: "simulator";
  readonly id: string;
  readonly family: Family;
  readonly name: string;
  readonly mustObserve: string;
  readonly nodes: readonly number[];
  /** How many lie together, of at most f; 1 where it is left out. */
  readonly liars?: (faulty: number) => number;
  readonly holdsClient?: boolean;
  /** Liars that run twice behind one key. */
  readonly twins?: boolean;
  readonly options?: Partial<Options>;
  /** Some seeds have a lossy, slow network; false where times are measured. */
  readonly weather?: boolean;
  /** What has to have been done in some run, not in each. */
  readonly somewhere?: readonly string[];
  /** Ed25519 in place of ideal signatures. */
  readonly realKeys?: boolean;
  readonly lie: (stage: Stage) => Tricks;
  /** Throws where what must be observed was not. */
  readonly observe: (sight: Sight) => void;
};

/** A row about sockets or single actors, which are run as they are. */
export type Encounter = {
  readonly how: "loopback" | "actors";
  readonly id: string;
  readonly family: Family;
  readonly name: string;
  readonly mustObserve: string;
  /** Throws where what must be observed was not; returns how often it was tried. */
  readonly run: (limits: Partial<Limits>) => Promise<number>;
};

/** Limits that a canary may lift. */
export type Limits = { readonly handshakeMs: number; readonly frameBytesMax: number; readonly connectionsMax: number };

/** A row whose subject is not in the protocol yet. */
export type Waiting = {
  readonly how: "waits";
  readonly id: string;
  readonly family: Family;
  readonly name: string;
  readonly mustObserve: string;
  readonly why: string;
};

export type Row = Behaviour | Encounter | Waiting;

/** Breaks the run where something that must be observed was not. */
export function must(condition: boolean, what: string): void {
  if (!condition) broken("MustObserve", what);
}

export function mustTell({ told }: Sight, what: string, least = 1): void {
  const count = told.get(what) ?? 0;
  must(count >= least, `the lie was not told: "${what}" ${count} times, expected ${least}`);
}

/** Tells "proven" where an honest node keeps evidence against a liar. */
export function tellProven({ world, stage }: Sight): void {
  const accused = world.nodes.flatMap(({ disk }) => disk.evidence.flatMap((one) => one.accused));
  if (accused.some((one) => stage.liars.includes(one))) stage.tell("proven");
}

/** Sizes of most rows: f = 1, 1, 2, 3. */
export const allSizes: readonly number[] = [4, 5, 7, 10];
/** As many as the cluster bears, together. */
export const allOfThem = (faulty: number): number => faulty;
/** Two together where the cluster bears two: n = 7. */
export const aPair = (faulty: number): number => Math.min(2, faulty);
