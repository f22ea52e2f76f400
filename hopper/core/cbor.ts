/** The part of canonical CBOR (RFC 8949 §4.2.1) that core terms need: integers, bytes, text, arrays, booleans, null. */
import { utf8ToBytes } from "@noble/hashes/utils.js";

export type Plain = number | bigint | string | boolean | null | Uint8Array | readonly Plain[];

export function encodePlain(value: Plain): Uint8Array {
  const pieces: Uint8Array[] = [];
  write(pieces, value);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function write(pieces: Uint8Array[], value: Plain): void {
  if (value === null) pieces.push(Uint8Array.of(0xf6));
  else if (typeof value === "boolean") pieces.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "number" || typeof value === "bigint") writeInteger(pieces, BigInt(value));
  else if (typeof value === "string") writeBytes(pieces, 3, utf8ToBytes(value));
  else if (value instanceof Uint8Array) writeBytes(pieces, 2, value);
  else {
    pieces.push(head(4, BigInt(value.length)));
    for (const item of value) write(pieces, item);
  }
}

function writeBytes(pieces: Uint8Array[], major: number, bytes: Uint8Array): void {
  pieces.push(head(major, BigInt(bytes.length)), bytes);
}

function writeInteger(pieces: Uint8Array[], value: bigint): void {
  const size = value < 0n ? -1n - value : value;
  if (size < 1n << 64n) {
    pieces.push(head(value < 0n ? 1 : 0, size));
    return;
  }
  const digits = size.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  pieces.push(head(6, value < 0n ? 3n : 2n));
  writeBytes(pieces, 2, bytes);
}

/** Major type and argument, in the fewest bytes. */
function head(major: number, argument: bigint): Uint8Array {
  const lead = major << 5;
  if (argument < 24n) return Uint8Array.of(lead | Number(argument));
  const [code, bytes] =
    argument < 1n << 8n ? [24, 1] : argument < 1n << 16n ? [25, 2] : argument < 1n << 32n ? [26, 4] : [27, 8];
  const out = new Uint8Array(1 + bytes);
  out[0] = lead | code;
  for (let i = bytes, rest = argument; i > 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}
