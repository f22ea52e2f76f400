/** Choices that a seed decides. */
import type { Random } from "../sim/random.ts";
import { seededTape } from "../sim/tape.ts";

/** Streams of one seed do not shift each other. */
export function seeded(seed: number, stream = "chaos"): Random {
  return seededTape(seed, false).stream(stream);
}
