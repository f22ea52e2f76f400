/** Registers by name, read and written: the simplest model, for tests of the checker. */
import type { Model } from "./operation.ts";

export type RegisterInput =
  | { readonly kind: "read"; readonly register: string }
  | { readonly kind: "write"; readonly register: string; readonly value: number };

/** What was read, or null for what a write answers. */
export type RegisterOutput = { readonly value: number | null };

/** One state for a part of the history: with parts apart there is one register in each. */
export const registerModel: Model<number, RegisterInput, RegisterOutput> = {
  initial: 0,
  step: (state, input, output) => {
    if (input.kind === "write") return input.value;
    return output === undefined || output.value === state ? state : undefined;
  },
  keyOf: String,
  touches: ({ register }) => [register],
};
