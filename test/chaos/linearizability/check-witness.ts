/**
 * Linearizability with a witness: each answer carries the place its command has in the order, so that no search is
 * needed. What is checked: places are used once, they follow real time, and the answers are those of that order.
 * O(n log n), for histories of any length.
 */
import type { History, Model, Operation } from "./operation.ts";

export type Witnessed<Input, Output> = Operation<Input, Output> & {
  /** Undefined where nobody knows whether it took effect. */
  readonly index: number | undefined;
};

/** Undefined where the order explains the history, else one line that says why not. */
export function flawOfOrder<Input, Output>(history: readonly Witnessed<Input, Output>[]): string | undefined {
  const placed = history
    .flatMap((one) => (one.index === undefined ? [] : [{ ...one, index: one.index }]))
    .sort((a, b) => a.index - b.index);
  for (const [i, one] of placed.entries()) {
    const previous = placed[i - 1];
    if (previous?.index === one.index) return `index ${one.index} was given to two commands`;
  }
  // From the end: the earliest return of all that have a higher index must not be before a call.
  let earliest: (typeof placed)[number] | undefined;
  for (const one of placed.toReversed()) {
    if (earliest !== undefined && earliest.returnedAt < one.calledAt) {
      const [a, b] = [earliest, one];
      return `index ${a.index} returned at ${a.returnedAt} ms, before index ${b.index} was called at ${b.calledAt} ms`;
    }
    if (earliest === undefined || one.returnedAt < earliest.returnedAt) earliest = one;
  }
  return undefined;
}

/** What took effect, in order: `output` is undefined where no client was told of it. */
export type Effect<Input, Output> = {
  readonly index: number;
  readonly input: Input;
  readonly output: Output | undefined;
};

/** Steps the model by everything that took effect; the reason names the first index whose answer is another. */
export function replay<State, Input, Output>(
  model: Model<State, Input, Output>,
  effects: readonly Effect<Input, Output>[],
): { readonly ok: true; readonly state: State } | { readonly ok: false; readonly reason: string } {
  let state = model.initial;
  for (const { index, input, output } of effects) {
    const after = model.step(state, input, output);
    if (after === undefined) {
      const told = `${JSON.stringify(input)} answered ${JSON.stringify(output)}`;
      return { ok: false, reason: `index ${index}: ${told}, which does not follow from what is before it` };
    }
    state = after;
  }
  return { ok: true, state };
}

/** The operations without their witness, for the search. */
export function withoutWitness<Input, Output>(history: readonly Witnessed<Input, Output>[]): History<Input, Output> {
  return history.map(({ input, output, calledAt, returnedAt }) => ({ input, output, calledAt, returnedAt }));
}
