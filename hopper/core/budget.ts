/**
 * A bound on the work of checking one module, counted in types looked at: inference can make types that are exponentially
 * larger than the text, and every replica checks what is published.
 */
export class OverBudget extends Error {}

/** Some 0.2 s; a module of 500 lines needs a few percent of it. */
const stepsMax = 5_000_000;

let left = Number.POSITIVE_INFINITY;

export function step(): void {
  left--;
  if (left < 0) throw new OverBudget();
}

/** The result of `run`, or null where it takes too many steps: the same on every machine. */
export function withinBudget<T>(run: () => T): T | null {
  left = stepsMax;
  try {
    return run();
  } catch (error) {
    if (error instanceof OverBudget) return null;
    throw error;
  } finally {
    left = Number.POSITIVE_INFINITY;
  }
}
