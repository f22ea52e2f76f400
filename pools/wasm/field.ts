/**
 * The field of 2^255 - 19: two elements side by side in the lanes of twelve vectors.
 *
 * An element is the sum of twelve doubles; limb i is a multiple of 2^ceil(21.25 i), so that a sum of products of limbs is
 * exact in the 53 bits of a double. Its *bound* is how many times half the width of its limb a limb may reach: a product
 * or square has bound 1 (and 1/100, from the last carry), a sum the sum of its parts' bounds. The bounds of two factors
 * may multiply to 16. (Bernstein, Curve25519, 2006, §4, with shorter limbs, since a double here has 53 bits and not 64.)
 *
 * In memory: twelve vectors, 192 bytes, limb i of both elements in vector i.
 */

export const FIELD_BYTES: usize = 192;

/** What splits limb i's carry off when added and subtracted again: 3 * 2^51 units of limb i + 1. */
export const CARRY: usize = memory.data(192, 16);
/** 19 * 2^-255, twice: brings what is above 2^255 down. */
export const WRAP: usize = memory.data(16, 16);

/** Shapes in which a product (a, b) can be stored: as it is; as (b - a, b + a); and two of point.ts. */
export const PLAIN: i32 = 0;
export const SPREAD: i32 = 1;
export const CROSS: i32 = 2;
export const CROSS_SWAPPED: i32 = 3;

/** The pairs of point.ts: (E, H), (F, G), and from them (E, F) and (H, G). */
export const EH: usize = memory.data(192, 16);
export const FG: usize = memory.data(192, 16);
export const EF: usize = memory.data(192, 16);
export const HG: usize = memory.data(192, 16);

/** Position of limb i's lowest bit: ceil(21.25 i). */
@inline
export function position(limb: i32): i32 {
  return (limb * 85 + 3) >> 2;
}

/** 2^exponent as a double. */
@inline
export function power(exponent: i32): f64 {
  return reinterpret<f64>(<u64>(1023 + exponent) << 52);
}

for (let i = 0; i < 12; i++) {
  v128.store(CARRY + 16 * i, f64x2.splat(6755399441055744.0 * power(position(i + 1))));
}
v128.store(WRAP, f64x2.splat(19.0 * power(-255)));

@inline
export function swapLanes(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 0);
}

/** (a, b) to (b - a, b + a). */
@inline
export function differenceSum(v: v128): v128 {
  return f64x2.add(swapLanes(v), v128.xor(v, i64x2(i64.MIN_VALUE, 0)));
}

/** Stores one vector of a product in the shape asked for; `shape` is known when this is compiled. */
@inline
export function storeShaped(at: usize, offset: usize, v: v128, shape: i32): void {
  if (shape == PLAIN) v128.store(at + offset, v);
  else if (shape == SPREAD) v128.store(at + offset, differenceSum(v));
  else {
    const d = differenceSum(v);
    const fg = shape == CROSS ? d : swapLanes(d);
    const eh = v128.load(EH + offset);
    v128.store(at + offset, fg);
    v128.store(EF + offset, v128.shuffle<i64>(eh, fg, 0, 2));
    v128.store(HG + offset, v128.shuffle<i64>(eh, fg, 1, 3));
  }
}

/** r = a + b. */
export function add(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 192; i += 16) v128.store(r + i, f64x2.add(v128.load(a + i), v128.load(b + i)));
}

/** r = a - b. */
export function subtract(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 192; i += 16) v128.store(r + i, f64x2.sub(v128.load(a + i), v128.load(b + i)));
}

export function copy(r: usize, a: usize): void {
  memory.copy(r, a, 192);
}

/** Puts a small whole number into one lane. */
export function setSmall(r: usize, lane: usize, value: f64): void {
  for (let i: usize = 0; i < 192; i += 16) store<f64>(r + i + 8 * lane, 0.0);
  store<f64>(r + 8 * lane, value);
}
