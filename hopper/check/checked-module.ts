/** A module that has passed every check, and what other modules see of it. */
import type { CoreLaw, CoreModule, CoreTest, Effects, Migration } from "../core/module.ts";
import type { DataType } from "../core/type.ts";
import type { Value } from "./names.ts";

export type CheckedModule = {
  readonly path: string;
  /** SHA-256 of `bytes`, lower-case hex. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly core: CoreModule;
  readonly types: ReadonlyMap<string, DataType>;
  /** Constructors, and functions that are `pub`. */
  readonly values: ReadonlyMap<string, Value>;
  /** By index of the function. */
  readonly effects: readonly Effects[];
  readonly tests: readonly CoreTest[];
  readonly laws: readonly CoreLaw[];
  readonly migrations: readonly Migration[];
};
