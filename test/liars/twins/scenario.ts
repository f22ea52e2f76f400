/**
 * Scenarios of twins: unmodified nodes that run twice behind one key, and for each term who may lead it and who hears whom. For
 * n = 4 and three terms all can be counted; beyond that they are drawn. Source: Bano et al., "Twins: BFT Systems Made Robust".
 */

import { faultyMax } from "../../../wire/quorum.ts";
import type { NodeId } from "../../../wire/types.ts";
import { seededTape } from "../../sim/tape.ts";

/** One term: nobody but `leader` may ask for votes, and frames pass within a group only. */
export type Round = {
  readonly leader: NodeId;
  /** The group of each place: the nodes by id, then the second copies of the twins. */
  readonly groups: readonly number[];
};

export type Scenario = {
  readonly nodes: number;
  readonly twins: readonly NodeId[];
  readonly rounds: readonly Round[];
  readonly seed: number;
};

/** Node 1 and those behind it are the twins: they are the first candidates of the first terms. */
function twinsOf(nodes: number): readonly NodeId[] {
  return Array.from({ length: faultyMax(nodes) }, (_, at) => (at + 1) as NodeId);
}

const smallNodes = 4;
const smallPlaces = 5;
const smallRounds = 3;
/** Partitions of five places into one or two groups: place 0 is in group 0, each of the others in either. */
const partitions: number = 2 ** (smallPlaces - 1);
const choices: number = partitions * smallNodes;

/**
 * All scenarios of n = 4 with one twin over three terms: (16 partitions x 4 leaders)^3 = 262,144. The two copies of the twin are
 * alike; of two scenarios that differ by their places only, the first is left: 147,456.
 */
export function* allSmall(): Generator<Scenario> {
  for (let number = 0; number < choices ** smallRounds; number++) {
    const scenario = smallScenario(number);
    if (isFirst(scenario)) yield scenario;
  }
}

export const smallCount: number = (choices ** smallRounds + (choices / 2) ** smallRounds) / 2;

function smallScenario(number: number): Scenario {
  const rounds: Round[] = [];
  let rest = number;
  for (let at = 0; at < smallRounds; at++) {
    const choice = rest % choices;
    rest = Math.floor(rest / choices);
    const bits = Math.floor(choice / smallNodes);
    const groups = Array.from({ length: smallPlaces }, (_, place) => (place === 0 ? 0 : (bits >> (place - 1)) & 1));
    rounds.push({ leader: (choice % smallNodes) as NodeId, groups });
  }
  return { nodes: smallNodes, twins: twinsOf(smallNodes), rounds, seed: number };
}

/** True unless exchanging the copies gives a scenario that comes earlier: where they first part, the first copy is in group 0. */
function isFirst({ rounds, twins }: Scenario): boolean {
  const twin = twins[0] ?? 0;
  const apart = rounds.find(({ groups }) => groups[twin] !== groups[smallPlaces - 1]);
  return apart === undefined || apart.groups[twin] === 0;
}

/** A scenario of n = 4, 7 or 10 over 3 to 12 terms, in up to three groups. */
export function drawnScenario(seed: number): Scenario {
  const choose = seededTape(seed, false).stream("twins");
  const nodes = choose.pick([4, 7, 4, 10]);
  const twins = twinsOf(nodes);
  const places = nodes + twins.length;
  const rounds = Array.from({ length: choose.between(3, 12) }, (): Round => {
    const count = choose.between(1, 3);
    return {
      leader: choose.between(0, nodes - 1) as NodeId,
      groups: Array.from({ length: places }, () => choose.between(0, count - 1)),
    };
  });
  return { nodes, twins, rounds, seed };
}
