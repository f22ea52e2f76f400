/** The wait between tries to connect. */

/** Milliseconds, both above 0. */
export type Backoff = { readonly min: number; readonly max: number };

/**
 * The wait after so many failures in a row, at least 1: `min`, doubled for each further one up to `max`, less a part
 * up to half chosen by `random` in [0, 1), so that peers of a node that came back do not knock all at once.
 */
export function backoffWaitMs(failuresInRow: number, backoff: Backoff, random: number): number {
  // Beyond 2^30 any sensible maximum is reached, and the power must not become infinite.
  const doublings = Math.min(Math.max(failuresInRow - 1, 0), 30);
  return Math.min(backoff.max, backoff.min * 2 ** doublings) * (1 - random / 2);
}
