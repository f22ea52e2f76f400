/** Makes failures small: tapes from a seed, and the shortest tape found on which a test still fails. */

/** Numbers below 2^20, the same for the same seed (mulberry32). */
export function tapeOf(seed: number, length: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 12;
  });
}

const attemptsMax = 4000;

/**
 * Leaves out pieces of a failing tape, then puts zeros for its numbers, as long as `fails` still tells an error. Gives the smallest
 * one's error.
 */
export function smallest(
  tape: readonly number[],
  fails: (tape: readonly number[]) => Error | undefined,
): { readonly tape: readonly number[]; readonly error: Error } | undefined {
  const start = fails(tape);
  if (start === undefined) return undefined;
  let best = { tape, error: start };
  let attempts = 0;
  const better = (next: readonly number[]): boolean => {
    if (attempts++ > attemptsMax) return false;
    const error = fails(next);
    if (error === undefined) return false;
    best = { tape: next, error };
    return true;
  };
  for (let improved = true; improved && attempts < attemptsMax; ) {
    improved = false;
    for (let size = 256; size >= 1; size = Math.floor(size / 2)) {
      for (let at = Math.max(0, best.tape.length - size); at >= 0; at -= size) {
        const rest = best.tape.slice(at + size);
        if (size <= best.tape.length && better([...best.tape.slice(0, at), ...rest])) improved = true;
        else if (best.tape.slice(at, at + size).some((n) => n !== 0)) {
          if (better([...best.tape.slice(0, at), ...best.tape.slice(at, at + size).fill(0), ...rest])) improved = true;
        }
        if (at > 0 && at < size) at = size;
      }
    }
  }
  return best;
}
