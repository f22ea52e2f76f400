/** Values of literals, in their one form. */
import { canonical } from "./integer.ts";
import { rat } from "./rational.ts";
import type { Int, Rat } from "./value.ts";

/** Also of Nat, Time and Duration, the last two in milliseconds. */
export function intOf(value: bigint): Int {
  return canonical(value);
}

/** The denominator is not 0. */
export function ratOf(numerator: bigint, denominator: bigint): Rat {
  return rat(canonical(numerator), canonical(denominator));
}
