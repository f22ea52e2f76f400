/** Points from their encodings, four at once (RFC 8032 §5.1.3, with what ZIP-215 lets pass). */
import { add, copy, FIELD_BYTES, setSmall, subtract } from "./field";
import { fromBytes, isOdd, isZero } from "./encoding";
import { multiply } from "./multiply";
import { setTwiceD } from "./point";
import { square } from "./square";

/** d = -121665/121666 and a square root of -1, little-endian (RFC 8032 §5.1). */
const D_BYTES: usize = memory.data<u64>([
  0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73,
]);
const ROOT_BYTES: usize = memory.data<u64>([
  0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b,
]);

const D: usize = memory.data(192, 16);
const ROOT: usize = memory.data(192, 16);
const ONE: usize = memory.data(192, 16);
// Two pairs each: four elements.
const Y: usize = memory.data(384, 16);
const U: usize = memory.data(384, 16);
const V: usize = memory.data(384, 16);
const X: usize = memory.data(384, 16);
const A: usize = memory.data(384, 16);
const B: usize = memory.data(384, 16);
const C: usize = memory.data(384, 16);

for (let lane: usize = 0; lane < 2; lane++) {
  fromBytes(D, lane, D_BYTES);
  fromBytes(ROOT, lane, ROOT_BYTES);
  setSmall(ONE, lane, 1.0);
}
setTwiceD(D);

@inline
function multiplyFour(r: usize, a: usize, b: usize): void {
  multiply(r, a, b);
  multiply(r + 192, a + 192, b + 192);
}

/** r = a^(2^times). */
function squareFour(r: usize, a: usize, times: i32): void {
  square(r, a);
  square(r + 192, a + 192);
  for (let i = 1; i < times; i++) {
    square(r, r);
    square(r + 192, r + 192);
  }
}

/** B = A^((p - 5) / 8) = A^(2^252 - 3), by way of 2^250 - 1; uses C and X. */
function raise(): void {
  squareFour(B, A, 1);
  squareFour(C, B, 2);
  multiplyFour(C, A, C);
  multiplyFour(B, B, C);
  squareFour(B, B, 1);
  multiplyFour(B, C, B); // 2^5 - 1
  squareFour(C, B, 5);
  multiplyFour(B, C, B); // 2^10 - 1
  squareFour(C, B, 10);
  multiplyFour(C, C, B); // 2^20 - 1
  squareFour(X, C, 20);
  multiplyFour(C, X, C); // 2^40 - 1
  squareFour(C, C, 10);
  multiplyFour(B, C, B); // 2^50 - 1
  squareFour(C, B, 50);
  multiplyFour(C, C, B); // 2^100 - 1
  squareFour(X, C, 100);
  multiplyFour(C, X, C); // 2^200 - 1
  squareFour(C, C, 50);
  multiplyFour(B, C, B); // 2^250 - 1
  squareFour(B, B, 2);
  multiplyFour(B, B, A);
}

/** Where the encodings of the next `decompressFour` are read from. */
export const ENCODINGS: usize = memory.data(128, 16);

/**
 * Decodes four encodings. y may be p or more, and x = 0 may bear a sign. Returns four bits, set where there is such a
 * point; `pointOf` then writes it.
 */
export function decompressFour(): i32 {
  for (let i: usize = 0; i < 4; i++) fromBytes(Y + 192 * (i >> 1), i & 1, ENCODINGS + 32 * i);
  // x^2 = u / v with u = y^2 - 1 and v = d y^2 + 1.
  squareFour(A, Y, 1);
  for (let pair: usize = 0; pair < 384; pair += 192) {
    subtract(U + pair, A + pair, ONE);
    multiply(V + pair, A + pair, D);
    add(V + pair, V + pair, ONE);
  }
  // The candidate is u v^3 (u v^7)^((p - 5) / 8).
  squareFour(A, V, 1);
  multiplyFour(A, A, V);
  multiplyFour(C, A, U);
  squareFour(A, A, 1);
  multiplyFour(A, A, V);
  multiplyFour(A, A, U);
  copy(U3, C);
  copy(U3 + 192, C + 192);
  raise();
  multiplyFour(X, B, U3);
  // It is right where v x^2 = u, and times the root of -1 where v x^2 = -u.
  squareFour(A, X, 1);
  multiplyFour(A, A, V);
  for (let pair: usize = 0; pair < 384; pair += 192) {
    multiply(C + pair, X + pair, ROOT);
    subtract(B + pair, A + pair, U + pair);
    add(A + pair, A + pair, U + pair);
  }
  let good = 0;
  for (let i: usize = 0; i < 4; i++) {
    const pair: usize = 192 * (i >> 1);
    const lane = i & 1;
    if (!isZero(B + pair, lane)) {
      if (!isZero(A + pair, lane)) continue;
      copyLane(X + pair, C + pair, lane);
    }
    const sign = load<u8>(ENCODINGS + 32 * i, 31) >> 7 == 1;
    if (isOdd(X + pair, lane) != sign) negateLane(X + pair, lane);
    good |= 1 << <i32>i;
  }
  // T = XY.
  multiplyFour(A, X, Y);
  return good;
}

const U3: usize = memory.data(384, 16);

/** Writes the i-th of the points just decoded. */
export function pointOf(p: usize, i: usize): void {
  const pair = FIELD_BYTES * (i >> 1) + 8 * (i & 1);
  for (let at: usize = 0; at < 192; at += 16) {
    const x = load<f64>(X + pair + at);
    const y = load<f64>(Y + pair + at);
    v128.store(p + at, f64x2(y - x, y + x));
    v128.store(p + 192 + at, f64x2(load<f64>(A + pair + at), at == 0 ? 1.0 : 0.0));
  }
}

function copyLane(r: usize, a: usize, lane: usize): void {
  for (let at: usize = 8 * lane; at < 192; at += 16) store<f64>(r + at, load<f64>(a + at));
}

function negateLane(r: usize, lane: usize): void {
  for (let at: usize = 8 * lane; at < 192; at += 16) store<f64>(r + at, -load<f64>(r + at));
}
