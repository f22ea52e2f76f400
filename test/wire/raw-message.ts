/** Protobuf written by hand, so that it can be written wrongly. */

export type Field = readonly number[];

/** A varint, with `padding` bytes more than it needs. */
export function varint(value: number | bigint, padding = 0): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  for (let i = 0; i < padding; i++) bytes.push(0x80);
  bytes.push((bytes.pop() ?? 0) & 0x7f);
  return bytes;
}

export function tag(number: number, wireType: number, padding = 0): number[] {
  return varint(number * 8 + wireType, padding);
}

/** A number field. */
export function scalar(number: number, value: number | bigint): Field {
  return [...tag(number, 0), ...varint(value)];
}

/** A field with a length: bytes, text or a message. */
export function block(number: number, content: Uint8Array | readonly number[]): Field {
  return [...tag(number, 2), ...varint(content.length), ...content];
}

export function text(number: number, words: string): Field {
  return block(number, new TextEncoder().encode(words));
}

export function bytesOf(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(fields.flat());
}
