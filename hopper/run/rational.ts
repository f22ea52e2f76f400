/** Exact fractions, always reduced. */
import { costTable } from "../ir/cost-table.ts";
import { fault } from "./fault.ts";
import * as integer from "./integer.ts";
import type { Int, Rat } from "./value.ts";

/** Reduces; the fault DivByZero for d = 0. */
export function rat(n: Int, d: Int): Rat {
  if (d === 0) fault("DivByZero");
  if (d === 1) return { n, d };
  const by = integer.gcd(n, d);
  const signed = integer.isNegative(d) ? integer.negate(by) : by;
  return signed === 1 ? { n, d } : { n: integer.divideTruncated(n, signed), d: integer.divideTruncated(d, signed) };
}

export function addRat(a: Rat, b: Rat): Rat {
  if (a.d === 1 && b.d === 1) return { n: integer.add(a.n, b.n), d: 1 };
  return rat(integer.add(integer.multiply(a.n, b.d), integer.multiply(b.n, a.d)), integer.multiply(a.d, b.d));
}

export function negateRat({ n, d }: Rat): Rat {
  return { n: integer.negate(n), d };
}

export function multiplyRat(a: Rat, b: Rat): Rat {
  return rat(integer.multiply(a.n, b.n), integer.multiply(a.d, b.d));
}

export function divideRat(a: Rat, b: Rat): Rat {
  return rat(integer.multiply(a.n, b.d), integer.multiply(a.d, b.n));
}

export function compareRat(a: Rat, b: Rat): number {
  if (a.d === b.d) return integer.compareInt(a.n, b.n);
  return integer.compareInt(integer.multiply(a.n, b.d), integer.multiply(b.n, a.d));
}

export function floorRat({ n, d }: Rat): Int {
  return integer.divideFloor(n, d);
}

export function ceilRat({ n, d }: Rat): Int {
  return integer.negate(integer.divideFloor(integer.negate(n), d));
}

/** To the nearest multiple of `step`, the even one where two are as near; the fault DivByZero for a step of 0. */
export function roundHalfEven(a: Rat, step: Rat): Rat {
  const quotient = divideRat(a, step);
  const low = floorRat(quotient);
  const rest = addRat(quotient, { n: integer.negate(low), d: 1 });
  const half = compareRat(rest, { n: 1, d: 2 });
  const up = half > 0 || (half === 0 && integer.moduloFloor(low, 2) !== 0);
  return multiplyRat({ n: up ? integer.add(low, 1) : low, d: 1 }, step);
}

export function gasOfRat(a: Rat, b: Rat): number {
  const size = Math.max(integer.limbs(a.n), integer.limbs(a.d), integer.limbs(b.n), integer.limbs(b.d));
  if (a.d === 1 && b.d === 1) return costTable.rationalWhole + size;
  return costTable.rational * (costTable.multiply + size * size) + integer.gcdOfLimbs(size);
}
