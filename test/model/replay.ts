/** A path told move by move: played again, and made shorter while the same invariant still breaks. */
import { textOf } from "./explore.ts";
import { type Bounds, movesOf, play } from "./moves.ts";
import { flawOf } from "./properties.ts";
import { firstWorld, type Known } from "./world.ts";

export type Replayed = {
  readonly flaw: string | undefined;
  /** The lines up to the flaw; without the first, "start". */
  readonly played: readonly string[];
  /** The first line that is no move of its world. */
  readonly stuckAt: string | undefined;
};

export function replay(bounds: Bounds, lines: readonly string[]): Replayed {
  const known: Known = new Map();
  const played: string[] = [];
  let world = firstWorld();
  for (const line of lines) {
    if (line === "start") continue;
    const move = movesOf(world, known, bounds).find((one) => textOf(one) === line);
    if (move === undefined) return { flaw: undefined, played, stuckAt: line };
    const next = play(world, move, known);
    world = next.world;
    played.push(line);
    const flaw = next.flaw ?? flawOf(world, bounds, known);
    if (flaw !== undefined) return { flaw, played, stuckAt: undefined };
  }
  return { flaw: undefined, played, stuckAt: undefined };
}

/** A path no move of which can be left out: each ends in the same invariant broken, if perhaps at another place. */
export function shorten(bounds: Bounds, lines: readonly string[]): readonly string[] {
  const whole = replay(bounds, lines);
  let best = whole.played;
  if (whole.flaw === undefined) return best;
  const name = nameOf(whole.flaw);
  for (let size = Math.ceil(best.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let at = 0; at < best.length; ) {
      const { flaw, played } = replay(bounds, best.toSpliced(at, size));
      if (flaw !== undefined && nameOf(flaw) === name) {
        best = played;
        isShorter = true;
      } else at += size;
    }
    if (!isShorter || size > 1) {
      if (size === 1) break;
      size = Math.ceil(size / 2);
    }
  }
  return best;
}

/** The invariant's name stands before the colon, or before what follows it. */
function nameOf(flaw: string): string {
  return flaw.split(/[: ]/, 1)[0] ?? flaw;
}
