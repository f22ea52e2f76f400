/**
 * Sums of many points, each times a number of 128 bits, by buckets (Pippenger): for each window of the numbers, points with
 * the same digit are added up first. From some hundred points on it takes fewer additions than tables of each.
 */
import { swapLanes } from "./field";
import { BUCKETS, POINTS, RANDOM, R_BYTES, R_TABLES } from "./layout";
import { addTo, copyPoint, POINT_BYTES, subtractFrom, toAddend } from "./point";

/** Bits of the longest window, which has 32 buckets; one more pays from 300 points on. */
const WIDTH_MAX: i32 = 6;

const FILLED: usize = memory.data(1 << (WIDTH_MAX - 1), 16);
const RUNNING: usize = memory.data(384, 16);
const ADDEND: usize = memory.data(384, 16);

/**
 * total += the sum of the digits whose lowest bit is `level`, a multiple of `width`, each times its point; over the points
 * that are listed (four bytes each).
 */
export function addWindow(total: usize, level: i32, width: i32, list: usize, count: i32): void {
  const digitMax = 1 << (width - 1);
  memory.fill(FILLED, 0, digitMax);
  for (let j = 0; j < count; j++) {
    const i = load<i32>(list + 4 * j);
    const digit = digitOf(RANDOM + 16 * i, level, width);
    if (digit == 0) continue;
    const place = abs(digit) - 1;
    const bucket = BUCKETS + POINT_BYTES * place;
    if (load<u8>(FILLED + place) == 0) {
      store<u8>(FILLED + place, 1);
      if (digit > 0) copyPoint(bucket, POINTS + POINT_BYTES * i);
      else negate(bucket, POINTS + POINT_BYTES * i);
    } else if (digit > 0) addTo(bucket, R_TABLES + R_BYTES * i);
    else subtractFrom(bucket, R_TABLES + R_BYTES * i);
  }
  // Each bucket as often as its digit says: sums of all above it, added up.
  let begun = false;
  for (let place = digitMax - 1; place >= 0; place--) {
    const bucket = BUCKETS + POINT_BYTES * place;
    if (load<u8>(FILLED + place) != 0) {
      if (begun) {
        toAddend(ADDEND, bucket);
        addTo(RUNNING, ADDEND);
      } else copyPoint(RUNNING, bucket);
      begun = true;
      toAddend(ADDEND, RUNNING);
    }
    if (begun) addTo(total, ADDEND);
  }
}

/** A digit of a number of 128 bits, at most half of 2^width either way: what is more borrows from the next digit. */
function digitOf(number: usize, at: i32, width: i32): i32 {
  // One bit more below tells whether the digit before borrowed: if its highest is set.
  const low = at == 0 ? 0 : bitsOf(number, at - 1, 1);
  const digit = bitsOf(number, at, width);
  return digit + low - ((digit >> (width - 1)) << width);
}

@inline
function bitsOf(number: usize, at: i32, count: i32): i32 {
  if (at >= 128) return 0;
  const word = at >> 6;
  const shift = at & 63;
  let bits = load<u64>(number + 8 * word) >> shift;
  if (shift + count > 64 && word == 0) bits |= load<u64>(number, 8) << (64 - shift);
  return <i32>bits & ((1 << count) - 1);
}

/** r = -p: (Y + X, Y - X) and (-T, Z). */
function negate(r: usize, p: usize): void {
  for (let i: usize = 0; i < 192; i += 16) {
    v128.store(r + i, swapLanes(v128.load(p + i)));
    v128.store(r + 192 + i, v128.xor(v128.load(p + 192 + i), i64x2(i64.MIN_VALUE, 0)));
  }
}
