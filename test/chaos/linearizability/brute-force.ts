/** The definition of linearizability, word for word: tries every order. For a handful of operations, to check the checker. */
import type { History, Model } from "./operation.ts";

export function isLinearizableByDefinition<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): boolean {
  function extend(state: State, left: History<Input, Output>): boolean {
    if (left.every(({ output }) => output === undefined)) return true;
    return left.some((one) => {
      if (left.some(({ returnedAt }) => returnedAt < one.calledAt)) return false;
      const after = model.step(state, one.input, one.output);
      if (after === undefined) return false;
      return extend(
        after,
        left.filter((other) => other !== one),
      );
    });
  }
  return extend(model.initial, history);
}
