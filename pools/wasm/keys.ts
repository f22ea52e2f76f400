/** Tables of the keys and of the base point. */
import { decompressFour, ENCODINGS, pointOf } from "./decompress";
import { baseTable, KEY_WIDTH, KEYS, keyTable, BASE_WIDTH } from "./layout";
import { double, oddMultiples } from "./point";

/** y = 4/5 (RFC 8032 §5.1). */
const BASE_BYTES: usize = memory.data<u64>([
  0x6666666666666658, 0x6666666666666666, 0x6666666666666666, 0x6666666666666666,
]);
const POINT: usize = memory.data(384, 16);

decode(BASE_BYTES);
for (let i = 0; i < 8; i++) fillTable(baseTable(i), BASE_WIDTH);

/** Makes the tables of the key whose bytes have been written into the slot; false where they are not a point. */
export function addKey(slot: i32): bool {
  if (!decode(KEYS + 32 * slot)) return false;
  for (let i = 0; i < 8; i++) fillTable(keyTable(slot, i), KEY_WIDTH);
  return true;
}

function decode(bytes: usize): bool {
  for (let i: usize = 0; i < 128; i += 32) memory.copy(ENCODINGS + i, bytes, 32);
  if (decompressFour() == 0) return false;
  pointOf(POINT, 0);
  return true;
}

/** One table of odd multiples; the point goes on to 2^32 of itself. */
function fillTable(table: usize, width: i32): void {
  oddMultiples(table, POINT, 1 << (width - 2));
  for (let i = 1; i < 32; i++) double(POINT);
}
