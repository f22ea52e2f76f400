/** Field elements from and to 32 bytes: one lane at a time. */
import { position, power } from "./field";

/** The six pairs of limbs as whole numbers: 43, 42, 43, 42, 43 and 42 bits. */
const PAIRS: usize = memory.data(48, 8);

/** Reads the lower 255 bits of 32 bytes, little-endian, reduced or not; the element's bound is 2. */
export function fromBytes(r: usize, lane: usize, bytes: usize): void {
  for (let i = 0; i < 12; i++) {
    const at = position(i);
    const width = position(i + 1) - at;
    // Eight bytes from the limb's own, but none beyond the thirty-second.
    const byte = min(at >> 3, 24);
    const limb = (load<u64>(bytes + byte) >> (at - 8 * byte)) & ((1 << width) - 1);
    store<f64>(r + 16 * i + 8 * lane, <f64>limb * power(at));
  }
}

/** Brings one lane into [0, p), as pairs; its bound may be 16. */
function freeze(a: usize, lane: usize): void {
  for (let pair = 0; pair < 6; pair++) {
    const low = position(2 * pair);
    const high = position(2 * pair + 1);
    const at = a + 32 * pair + 8 * lane;
    const lowLimb = <i64>(load<f64>(at) * power(-low));
    const highLimb = <i64>(load<f64>(at + 16) * power(-high));
    store<i64>(PAIRS + 8 * pair, lowLimb + (highLimb << (high - low)));
  }
  // After two rounds what is left below zero or above 2^255 is at most one p; the third makes the number whole.
  carryPairs(0);
  carryPairs(0);
  carryPairs(0);
  // One p too many exactly where 19 more reach 2^255.
  let over: i64 = 19;
  for (let pair = 0; pair < 6; pair++) over = (load<i64>(PAIRS + 8 * pair) + over) >> width(pair);
  carryPairs(19 * over);
}

function carryPairs(added: i64): void {
  let carry = added;
  for (let pair = 0; pair < 6; pair++) {
    const sum = load<i64>(PAIRS + 8 * pair) + carry;
    carry = sum >> width(pair);
    store<i64>(PAIRS + 8 * pair, sum - (carry << width(pair)));
  }
  // Of the last carry, 2^255 = 19. In the very last round it is the p that goes, and 19 have been added already.
  if (added == 0) store<i64>(PAIRS, load<i64>(PAIRS) + 19 * carry);
}

@inline
function width(pair: i32): i64 {
  return 43 - (pair & 1);
}

export function isZero(a: usize, lane: usize): bool {
  freeze(a, lane);
  let bits: i64 = 0;
  for (let pair = 0; pair < 6; pair++) bits |= load<i64>(PAIRS + 8 * pair);
  return bits == 0;
}

/** The lowest bit of the element in [0, p): its sign. */
export function isOdd(a: usize, lane: usize): bool {
  freeze(a, lane);
  return (load<i64>(PAIRS) & 1) == 1;
}

/** Writes 32 bytes, little-endian, of the element in [0, p). */
export function toBytes(bytes: usize, a: usize, lane: usize): void {
  freeze(a, lane);
  memory.fill(bytes, 0, 32);
  for (let pair = 0; pair < 6; pair++) {
    const at = position(2 * pair);
    const value = <u64>load<i64>(PAIRS + 8 * pair);
    for (let bit = at; bit < at + 43; bit++) {
      const to = bytes + (bit >> 3);
      const set = <i32>((value >> (bit - at)) & 1) << (bit & 7);
      store<u8>(to, <i32>load<u8>(to) | set);
    }
  }
}
