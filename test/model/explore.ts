/** Explores worlds depth first in a random order, each once, until there are no more or as many as were asked for. */
import type { Random } from "../sim/random.ts";
import { seededTape } from "../sim/tape.ts";
import { type Bounds, type Move, movesOf, play } from "./moves.ts";
import { flawOf, goalsOf } from "./properties.ts";
import { StateSet } from "./state-set.ts";
import { firstWorld, type Known, keyOfSaid, type World } from "./world.ts";

export type Exploration = {
  readonly distinct: number;
  readonly moves: number;
  readonly depth: number;
  /** How often each goal was seen. */
  readonly goals: ReadonlyMap<string, number>;
  /** True where every world within the bounds was seen. */
  readonly complete: boolean;
  readonly counterexample: { readonly flaw: string; readonly path: readonly string[] } | undefined;
};

export type Plan = {
  readonly bounds: Bounds;
  readonly statesMax: number;
  readonly depthMax: number;
  readonly seed: number;
  /** Milliseconds on the clock of `performance.now`. */
  readonly until?: number;
  /** Distinct worlds after which it begins again at the first one, in another order. */
  readonly restartEvery: number;
  readonly onProgress?: (distinct: number) => void;
};

/** Moves at random before a search begins anew. */
const wanderMax = 45;

type Frame = { readonly world: World; readonly moves: Move[]; readonly text: string };

export function explore(plan: Plan): Exploration {
  const { bounds, statesMax, depthMax, until = Number.POSITIVE_INFINITY } = plan;
  const random = seededTape(plan.seed, false).stream("model");
  const seen = new StateSet(statesMax);
  const goals = new Map<string, number>();
  const known: Known = new Map();
  let moves = 0;
  let depth = 0;
  let complete = false;
  const first = firstWorld();
  seen.add(wholeKey(first));
  const count = (goal: string): void => void goals.set(goal, (goals.get(goal) ?? 0) + 1);
  const over = (): boolean => seen.size >= statesMax || performance.now() > until;
  const frameOf = (world: World, text: string): Frame => ({
    world,
    moves: shuffled(movesOf(world, known, bounds), random),
    text,
  });
  /** Somewhere behind the first world, by moves at random: there most is new. */
  const wander = (steps: number): { way: Frame[]; flaw: string | undefined } => {
    const way = [frameOf(first, "start")];
    for (let i = 0; i < steps; i++) {
      const top = way.at(-1);
      const move = top?.moves.pop();
      if (top === undefined || move === undefined) break;
      const { world, flaw: ofMove } = play(top.world, move, known);
      way.push(frameOf(world, textOf(move)));
      const flaw = ofMove ?? flawOf(world, bounds, known);
      if (flaw !== undefined) return { way, flaw };
    }
    // Only what lies behind the last of them is looked through.
    for (const frame of way.slice(0, -1)) frame.moves.length = 0;
    return { way, flaw: undefined };
  };
  const result = (counterexample: Exploration["counterexample"]): Exploration => ({
    distinct: seen.size,
    moves,
    depth,
    goals,
    complete: complete && counterexample === undefined,
    counterexample,
  });
  for (let round = 0; !over() && !complete; round++) {
    const from = seen.size;
    const { way: path, flaw: onTheWay } =
      round === 0 ? { way: [frameOf(first, "start")], flaw: undefined } : wander(random.between(1, wanderMax));
    if (onTheWay !== undefined) return result({ flaw: onTheWay, path: path.map((frame) => frame.text) });
    let whole = round === 0;
    while (path.length > 0) {
      if (over() || seen.size - from >= plan.restartEvery) {
        whole = false;
        break;
      }
      const top = path.at(-1);
      const move = top?.moves.pop();
      if (top === undefined || move === undefined) {
        path.pop();
        continue;
      }
      moves++;
      const { world, flaw: ofMove, accused } = play(top.world, move, known);
      // Most moves change nothing: what was heard before, or comes too early or too late.
      const isSame = world.nodes[move.node]?.key === top.world.nodes[move.node]?.key && world.said === top.world.said;
      if (accused.length > 0) count("evidence of a lie is kept");
      if (ofMove === undefined && ((isSame && world.crashes === top.world.crashes) || !seen.add(wholeKey(world))))
        continue;
      const text = textOf(move);
      const flaw = ofMove ?? flawOf(world, bounds, known);
      if (flaw !== undefined) return result({ flaw, path: [...path.map((frame) => frame.text), text] });
      for (const goal of goalsOf(top.world, world, bounds)) count(goal);
      if (move.tornAfter !== undefined) count("a node crashes in the midst of its writes");
      if (seen.size % 1000 === 0) plan.onProgress?.(seen.size);
      depth = Math.max(depth, path.length);
      if (path.length >= depthMax) {
        whole = false;
        continue;
      }
      path.push(frameOf(world, text));
    }
    complete = whole;
  }
  return result(undefined);
}

/** A move as a line of a path; tells it apart from every other move of its world. */
export function textOf({ node, text }: Move): string {
  return `node ${node}: ${text}`;
}

function wholeKey({ nodes, said, crashes }: World): string {
  return `${nodes.map(({ key }) => key).join("\n")}\n${keyOfSaid(said)}\n${crashes}`;
}

function shuffled(moves: Move[], random: Random): Move[] {
  for (let i = moves.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    const [a, b] = [moves[i], moves[j]];
    if (a !== undefined && b !== undefined) {
      moves[i] = b;
      moves[j] = a;
    }
  }
  return moves;
}
