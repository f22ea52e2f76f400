/**
 * Splits a history into parts that do not see each other: a history is linearizable where each part is. Things belong
 * together where some operation, also one of unknown outcome, touches both.
 */
import type { History, Model, Operation } from "./operation.ts";

export function partition<State, Input, Output>(
  { touches }: Model<State, Input, Output>,
  history: History<Input, Output>,
): readonly History<Input, Output>[] {
  if (history.length === 0) return [];
  if (touches === undefined) return [history];
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) root = up;
    parents.set(name, root);
    return root;
  };
  const named = history.map((operation) => ({ operation, names: touches(operation.input) }));
  for (const { names } of named) {
    const [first] = names;
    if (first === undefined) throw new Error("an operation that touches nothing");
    for (const name of names) parents.set(rootOf(name), rootOf(first));
  }
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const { operation, names } of named) {
    const root = rootOf(names[0] ?? "");
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [operation]);
    else part.push(operation);
  }
  return [...parts.values()];
}
