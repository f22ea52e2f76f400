/**
 * Multiplication of field elements: two products at once.
 *
 * Column by column, six columns at a time: six sums, six factors and one more fill the sixteen registers of x86-64, where
 * other orders spill what they load (26 ns a product in place of 14). The order of these lines is the order in
 * which they run; the compiler's -O3 changes it, -O2 does not.
 *
 * Exact: no sum of a column reaches 2^53 units of its limb while the bounds of the factors (see field.ts) multiply to at
 * most 16. So it makes no difference either whether the processor fuses multiplication and addition.
 */
import { CARRY, CROSS, CROSS_SWAPPED, FG, PLAIN, SPREAD, storeShaped, WRAP } from "./field";

/** r = a b; the result passes through `shape` (see field.ts) before it is stored. r may be a or b. */
@inline
function product(r: usize, a: usize, b: usize, shape: i32): void {
  const w = v128.load(WRAP);
  let x: v128;

  // Columns 0 to 5.
  let e0 = v128.load(b, 0);
  let e1 = v128.load(b, 16);
  let e2 = v128.load(b, 32);
  let e3 = v128.load(b, 48);
  let e4 = v128.load(b, 64);
  let e5 = v128.load(b, 80);
  x = v128.load(a, 0);
  let t0 = f64x2.mul(x, e0);
  let t1 = f64x2.mul(x, e1);
  let t2 = f64x2.mul(x, e2);
  let t3 = f64x2.mul(x, e3);
  let t4 = f64x2.mul(x, e4);
  let t5 = f64x2.mul(x, e5);
  x = v128.load(a, 16);
  e5 = f64x2.mul(v128.load(b, 176), w);
  t0 = f64x2.relaxed_madd(x, e5, t0);
  t1 = f64x2.relaxed_madd(x, e0, t1);
  t2 = f64x2.relaxed_madd(x, e1, t2);
  t3 = f64x2.relaxed_madd(x, e2, t3);
  t4 = f64x2.relaxed_madd(x, e3, t4);
  t5 = f64x2.relaxed_madd(x, e4, t5);
  x = v128.load(a, 32);
  e4 = f64x2.mul(v128.load(b, 160), w);
  t0 = f64x2.relaxed_madd(x, e4, t0);
  t1 = f64x2.relaxed_madd(x, e5, t1);
  t2 = f64x2.relaxed_madd(x, e0, t2);
  t3 = f64x2.relaxed_madd(x, e1, t3);
  t4 = f64x2.relaxed_madd(x, e2, t4);
  t5 = f64x2.relaxed_madd(x, e3, t5);
  x = v128.load(a, 48);
  e3 = f64x2.mul(v128.load(b, 144), w);
  t0 = f64x2.relaxed_madd(x, e3, t0);
  t1 = f64x2.relaxed_madd(x, e4, t1);
  t2 = f64x2.relaxed_madd(x, e5, t2);
  t3 = f64x2.relaxed_madd(x, e0, t3);
  t4 = f64x2.relaxed_madd(x, e1, t4);
  t5 = f64x2.relaxed_madd(x, e2, t5);
  x = v128.load(a, 64);
  e2 = f64x2.mul(v128.load(b, 128), w);
  t0 = f64x2.relaxed_madd(x, e2, t0);
  t1 = f64x2.relaxed_madd(x, e3, t1);
  t2 = f64x2.relaxed_madd(x, e4, t2);
  t3 = f64x2.relaxed_madd(x, e5, t3);
  t4 = f64x2.relaxed_madd(x, e0, t4);
  t5 = f64x2.relaxed_madd(x, e1, t5);
  x = v128.load(a, 80);
  e1 = f64x2.mul(v128.load(b, 112), w);
  t0 = f64x2.relaxed_madd(x, e1, t0);
  t1 = f64x2.relaxed_madd(x, e2, t1);
  t2 = f64x2.relaxed_madd(x, e3, t2);
  t3 = f64x2.relaxed_madd(x, e4, t3);
  t4 = f64x2.relaxed_madd(x, e5, t4);
  t5 = f64x2.relaxed_madd(x, e0, t5);
  x = v128.load(a, 96);
  e0 = f64x2.mul(v128.load(b, 96), w);
  t0 = f64x2.relaxed_madd(x, e0, t0);
  t1 = f64x2.relaxed_madd(x, e1, t1);
  t2 = f64x2.relaxed_madd(x, e2, t2);
  t3 = f64x2.relaxed_madd(x, e3, t3);
  t4 = f64x2.relaxed_madd(x, e4, t4);
  t5 = f64x2.relaxed_madd(x, e5, t5);
  x = v128.load(a, 112);
  e5 = f64x2.mul(v128.load(b, 80), w);
  t0 = f64x2.relaxed_madd(x, e5, t0);
  t1 = f64x2.relaxed_madd(x, e0, t1);
  t2 = f64x2.relaxed_madd(x, e1, t2);
  t3 = f64x2.relaxed_madd(x, e2, t3);
  t4 = f64x2.relaxed_madd(x, e3, t4);
  t5 = f64x2.relaxed_madd(x, e4, t5);
  x = v128.load(a, 128);
  e4 = f64x2.mul(v128.load(b, 64), w);
  t0 = f64x2.relaxed_madd(x, e4, t0);
  t1 = f64x2.relaxed_madd(x, e5, t1);
  t2 = f64x2.relaxed_madd(x, e0, t2);
  t3 = f64x2.relaxed_madd(x, e1, t3);
  t4 = f64x2.relaxed_madd(x, e2, t4);
  t5 = f64x2.relaxed_madd(x, e3, t5);
  x = v128.load(a, 144);
  e3 = f64x2.mul(v128.load(b, 48), w);
  t0 = f64x2.relaxed_madd(x, e3, t0);
  t1 = f64x2.relaxed_madd(x, e4, t1);
  t2 = f64x2.relaxed_madd(x, e5, t2);
  t3 = f64x2.relaxed_madd(x, e0, t3);
  t4 = f64x2.relaxed_madd(x, e1, t4);
  t5 = f64x2.relaxed_madd(x, e2, t5);
  x = v128.load(a, 160);
  e2 = f64x2.mul(v128.load(b, 32), w);
  t0 = f64x2.relaxed_madd(x, e2, t0);
  t1 = f64x2.relaxed_madd(x, e3, t1);
  t2 = f64x2.relaxed_madd(x, e4, t2);
  t3 = f64x2.relaxed_madd(x, e5, t3);
  t4 = f64x2.relaxed_madd(x, e0, t4);
  t5 = f64x2.relaxed_madd(x, e1, t5);
  x = v128.load(a, 176);
  e1 = f64x2.mul(v128.load(b, 16), w);
  t0 = f64x2.relaxed_madd(x, e1, t0);
  t1 = f64x2.relaxed_madd(x, e2, t1);
  t2 = f64x2.relaxed_madd(x, e3, t2);
  t3 = f64x2.relaxed_madd(x, e4, t3);
  t4 = f64x2.relaxed_madd(x, e5, t4);
  t5 = f64x2.relaxed_madd(x, e0, t5);

  // Columns 6 to 11.
  e0 = v128.load(b, 96);
  e1 = v128.load(b, 112);
  e2 = v128.load(b, 128);
  e3 = v128.load(b, 144);
  e4 = v128.load(b, 160);
  e5 = v128.load(b, 176);
  x = v128.load(a, 0);
  let t6 = f64x2.mul(x, e0);
  let t7 = f64x2.mul(x, e1);
  let t8 = f64x2.mul(x, e2);
  let t9 = f64x2.mul(x, e3);
  let t10 = f64x2.mul(x, e4);
  let t11 = f64x2.mul(x, e5);
  x = v128.load(a, 16);
  e5 = v128.load(b, 80);
  t6 = f64x2.relaxed_madd(x, e5, t6);
  t7 = f64x2.relaxed_madd(x, e0, t7);
  t8 = f64x2.relaxed_madd(x, e1, t8);
  t9 = f64x2.relaxed_madd(x, e2, t9);
  t10 = f64x2.relaxed_madd(x, e3, t10);
  t11 = f64x2.relaxed_madd(x, e4, t11);
  x = v128.load(a, 32);
  e4 = v128.load(b, 64);
  t6 = f64x2.relaxed_madd(x, e4, t6);
  t7 = f64x2.relaxed_madd(x, e5, t7);
  t8 = f64x2.relaxed_madd(x, e0, t8);
  t9 = f64x2.relaxed_madd(x, e1, t9);
  t10 = f64x2.relaxed_madd(x, e2, t10);
  t11 = f64x2.relaxed_madd(x, e3, t11);
  x = v128.load(a, 48);
  e3 = v128.load(b, 48);
  t6 = f64x2.relaxed_madd(x, e3, t6);
  t7 = f64x2.relaxed_madd(x, e4, t7);
  t8 = f64x2.relaxed_madd(x, e5, t8);
  t9 = f64x2.relaxed_madd(x, e0, t9);
  t10 = f64x2.relaxed_madd(x, e1, t10);
  t11 = f64x2.relaxed_madd(x, e2, t11);
  x = v128.load(a, 64);
  e2 = v128.load(b, 32);
  t6 = f64x2.relaxed_madd(x, e2, t6);
  t7 = f64x2.relaxed_madd(x, e3, t7);
  t8 = f64x2.relaxed_madd(x, e4, t8);
  t9 = f64x2.relaxed_madd(x, e5, t9);
  t10 = f64x2.relaxed_madd(x, e0, t10);
  t11 = f64x2.relaxed_madd(x, e1, t11);
  x = v128.load(a, 80);
  e1 = v128.load(b, 16);
  t6 = f64x2.relaxed_madd(x, e1, t6);
  t7 = f64x2.relaxed_madd(x, e2, t7);
  t8 = f64x2.relaxed_madd(x, e3, t8);
  t9 = f64x2.relaxed_madd(x, e4, t9);
  t10 = f64x2.relaxed_madd(x, e5, t10);
  t11 = f64x2.relaxed_madd(x, e0, t11);
  x = v128.load(a, 96);
  e0 = v128.load(b, 0);
  t6 = f64x2.relaxed_madd(x, e0, t6);
  t7 = f64x2.relaxed_madd(x, e1, t7);
  t8 = f64x2.relaxed_madd(x, e2, t8);
  t9 = f64x2.relaxed_madd(x, e3, t9);
  t10 = f64x2.relaxed_madd(x, e4, t10);
  t11 = f64x2.relaxed_madd(x, e5, t11);
  x = v128.load(a, 112);
  e5 = f64x2.mul(v128.load(b, 176), w);
  t6 = f64x2.relaxed_madd(x, e5, t6);
  t7 = f64x2.relaxed_madd(x, e0, t7);
  t8 = f64x2.relaxed_madd(x, e1, t8);
  t9 = f64x2.relaxed_madd(x, e2, t9);
  t10 = f64x2.relaxed_madd(x, e3, t10);
  t11 = f64x2.relaxed_madd(x, e4, t11);
  x = v128.load(a, 128);
  e4 = f64x2.mul(v128.load(b, 160), w);
  t6 = f64x2.relaxed_madd(x, e4, t6);
  t7 = f64x2.relaxed_madd(x, e5, t7);
  t8 = f64x2.relaxed_madd(x, e0, t8);
  t9 = f64x2.relaxed_madd(x, e1, t9);
  t10 = f64x2.relaxed_madd(x, e2, t10);
  t11 = f64x2.relaxed_madd(x, e3, t11);
  x = v128.load(a, 144);
  e3 = f64x2.mul(v128.load(b, 144), w);
  t6 = f64x2.relaxed_madd(x, e3, t6);
  t7 = f64x2.relaxed_madd(x, e4, t7);
  t8 = f64x2.relaxed_madd(x, e5, t8);
  t9 = f64x2.relaxed_madd(x, e0, t9);
  t10 = f64x2.relaxed_madd(x, e1, t10);
  t11 = f64x2.relaxed_madd(x, e2, t11);
  x = v128.load(a, 160);
  e2 = f64x2.mul(v128.load(b, 128), w);
  t6 = f64x2.relaxed_madd(x, e2, t6);
  t7 = f64x2.relaxed_madd(x, e3, t7);
  t8 = f64x2.relaxed_madd(x, e4, t8);
  t9 = f64x2.relaxed_madd(x, e5, t9);
  t10 = f64x2.relaxed_madd(x, e0, t10);
  t11 = f64x2.relaxed_madd(x, e1, t11);
  x = v128.load(a, 176);
  e1 = f64x2.mul(v128.load(b, 112), w);
  t6 = f64x2.relaxed_madd(x, e1, t6);
  t7 = f64x2.relaxed_madd(x, e2, t7);
  t8 = f64x2.relaxed_madd(x, e3, t8);
  t9 = f64x2.relaxed_madd(x, e4, t9);
  t10 = f64x2.relaxed_madd(x, e5, t10);
  t11 = f64x2.relaxed_madd(x, e0, t11);

  // Four chains of carries side by side, then once more where they meet.
  let m: v128;
  let c: v128;
  m = v128.load(CARRY, 0);
  c = f64x2.sub(f64x2.add(t0, m), m);
  t0 = f64x2.sub(t0, c);
  t1 = f64x2.add(t1, c);
  m = v128.load(CARRY, 48);
  c = f64x2.sub(f64x2.add(t3, m), m);
  t3 = f64x2.sub(t3, c);
  t4 = f64x2.add(t4, c);
  m = v128.load(CARRY, 96);
  c = f64x2.sub(f64x2.add(t6, m), m);
  t6 = f64x2.sub(t6, c);
  t7 = f64x2.add(t7, c);
  m = v128.load(CARRY, 144);
  c = f64x2.sub(f64x2.add(t9, m), m);
  t9 = f64x2.sub(t9, c);
  t10 = f64x2.add(t10, c);
  m = v128.load(CARRY, 16);
  c = f64x2.sub(f64x2.add(t1, m), m);
  t1 = f64x2.sub(t1, c);
  t2 = f64x2.add(t2, c);
  m = v128.load(CARRY, 64);
  c = f64x2.sub(f64x2.add(t4, m), m);
  t4 = f64x2.sub(t4, c);
  t5 = f64x2.add(t5, c);
  m = v128.load(CARRY, 112);
  c = f64x2.sub(f64x2.add(t7, m), m);
  t7 = f64x2.sub(t7, c);
  t8 = f64x2.add(t8, c);
  m = v128.load(CARRY, 160);
  c = f64x2.sub(f64x2.add(t10, m), m);
  t10 = f64x2.sub(t10, c);
  t11 = f64x2.add(t11, c);
  m = v128.load(CARRY, 32);
  c = f64x2.sub(f64x2.add(t2, m), m);
  t2 = f64x2.sub(t2, c);
  t3 = f64x2.add(t3, c);
  m = v128.load(CARRY, 80);
  c = f64x2.sub(f64x2.add(t5, m), m);
  t5 = f64x2.sub(t5, c);
  t6 = f64x2.add(t6, c);
  m = v128.load(CARRY, 128);
  c = f64x2.sub(f64x2.add(t8, m), m);
  t8 = f64x2.sub(t8, c);
  t9 = f64x2.add(t9, c);
  m = v128.load(CARRY, 176);
  c = f64x2.sub(f64x2.add(t11, m), m);
  t11 = f64x2.sub(t11, c);
  t0 = f64x2.relaxed_madd(c, w, t0);
  m = v128.load(CARRY, 48);
  c = f64x2.sub(f64x2.add(t3, m), m);
  t3 = f64x2.sub(t3, c);
  t4 = f64x2.add(t4, c);
  m = v128.load(CARRY, 96);
  c = f64x2.sub(f64x2.add(t6, m), m);
  t6 = f64x2.sub(t6, c);
  t7 = f64x2.add(t7, c);
  m = v128.load(CARRY, 144);
  c = f64x2.sub(f64x2.add(t9, m), m);
  t9 = f64x2.sub(t9, c);
  t10 = f64x2.add(t10, c);
  m = v128.load(CARRY, 0);
  c = f64x2.sub(f64x2.add(t0, m), m);
  t0 = f64x2.sub(t0, c);
  t1 = f64x2.add(t1, c);

  storeShaped(r, 0, t0, shape);
  storeShaped(r, 16, t1, shape);
  storeShaped(r, 32, t2, shape);
  storeShaped(r, 48, t3, shape);
  storeShaped(r, 64, t4, shape);
  storeShaped(r, 80, t5, shape);
  storeShaped(r, 96, t6, shape);
  storeShaped(r, 112, t7, shape);
  storeShaped(r, 128, t8, shape);
  storeShaped(r, 144, t9, shape);
  storeShaped(r, 160, t10, shape);
  storeShaped(r, 176, t11, shape);
}

/** r = a b. */
export function multiply(r: usize, a: usize, b: usize): void {
  product(r, a, b, PLAIN);
}

/** r = (q - p, q + p) of (p, q) = a b. */
export function multiplySpread(r: usize, a: usize, b: usize): void {
  product(r, a, b, SPREAD);
}

/** FG = (q - p, q + p) of (p, q) = a b; then EF and HG of EH and FG. */
export function multiplyCross(a: usize, b: usize): void {
  product(FG, a, b, CROSS);
}

/** The same with F and G in each other's place. */
export function multiplyCrossSwapped(a: usize, b: usize): void {
  product(FG, a, b, CROSS_SWAPPED);
}
