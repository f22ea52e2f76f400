/** Where everything lies that is not a small constant: behind the statics, in one piece, made at the start. */
import { POINT_BYTES } from "./point";

/** Signatures taken in at once: their tables and those of sixteen keys fit into a second-level cache of 1 MB. */
export const CHECKS_MAX: i32 = 256;
/** Bytes of messages and signatures taken in at once. */
export const DATA_MAX: usize = 1 << 20;
/** Keys whose tables are kept; the memory of each is touched when it is first used. */
export const KEYS_MAX: i32 = 256;
/** One more than are kept: for a key that is needed just once. */
export const SLOTS: i32 = 257;

/** A key has the odd multiples to 31 of 2^(32 i) A for i from 0 to 7, so that 32 doublings do for any scalar. */
export const KEY_WIDTH: i32 = 6;
const KEY_STRIDE: usize = 16 * POINT_BYTES;
export const KEY_BYTES: usize = 8 * KEY_STRIDE;
/** The base point has those to 127. */
export const BASE_WIDTH: i32 = 8;
const BASE_STRIDE: usize = 64 * POINT_BYTES;
/** Each R has R, 3R, 5R and 7R. */
export const R_WIDTH: i32 = 4;
export const R_BYTES: usize = 4 * POINT_BYTES;

const START: usize = (__heap_base + 63) & ~63;
/** Four words a check: start and end of its message, start of its signature (in the data), key's slot or -1. */
export const CHECKS: usize = START;
/** 16 random bytes a check. */
export const RANDOM: usize = CHECKS + 16 * CHECKS_MAX;
/** One byte a check: 0 where S is too large or A or R does not decode. */
export const SOUND: usize = RANDOM + 16 * CHECKS_MAX;
/** SHA-512 of R, A and message. */
export const HASHES: usize = SOUND + CHECKS_MAX;
/** R as a point. */
export const POINTS: usize = HASHES + 64 * CHECKS_MAX;
export const R_TABLES: usize = POINTS + POINT_BYTES * CHECKS_MAX;
/** 32 points. */
export const BUCKETS: usize = R_TABLES + R_BYTES * CHECKS_MAX;
/** Sums of scalars, by slot; the base point's is the last. */
export const SUMS: usize = BUCKETS + 32 * POINT_BYTES;
export const SUM_STRIDE: usize = 96;
/** Digits to add, in lists by level: 8 bytes each; 33 at most of an R, 64 of a key or the base point. */
export const ENTRIES: usize = SUMS + SUM_STRIDE * (SLOTS + 1);
/** Keys as they came, 32 bytes a slot. */
export const KEYS: usize = ENTRIES + 8 * (33 * CHECKS_MAX + 64 * (SLOTS + 1));
export const BASE_TABLES: usize = (KEYS + 32 * SLOTS + 63) & ~63;
export const DATA: usize = BASE_TABLES + 8 * BASE_STRIDE;
export const KEY_TABLES: usize = DATA + DATA_MAX;
const END: usize = KEY_TABLES + KEY_BYTES * SLOTS;

memory.grow(<i32>((END + 0xffff) >>> 16) - memory.size());

/** Odd multiples of 2^(32 i) A of a slot's key. */
@inline
export function keyTable(slot: i32, i: usize): usize {
  return KEY_TABLES + KEY_BYTES * slot + KEY_STRIDE * i;
}

/** Odd multiples of 2^(32 i) B. */
@inline
export function baseTable(i: usize): usize {
  return BASE_TABLES + BASE_STRIDE * i;
}
