/**
 * Exact whole numbers. Small ones are JS numbers for speed; `+ 0` turns JavaScript's minus zero, which has other bytes, into
 * zero. Nothing else in the evaluators may use operators on Hopper's numbers.
 */
import { costTable, limits } from "../ir/cost-table.ts";
import { fault } from "./fault.ts";
import type { Int } from "./value.ts";

/** Next to the greatest and the least number there may be. */
const end = 1n << BigInt(limits.integerBits);
const lowEnd = -end;

/** In canonical form; the fault TooLarge where it has more bits than allowed. */
export function canonical(value: bigint): Int {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
  if (value >= end || value <= lowEnd) fault("TooLarge");
  return value;
}

/** Numbers are measured by comparing: to count digits takes a thousand times as long. Sizes are sought in two strides, so that tables stay small. */
const stride = 32;
/** 2^64, 2^128 and so on. */
const limbEnds: readonly bigint[] = Array.from({ length: stride }, (_, i) => 1n << BigInt(64 * (i + 1)));
/** Of 32 limbs, 64 limbs and so on, up to twice the limit: products are no longer. */
const strideEnds: readonly bigint[] = Array.from(
  { length: (2 * limits.integerBits) / (64 * stride) },
  (_, i) => 1n << BigInt(64 * stride * (i + 1)),
);

/** How many of these are not above x. */
function endsWithin(ends: readonly bigint[], x: bigint): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x < (ends[middle] as bigint)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** 64-bit limbs of |x|, at least 1. */
export function limbs(x: Int): number {
  if (typeof x === "number") return 1;
  const size = x < 0n ? -x : x;
  // Most are short.
  for (let i = 0; i < 8; i++) if (size < (limbEnds[i] as bigint)) return i + 1;
  const strides = endsWithin(strideEnds, size);
  return strides * stride + endsWithin(limbEnds, strides === 0 ? size : size >> BigInt(64 * stride * strides)) + 1;
}

/** Bytes of |x|. */
export function bytesOf(x: bigint): number {
  const whole = limbs(x) - 1;
  const top = (x < 0n ? -x : x) >> BigInt(64 * whole);
  return 8 * whole + Math.ceil(top.toString(16).length / 2);
}

/** Bits of |x|, up to 7 too many. */
function bitsOf(x: bigint): number {
  return 8 * bytesOf(x);
}

/** Before the work is done: a product may be too large to be made at all. */
function refuseHuge(a: Int, b: Int): void {
  if ((limbs(a) + limbs(b)) * 64 > limits.integerBits * 2) fault("TooLarge");
}

export function add(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum + 0;
  }
  return canonical(BigInt(a) + BigInt(b));
}

export function subtract(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference + 0;
  }
  return canonical(BigInt(a) - BigInt(b));
}

export function multiply(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  refuseHuge(a, b);
  return canonical(BigInt(a) * BigInt(b));
}

export function negate(a: Int): Int {
  return typeof a === "number" ? 0 - a : canonical(-a);
}

/** Rounds towards minus infinity; the fault DivByZero for b = 0. */
export function divideFloor(a: Int, b: Int): Int {
  const quotient = divideTruncated(a, b);
  const rest = remainder(a, b);
  return rest !== 0 && isNegative(rest) !== isNegative(b) ? subtract(quotient, 1) : quotient;
}

/** Has the sign of b. */
export function moduloFloor(a: Int, b: Int): Int {
  const rest = remainder(a, b);
  return rest !== 0 && isNegative(rest) !== isNegative(b) ? add(rest, b) : rest;
}

/** Rounds towards zero. */
export function divideTruncated(a: Int, b: Int): Int {
  if (b === 0) fault("DivByZero");
  // A quotient that is not whole is at least 1/b below the next whole number; below 2^53, doubles err by less than that.
  if (typeof a === "number" && typeof b === "number") return Math.trunc(a / b) + 0;
  return canonical(BigInt(a) / BigInt(b));
}

/** Has the sign of a. */
export function remainder(a: Int, b: Int): Int {
  if (b === 0) fault("DivByZero");
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return canonical(BigInt(a) % BigInt(b));
}

export function gcd(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    let [x, y] = [Math.abs(a), Math.abs(b)];
    while (y !== 0) [x, y] = [y, x % y];
    return x + 0;
  }
  const x = BigInt(a) < 0n ? -BigInt(a) : BigInt(a);
  const y = BigInt(b) < 0n ? -BigInt(b) : BigInt(b);
  return canonical(x < y ? gcdOfLarge(y, x) : gcdOfLarge(x, y));
}

/** Leading bits that Lehmer's steps look at: sums and products of what comes of them are exact as doubles. */
const leadingBits = 48;

/**
 * For x >= y. Euclid's steps are tried on the leading bits and done to the numbers some twenty at a time (Knuth, volume 2, 4.5.2,
 * algorithm L): on the longest numbers one by one takes more than a second.
 */
function gcdOfLarge(x: bigint, y: bigint): bigint {
  let bits = bitsOf(x);
  while (y > 9007199254740991n) {
    let shift = BigInt(bits - leadingBits);
    while (bits > leadingBits + 4 && x >> shift < 1n << BigInt(leadingBits - 4)) {
      bits -= 4;
      shift = BigInt(bits - leadingBits);
    }
    const [a, b, c, d] = trialSteps(Number(x >> shift), Number(y >> shift));
    if (b === 0) [x, y] = [y, x % y];
    else [x, y] = [BigInt(a) * x + BigInt(b) * y, BigInt(c) * x + BigInt(d) * y];
  }
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Factors for as many of Euclid's steps as are sure whatever the bits below: x becomes a*x + b*y, and y becomes c*x + d*y. */
function trialSteps(x: number, y: number): readonly [a: number, b: number, c: number, d: number] {
  let [a, b, c, d] = [1, 0, 0, 1];
  while (y + c !== 0 && y + d !== 0) {
    const quotient = Math.floor((x + a) / (y + c));
    if (quotient !== Math.floor((x + b) / (y + d))) break;
    [a, b, c, d] = [c, d, a - quotient * c, b - quotient * d];
    [x, y] = [y, x - quotient * y];
  }
  return [a, b, c, d];
}

/** Numbers and bigints compare by value in JavaScript, too. */
export function compareInt(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isNegative(a: Int): boolean {
  return a < 0;
}

/** What the gcd of two numbers of this size costs. */
export function gcdOfLimbs(size: number): number {
  return costTable.gcd * size * size + costTable.gcdLimb * (size - 1);
}

export const gasOf = {
  add: (a: Int, b: Int): number => costTable.add + Math.max(limbs(a), limbs(b)),
  multiply: (a: Int, b: Int): number => costTable.multiply + limbs(a) * limbs(b),
  divide: (a: Int, b: Int): number => costTable.divide + 2 * limbs(a) * limbs(b),
  gcd: (a: Int, b: Int): number => gcdOfLimbs(Math.max(limbs(a), limbs(b))),
} as const;
