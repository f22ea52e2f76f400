/** Protobuf's variable-length numbers, for the few messages that are written by hand because there are so many of them. */

/** Bytes of a number from 0 to 2^53 - 1 in its shortest form. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Writes a number in its shortest form and returns the end. Numbers above 2^31 have no bit operations. */
export function putVarint(into: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) into[end++] = (rest % 128) | 0x80;
  into[end++] = rest;
  return end;
}

/** Bytes of a field with a number, whose tag is one byte; 0 is left out. */
export function scalarBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

/** Writes a field with a number and returns the end. */
export function putScalar(into: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  into[at] = tag;
  return putVarint(into, at + 1, value);
}
