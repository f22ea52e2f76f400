/**
 * Whether a history is linearizable: whether each operation can be thought to happen at one moment between its call and
 * its return, so that a sequential model gives the same answers.
 *
 * Source: Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with the memory of Lowe, "Testing for
 * linearizability" (2017), and the partition by Horn and Kroening, "Faster linearizability checking via
 * P-compositionality" (2015).
 */
import type { History, Model, Operation } from "./operation.ts";
import { partition } from "./partition.ts";
import { searchOrder } from "./search-order.ts";

export type Verdict<Input, Output> =
  | { readonly result: "linearizable"; readonly parts: number; readonly steps: number }
  /** `placed` is the end of the longest order found; `stuck` what returned first of all that fit nowhere behind it. */
  | {
      readonly result: "not linearizable";
      readonly part: History<Input, Output>;
      readonly placed: readonly Operation<Input, Output>[];
      readonly stuck: Operation<Input, Output> | undefined;
    }
  /** The time was over; this must count as a failure, or a slow machine would pass everything. */
  | { readonly result: "unknown"; readonly part: History<Input, Output>; readonly steps: number };

/** Searches each independent part of the history, `budgetMs` milliseconds in all. */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  budgetMs: number,
): Verdict<Input, Output> {
  for (const { calledAt, returnedAt, output } of history) {
    if (!(returnedAt >= calledAt)) throw new Error(`an operation called at ${calledAt} returned at ${returnedAt}`);
    if ((output === undefined) !== (returnedAt === Number.POSITIVE_INFINITY))
      throw new Error("an operation without an output returns at infinity, and no other does");
  }
  const deadline = performance.now() + budgetMs;
  const parts = partition(model, history);
  let steps = 0;
  for (const part of parts) {
    const found = searchOrder(model, part, deadline);
    steps += found.steps;
    if (found.result === "unknown") return { result: "unknown", part, steps };
    if (found.result === "not linearizable") {
      const { placed, stuck } = found;
      return { result: "not linearizable", part, placed, stuck };
    }
  }
  return { result: "linearizable", parts: parts.length, steps };
}
