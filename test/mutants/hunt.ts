/** Hunts one mutant: schedule after schedule, until the simulator says what is wrong. */
import { nobody } from "../sim/adversary.ts";
import type { Run } from "../sim/simulation.ts";
import { simulatorWith } from "./load-mutant.ts";
import { malleableCrypto } from "./malleable-crypto.ts";
import type { Mutant } from "./mutant.ts";
import { malleatingRogue, rogue } from "./rogue.ts";

export type Hunted = {
  readonly name: string;
  /** Schedules until it was caught, or all there were. */
  readonly schedules: number;
  /** The seed that caught it, and what it broke; undefined where it got away. */
  readonly caught: { readonly seed: number; readonly invariant: string; readonly message: string } | undefined;
};

/** Runs schedules by these seeds, in order. */
export async function hunt(mutant: Mutant, seeds: Iterable<number>): Promise<Hunted> {
  const simulate = await simulatorWith(mutant);
  let schedules = 0;
  for (const seed of seeds) {
    schedules++;
    const { failure } = simulate(runOf(mutant, seed));
    if (failure !== undefined) {
      const { invariant, message } = failure;
      return { name: mutant.name, schedules, caught: { seed, invariant, message: message.split("\n")[0] ?? "" } };
    }
  }
  return { name: mutant.name, schedules, caught: undefined };
}

/** Short schedules: a broken rule shows early or not at all, and the next seed is another chance. */
const sizes = { commands: 12, faultMs: 2_000, burst: 0 } as const;

/** Most clusters are small, since a quorum of few is easily fooled. */
const nodes = [4, 5, 4, 7] as const;

export function runOf(mutant: Mutant, seed: number): Run {
  const options = { ...sizes, nodes: nodes[seed % nodes.length] ?? 4, ...mutant.options };
  if (mutant.malleable === true) return { seed, options, adversary: malleatingRogue, crypto: malleableCrypto() };
  return { seed, options, adversary: mutant.liars === false ? nobody : rogue };
}

export function* seedsFrom(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed++) yield seed;
}
