/** What the tests of the field, the scalars and the group call; numbers are 32 bytes, little-endian, at `scratch`. */
import { decompressFour, ENCODINGS, pointOf } from "./decompress";
import { fromBytes, toBytes } from "./encoding";
import { add, differenceSum, position, power, subtract } from "./field";
import { multiply } from "./multiply";
import { addTo, double, isSmallOrder, subtractFrom, toAddend } from "./point";
import { addProduct, isReduced, reduce, signedDigits } from "./scalar";
import { sha512 } from "./sha512";
import { square } from "./square";

const SCRATCH: usize = memory.data(1024, 16);
const A: usize = memory.data(192, 16);
const B: usize = memory.data(192, 16);
const P: usize = memory.data(384, 16);
const Q: usize = memory.data(384, 16);

/** 1 KiB for arguments and results. */
export function scratch(): usize {
  return SCRATCH;
}

/** From (a, b) and (c, d) at 0, 32, 64, 96 the pairs ac bd, aa bb, a+c b+d and a-c b-d, at 128 and up, 64 bytes each. */
export function fieldLaws(): void {
  for (let lane: usize = 0; lane < 2; lane++) {
    fromBytes(A, lane, SCRATCH + 32 * lane);
    fromBytes(B, lane, SCRATCH + 64 + 32 * lane);
  }
  multiply(P, A, B);
  square(P + 192, A);
  add(Q, A, B);
  subtract(Q + 192, A, B);
  for (let lane: usize = 0; lane < 2; lane++) {
    toBytes(SCRATCH + 128 + 32 * lane, P, lane);
    toBytes(SCRATCH + 192 + 32 * lane, P + 192, lane);
    toBytes(SCRATCH + 256 + 32 * lane, Q, lane);
    toBytes(SCRATCH + 320 + 32 * lane, Q + 192, lane);
  }
}

/**
 * Multiplies the largest limbs of bounds `a` and `b`, of one sign or of alternating ones, and squares the first: factors at
 * 0 and 32, product and square at 64 and 96.
 */
export function extremeProduct(a: f64, b: f64, alternate: bool): void {
  for (let i = 0; i < 12; i++) {
    const sign: f64 = alternate && (i & 1) == 1 ? -1.0 : 1.0;
    const half = sign * power(position(i + 1) - 1);
    v128.store(A + 16 * i, f64x2.splat(a * half));
    v128.store(B + 16 * i, f64x2.splat(b * half));
  }
  toBytes(SCRATCH, A, 0);
  toBytes(SCRATCH + 32, B, 0);
  multiply(P, A, B);
  toBytes(SCRATCH + 64, P, 0);
  square(P, A);
  toBytes(SCRATCH + 96, P, 1);
}

/** Decodes the four encodings at 0; writes each point's 2X, 2Y, T and Z at 128 and up; returns which there are. */
export function decodeFour(): i32 {
  memory.copy(ENCODINGS, SCRATCH, 128);
  const good = decompressFour();
  for (let i = 0; i < 4; i++) {
    if (((good >> i) & 1) == 0) continue;
    pointOf(P, i);
    writePoint(SCRATCH + 128 + 128 * i, P);
  }
  return good;
}

/** Of the points P and Q at 0 and 32: P + Q, P - Q, 2P, 2P + Q at 128 and up; returns whether P is of small order. */
export function groupLaws(): bool {
  memory.copy(ENCODINGS, SCRATCH, 64);
  memory.copy(ENCODINGS + 64, SCRATCH, 64);
  decompressFour();
  pointOf(P, 0);
  pointOf(Q, 1);
  toAddend(A2, Q);
  const small = isSmallOrder(P);
  addTo(P, A2);
  writePoint(SCRATCH + 128, P);
  pointOf(P, 0);
  subtractFrom(P, A2);
  writePoint(SCRATCH + 256, P);
  pointOf(P, 0);
  double(P);
  writePoint(SCRATCH + 384, P);
  addTo(P, A2);
  writePoint(SCRATCH + 512, P);
  return small;
}

const A2: usize = memory.data(384, 16);

function writePoint(at: usize, p: usize): void {
  for (let i: usize = 0; i < 192; i += 16) v128.store(A + i, differenceSum(v128.load(p + i)));
  toBytes(at, A, 0);
  toBytes(at + 32, A, 1);
  toBytes(at + 64, p + 192, 0);
  toBytes(at + 96, p + 192, 1);
}

/** The number of `words` words at 0 modulo L, to 128; the 4 words at 96 times it is added to the 21 words at 160. */
export function scalarLaws(words: i32): bool {
  reduce(SCRATCH + 128, SCRATCH, words);
  if (words <= 16) addProduct(SCRATCH + 160, SCRATCH + 96, SCRATCH, words);
  return isReduced(SCRATCH);
}

/** The signed digits of the `words` words at 0: at 128, a position and a digit each. */
export function digitsOf(words: i32, width: i32): i32 {
  return signedDigits(SCRATCH + 128, SCRATCH, words, width);
}

/** SHA-512 of the first 64 bytes and `count` more, to 960. */
export function hashOf(count: i32): void {
  sha512(SCRATCH + 960, SCRATCH, SCRATCH + 32, SCRATCH + 64, count);
}
