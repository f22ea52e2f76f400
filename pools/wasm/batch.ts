/**
 * Ed25519 verification by ZIP-215, of many signatures by one equation or of one by its own.
 *
 * A signature (R, S) of message M under key A is valid where A and R decode, S < L and 8 (k A + R - S B) = 0, with
 * k = SHA-512(R || A || M). For many: 8 (sum over keys (sum z k) A + sum z R - (sum z S) B) = 0 with a random z of 128 bits
 * for each. If one signature is invalid, its own term is not 0 in the group of order L that eight times a point lies in,
 * so that for any z of the others at most one of its own makes the sum 0: a chance of 2^-128. No secret is touched: time
 * may depend on everything.
 *
 * The caller writes `data`, `checks`, `random` and keys, calls `prepare`, then `sum` or `single` as it likes.
 */
import { addWindow } from "./buckets";
import { decompressFour, ENCODINGS, pointOf } from "./decompress";
import * as layout from "./layout";
import { addTo, double, isSmallOrder, oddMultiples, operations, POINT_BYTES, setIdentity, subtractFrom, toAddend } from "./point";
import { addProduct, isReduced, reduce, signedDigits, SUM_WORDS } from "./scalar";
import { sha512 } from "./sha512";

export { addKey } from "./keys";
// For the tests of field, scalars and group.
export * from "./laws";

/** Levels of doubling: 128 bits and the last carry. */
const LEVELS: i32 = 129;
const HEADS: usize = memory.data(4 * 129, 16);
/** From so many points on buckets are faster than tables, by windows of five bits; and then by those of six. */
const BUCKETS_FROM: i32 = 72;
const SIX_BITS_FROM: i32 = 112;
const LISTED: usize = memory.data(4 * 256, 16);
const DIGITS: usize = memory.data(2 * 66, 16);
const SCALAR: usize = memory.data(32, 16);
const TOTAL: usize = memory.data(384, 16);
const ADDEND: usize = memory.data(384, 16);
/** In layout.SOUND: decoded; with the addend of R; with its odd multiples. */
const SOUND: u8 = 1;
const ADDEND_MADE: u8 = 2;
const TABLED: u8 = 3;
const GROUP: usize = memory.data(16, 16);
let entryCount: usize = 0;

export function checksMax(): i32 {
  return layout.CHECKS_MAX;
}

export function dataBytesMax(): i32 {
  return <i32>layout.DATA_MAX;
}

export function keysMax(): i32 {
  return layout.KEYS_MAX;
}

export function dataStart(): usize {
  return layout.DATA;
}

export function checksStart(): usize {
  return layout.CHECKS;
}

export function randomStart(): usize {
  return layout.RANDOM;
}

export function soundStart(): usize {
  return layout.SOUND;
}

export function keysStart(): usize {
  return layout.KEYS;
}

/** Additions and doublings of points so far. */
export function operationCount(): u64 {
  return operations;
}

/** Hashes, decodes and notes which checks are sound: S < L, and A and R decode. */
export function prepare(count: i32): void {
  let waiting = 0;
  for (let i = 0; i < count; i++) {
    store<u8>(layout.SOUND + i, 0);
    const check = layout.CHECKS + 16 * i;
    const signature = layout.DATA + load<u32>(check, 8);
    const slot = load<i32>(check, 12);
    if (slot < 0 || !isReduced(signature + 32)) continue;
    memory.copy(ENCODINGS + 32 * waiting, signature, 32);
    store<i32>(GROUP + 4 * waiting, i);
    waiting += 1;
    if (waiting == 4) {
      decodeGroup(4);
      waiting = 0;
    }
  }
  if (waiting > 0) decodeGroup(waiting);
  for (let i = 0; i < count; i++) {
    if (load<u8>(layout.SOUND + i) == 0) continue;
    const check = layout.CHECKS + 16 * i;
    const message = load<u32>(check);
    const key = layout.KEYS + 32 * load<u32>(check, 12);
    sha512(layout.HASHES + 64 * i, signatureOf(i), key, layout.DATA + message, load<u32>(check, 4) - message);
  }
}

function decodeGroup(count: i32): void {
  const good = decompressFour();
  for (let j = 0; j < count; j++) {
    if (((good >> j) & 1) == 0) continue;
    const i = load<i32>(GROUP + 4 * j);
    store<u8>(layout.SOUND + i, SOUND);
    pointOf(layout.POINTS + POINT_BYTES * i, j);
  }
}

/** Makes the multiples of R, once. */
function prepareTable(i: i32): void {
  if (load<u8>(layout.SOUND + i) == TABLED) return;
  memory.copy(TOTAL, layout.POINTS + POINT_BYTES * i, POINT_BYTES);
  oddMultiples(layout.R_TABLES + layout.R_BYTES * i, TOTAL, 1 << (layout.R_WIDTH - 2));
  store<u8>(layout.SOUND + i, TABLED);
}

/** Makes the addend of R that the table begins with, once. */
function prepareAddend(i: i32): void {
  if (load<u8>(layout.SOUND + i) != SOUND) return;
  toAddend(layout.R_TABLES + layout.R_BYTES * i, layout.POINTS + POINT_BYTES * i);
  store<u8>(layout.SOUND + i, ADDEND_MADE);
}

/** True where all sound checks from `start` to `end` are valid, up to a chance of 2^-128. */
export function sum(start: i32, end: i32): bool {
  memory.fill(layout.SUMS, 0, layout.SUM_STRIDE * (layout.SLOTS + 1));
  clearEntries();
  const base = sumOf(layout.SLOTS);
  const size = end - start;
  const width = size < BUCKETS_FROM ? 0 : size < SIX_BITS_FROM ? 5 : 6;
  let listed = 0;
  for (let i = start; i < end; i++) {
    if (load<u8>(layout.SOUND + i) == 0) continue;
    const z = layout.RANDOM + 16 * i;
    addProduct(sumOf(load<i32>(layout.CHECKS + 16 * i, 12)), z, layout.HASHES + 64 * i, 16);
    addProduct(base, z, signatureOf(i) + 32, 8);
    if (width > 0) {
      prepareAddend(i);
      store<i32>(LISTED + 4 * listed, i);
      listed += 1;
      continue;
    }
    prepareTable(i);
    const count = signedDigits(DIGITS, z, 4, layout.R_WIDTH);
    for (let j = 0; j < count; j++) {
      addEntry(load<u8>(DIGITS + 2 * j), layout.R_TABLES + layout.R_BYTES * i, load<i8>(DIGITS + 2 * j, 1));
    }
  }
  // Each slot once, whichever checks share it: the word behind its sum tells.
  for (let i = start; i < end; i++) {
    if (load<u8>(layout.SOUND + i) == 0) continue;
    const slot = load<i32>(layout.CHECKS + 16 * i, 12);
    const own = sumOf(slot);
    if (load<u32>(own, 4 * SUM_WORDS) != 0) continue;
    store<u32>(own, 1, 4 * SUM_WORDS);
    reduce(SCALAR, own, SUM_WORDS);
    addKeyDigits(slot);
  }
  reduce(SCALAR, base, SUM_WORDS);
  addBaseDigits();
  addLevels(LEVELS, width, listed);
  return isSmallOrder(TOTAL);
}

/** True where the sound check is valid, by its own equation. */
export function single(i: i32): bool {
  clearEntries();
  reduce(SCALAR, layout.HASHES + 64 * i, 16);
  addKeyDigits(load<i32>(layout.CHECKS + 16 * i, 12));
  memory.copy(SCALAR, signatureOf(i) + 32, 32);
  addBaseDigits();
  addLevels(32, 0, 0);
  toAddend(ADDEND, layout.POINTS + POINT_BYTES * i);
  addTo(TOTAL, ADDEND);
  return isSmallOrder(TOTAL);
}

@inline
function signatureOf(i: i32): usize {
  return layout.DATA + load<u32>(layout.CHECKS + 16 * i, 8);
}

@inline
function sumOf(slot: i32): usize {
  return layout.SUMS + layout.SUM_STRIDE * slot;
}

/** The digits of SCALAR times the key. */
function addKeyDigits(slot: i32): void {
  const count = signedDigits(DIGITS, SCALAR, 8, layout.KEY_WIDTH);
  for (let j = 0; j < count; j++) {
    const at = load<u8>(DIGITS + 2 * j);
    addEntry(at & 31, layout.keyTable(slot, at >> 5), load<i8>(DIGITS + 2 * j, 1));
  }
}

/** The digits of SCALAR times the base point, taken away. */
function addBaseDigits(): void {
  const count = signedDigits(DIGITS, SCALAR, 8, layout.BASE_WIDTH);
  for (let j = 0; j < count; j++) {
    const at = load<u8>(DIGITS + 2 * j);
    addEntry(at & 31, layout.baseTable(at >> 5), -(<i32>load<i8>(DIGITS + 2 * j, 1)));
  }
}

function clearEntries(): void {
  entryCount = 0;
  memory.fill(HEADS, 0, 4 * LEVELS);
}

/** Notes an addend, or 1 more than its address where it is to be taken away, before the others of its level. */
@inline
function addEntry(level: i32, table: usize, digit: i32): void {
  const entry = layout.ENTRIES + 8 * entryCount;
  const addend = digit > 0 ? table + POINT_BYTES * (digit >> 1) : table + POINT_BYTES * (-digit >> 1) + 1;
  store<u32>(entry, addend);
  store<u32>(entry, load<u32>(HEADS + 4 * level), 4);
  store<u32>(HEADS + 4 * level, entry);
  entryCount += 1;
}

/** TOTAL = the sum of all entries, each times 2^level, and of the listed points by windows of `width`. */
function addLevels(levels: i32, width: i32, listed: i32): void {
  setIdentity(TOTAL);
  let begun = false;
  for (let level = levels - 1; level >= 0; level--) {
    if (begun) double(TOTAL);
    if (listed > 0 && level % width == 0) {
      addWindow(TOTAL, level, width, LISTED, listed);
      begun = true;
    }
    for (let entry = load<u32>(HEADS + 4 * level); entry != 0; entry = load<u32>(entry, 4)) {
      const addend = load<u32>(entry);
      begun = true;
      if ((addend & 1) == 0) addTo(TOTAL, addend);
      else subtractFrom(TOTAL, addend - 1);
    }
  }
}
