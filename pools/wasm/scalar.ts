/** Numbers modulo the order of the group, L = 2^252 + 27742317777372353535851937790883648493; words of 32 bits. */

/** L, 8 words. */
const ORDER: usize = memory.data<u32>([0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000]);
/** 2^(32 (8 + i)) mod L for i from 0 to 12, 8 words each: what the words above the eighth are worth. */
const POWERS: usize = memory.data(13 * 32, 16);
/** Words of a sum of products: 512 products of 640 bits stay below 2^672. */
export const SUM_WORDS: i32 = 21;
export const SUM_BYTES: usize = 84;

const WIDE: usize = memory.data(40, 8);

// 2^256 = 16 * 2^252 mod L and so on: each one is the one before, 32 times doubled.
memory.fill(WIDE, 0, 40);
store<u32>(WIDE + 28, 0x10000000);
for (let doubled = 4 + 32 * 13, i = 1; i <= doubled; i++) {
  let carry: u64 = 0;
  for (let word: usize = 0; word < 32; word += 4) {
    carry += <u64>load<u32>(WIDE + word) << 1;
    store<u32>(WIDE + word, <u32>carry);
    carry >>= 32;
  }
  if (!isReduced(WIDE)) takeOrder(WIDE, 8, 1);
  if (i >= 4 && (i - 4) % 32 == 0 && i - 4 < 32 * 13) memory.copy(POWERS + i - 4, WIDE, 32);
}

/** True where 8 words are below L: what ZIP-215 asks of S. */
export function isReduced(scalar: usize): bool {
  for (let word = 28; word >= 0; word -= 4) {
    const own = load<u32>(scalar + word);
    const other = load<u32>(ORDER + word);
    if (own != other) return own < other;
  }
  return false;
}

/** number (`words` words) -= L count. */
function takeOrder(number: usize, words: i32, count: u32): void {
  let borrow: i64 = 0;
  let carry: u64 = 0;
  for (let word = 0; word < words; word++) {
    if (word < 8) carry += <u64>count * load<u32>(ORDER + 4 * word);
    borrow += <i64>load<u32>(number + 4 * word) - <i64>(carry & 0xffffffff);
    store<u32>(number + 4 * word, <u32>borrow);
    borrow >>= 32;
    carry >>= 32;
  }
}

/** sum += z * number, for 4 words z and `words` words of the number. */
export function addProduct(sum: usize, z: usize, number: usize, words: i32): void {
  for (let i: usize = 0; i < 16; i += 4) {
    const factor = <u64>load<u32>(z + i);
    let carry: u64 = 0;
    let at = sum + i;
    for (let j = 0; j < words; j++, at += 4) {
      carry += factor * load<u32>(number + 4 * j) + load<u32>(at);
      store<u32>(at, <u32>carry);
      carry >>= 32;
    }
    while (carry != 0) {
      carry += load<u32>(at);
      store<u32>(at, <u32>carry);
      carry >>= 32;
      at += 4;
    }
  }
}

/** scalar (8 words, below L) = number mod L, of 8 to 21 words. */
export function reduce(scalar: usize, number: usize, words: i32): void {
  // The words above the eighth by their worth, below 13 * 2^32 * L: ten words hold the sum.
  memory.copy(WIDE, number, 32);
  store<u64>(WIDE + 32, 0);
  for (let word = 8; word < words; word++) {
    const factor = <u64>load<u32>(number + 4 * word);
    const worth = POWERS + 32 * (word - 8);
    let carry: u64 = 0;
    for (let j: usize = 0; j < 32; j += 4) {
      carry += factor * load<u32>(worth + j) + load<u32>(WIDE + j);
      store<u32>(WIDE + j, <u32>carry);
      carry >>= 32;
    }
    store<u64>(WIDE + 32, load<u64>(WIDE + 32) + carry);
  }
  // What is above 2^252 tells how many L are in it, or one more than are: then one comes back.
  const count = (load<u64>(WIDE + 32) << 4) | (load<u32>(WIDE + 28) >> 28);
  takeOrder(WIDE + 4, 9, <u32>(count >> 32));
  takeOrder(WIDE, 10, <u32>count);
  if (load<i32>(WIDE + 36) < 0) giveOrder(WIDE);
  memory.copy(scalar, WIDE, 32);
}

function giveOrder(scalar: usize): void {
  let carry: u64 = 0;
  for (let word: usize = 0; word < 32; word += 4) {
    carry += <u64>load<u32>(scalar + word) + load<u32>(ORDER + word);
    store<u32>(scalar + word, <u32>carry);
    carry >>= 32;
  }
}

/**
 * Writes a scalar of 4 or 8 words, below 2^253 if of 8, as signed odd digits below 2^(width - 1), any two of them at least
 * `width` bits apart (w-ary non-adjacent form): each as two bytes, position and digit. Returns how many.
 */
export function signedDigits(digits: usize, scalar: usize, words: i32, width: i32): i32 {
  const bits = 32 * words;
  let count = 0;
  let carry: u32 = 0;
  let at = 0;
  while (at <= bits) {
    const word = at >> 5;
    const low: u64 = word < words ? load<u32>(scalar + 4 * word) : 0;
    const high: u64 = word + 1 < words ? load<u32>(scalar + 4 * word + 4) : 0;
    let window = <u32>((low | (high << 32)) >> (at & 31));
    // Bits that only carry on are passed in one step.
    const same = <i32>ctz(carry == 0 ? window : ~window);
    if (same > 0) {
      at += same;
      continue;
    }
    window = (window & ((1 << width) - 1)) + carry;
    carry = (window >> (width - 1)) & 1;
    const digit = <i32>window - (<i32>carry << width);
    store<u8>(digits + 2 * count, at);
    store<i8>(digits + 2 * count, digit, 1);
    count += 1;
    at += width;
  }
  return count;
}
