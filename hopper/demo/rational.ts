/** Exact fractions: always reduced, denominator always positive, so equal values are equal fields. */
import { storedAmountCharsMax } from "./limits.ts";

export type Rational = { readonly n: bigint; readonly d: bigint };

export const zero: Rational = { n: 0n, d: 1n };

/** The reduced fraction n/d; `d` must not be 0, which the caller has to refuse with a text of its own. */
export function rational(n: bigint, d: bigint): Rational {
  if (d === 0n) throw new Error("assert: a fraction with denominator 0");
  if (d === 1n) return { n, d };
  const g = greatestCommonDivisor(n < 0n ? -n : n, d < 0n ? -d : d);
  const unit = d < 0n ? -g : g;
  return { n: n / unit, d: d / unit };
}

export function add(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return rational(a.n + b.n, a.d);
  return rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { n: -b.n, d: b.d });
}

export function isLess(a: Rational, b: Rational): boolean {
  return a.d === b.d ? a.n < b.n : a.n * b.d < b.n * a.d;
}

/** True where numerator and denominator each need at most `bits` bits, the sign not counted. */
export function fitsBits(r: Rational, bits: number): boolean {
  // Nearly every amount is below 2^63; the shift allocates, so it is kept for the others.
  if (r.d < smallMax && r.n < smallMax && -smallMax < r.n) return bits >= 63 || (fits(r.n, bits) && fits(r.d, bits));
  return fits(r.n, bits) && fits(r.d, bits);
}

const smallMax = 1n << 63n;

function fits(value: bigint, bits: number): boolean {
  return (value < 0n ? -value : value) >> BigInt(bits) === 0n;
}

/** The stored form, "n%d". */
export function formatRational(r: Rational): string {
  return `${r.n}%${r.d}`;
}

const storedForm = /^(0|-?[1-9][0-9]*)%([1-9][0-9]*)$/;

/** Reads exactly what `formatRational` writes; null for any other text, also for one of another length or not reduced. */
export function readStoredRational(text: string): Rational | null {
  if (text.length > storedAmountCharsMax) return null;
  const match = storedForm.exec(text);
  if (match === null) return null;
  const [, n = "", d = ""] = match;
  const value = rational(BigInt(n), BigInt(d));
  return formatRational(value) === text ? value : null;
}

/** Of two numbers that are not negative and not both 0. */
function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
