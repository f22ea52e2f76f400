/** Values at run time. They are never changed once made, so they are shared freely. */
import type { Linked } from "./execution.ts";

/** Whole numbers: a number up to 2^53-1 either way, beyond that a bigint, and never the other one. */
export type Int = number | bigint;

/** Reduced; the denominator is above 0. */
export type Rat = { readonly n: Int; readonly d: Int };

/** A tuple, or a constructor with its fields: the tag comes first. Tuples have tag 0. */
export type Data = readonly [tag: number, ...fields: Value[]];

/** Bytes as a string of characters below 256: such strings join, compare and serve as keys without being copied. */
export type Bytes = { readonly bytes: string };

export type List = { readonly items: readonly Value[] };

/** In ascending order of their keys' canonical bytes, each key once. */
export type Dictionary = { readonly entries: readonly MapEntry[] };
export type MapEntry = { readonly order: string; readonly key: Value; readonly value: Value };

/** A function with what it captured; it runs under the very version of the module that made it. */
export type Closure = { readonly module: Linked; readonly index: number; readonly captured: readonly Value[] };

export type Value = Int | boolean | string | Bytes | Rat | Data | List | Dictionary | Closure;

export const unit: Data = [0];
export const nothing: Data = [0];

export function just(value: Value): Data {
  return [1, value];
}

/** Tags of principals. */
export const principal = { key: 0, atLeast: 1, module: 2, role: 3 } as const;
