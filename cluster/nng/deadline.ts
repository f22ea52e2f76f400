/** A deadline that costs one clock reading when it moves, and that does not blame a peer for our own busy thread. */

export type Deadline = {
  /** Replaces what was expected; `ms` must not shrink while something is expected. */
  expectWithin(ms: number): void;
  /** Nothing is expected, and no timer is left. */
  clear(): void;
  /** Nothing is expected; a running timer is kept for the next expectation of at least the same length. */
  met(): void;
  expecting(): boolean;
};

/** Calls `missed` at most once for each expectation. */
export function createDeadline(missed: () => void): Deadline {
  let timer: NodeJS.Timeout | undefined;
  /** On the clock of `performance.now()`; infinite while nothing is expected. */
  let at = Number.POSITIVE_INFINITY;

  function check(): void {
    timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const left = at - performance.now();
    if (left > 0) {
      timer = setTimeout(check, Math.ceil(left));
      return;
    }
    // After a long task timers run before sockets are read: read what has come, then judge.
    const judged = at;
    setImmediate(() => {
      if (at !== judged) return;
      at = Number.POSITIVE_INFINITY;
      missed();
    });
  }

  return {
    expectWithin(ms) {
      at = performance.now() + ms;
      timer ??= setTimeout(check, ms);
    },
    clear() {
      at = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
      timer = undefined;
    },
    met() {
      at = Number.POSITIVE_INFINITY;
    },
    expecting: () => at !== Number.POSITIVE_INFINITY,
  };
}
