/** Randomness that a seed repeats: the order in which a benchmark measures its series, and whom it picks. */

export type Random = {
  /** A whole number from 0, below a bound of at most 2^32. */
  readonly below: (bound: number) => number;
  /** A copy in another order. */
  readonly shuffled: <T>(items: readonly T[]) => T[];
};

/** Mulberry32: enough for benchmarks. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  return {
    below,
    shuffled: <T>(items: readonly T[]): T[] => {
      const rest = [...items];
      const drawn: T[] = [];
      while (rest.length > 0) drawn.push(...rest.splice(below(rest.length), 1));
      return drawn;
    },
  };
}
