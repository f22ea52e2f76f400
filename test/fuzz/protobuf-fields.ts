/**
 * Changes to protobuf messages whose schema need not be known: fields are read by their wire types alone, changed, left out,
 * repeated, moved or put in another's place, and the lengths around them are mended, so that decoders see deep into them.
 */
import type { Random } from "../sim/random.ts";

type Field = { readonly number: number; readonly wire: number; readonly value: bigint | Uint8Array | readonly Field[] };

const varintWire = 0;
const bytesWire = 2;
/** At every length border of a varint, and what does not fit a uint64 or a double any more. */
const numbers = [0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n];
const depthMax = 8;

/** A message with one change somewhere in it; the same bytes where they are no message. */
export function mutateProtobuf(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const fields = readFields(input, 0);
  if (fields === undefined || fields.length === 0) return input;
  return writeFields(changed(fields, withFields(readFields(other, 0)) ?? fields, random));
}

function withFields(fields: readonly Field[] | undefined): readonly Field[] | undefined {
  return fields === undefined || fields.length === 0 ? undefined : fields;
}

function changed(fields: readonly Field[], others: readonly Field[], random: Random): Field[] {
  const at = random.between(0, fields.length - 1);
  const field = fields[at];
  if (field === undefined) return [...fields];
  // Mostly further in: that is where the meaning lies.
  if (Array.isArray(field.value) && field.value.length > 0 && random.chance(0.8)) {
    const counterpart = others.find(({ number }) => number === field.number)?.value;
    const inner = Array.isArray(counterpart) && counterpart.length > 0 ? counterpart : field.value;
    return fields.with(at, { ...field, value: changed(field.value, inner, random) });
  }
  switch (random.between(0, 6)) {
    case 0:
      return fields.toSpliced(at, 1);
    case 1:
      return fields.toSpliced(at, 0, field);
    case 2:
      return fields.with(at, random.pick(others));
    case 3:
      return fields.with(at, { ...field, number: random.pick([0, field.number + 1, 29, 2 ** 29 - 1]) });
    case 4:
      return [...fields.toSpliced(at, 1), field];
    case 5: {
      const times = random.pick([2, 64, 65, 300]);
      return fields.toSpliced(at, 0, ...Array.from({ length: times }, () => field));
    }
    default:
      return fields.with(at, withOtherValue(field, random));
  }
}

function withOtherValue(field: Field, random: Random): Field {
  if (typeof field.value === "bigint") {
    const near = field.value + (random.chance(0.5) ? 1n : -1n);
    return { ...field, value: random.chance(0.5) ? random.pick(numbers) : BigInt.asUintN(64, near) };
  }
  const bytes = field.value instanceof Uint8Array ? field.value : writeFields(field.value);
  const length = random.pick([0, 1, Math.max(0, bytes.length - 1), bytes.length + 1, 32, 64]);
  const other = new Uint8Array(length);
  other.set(bytes.subarray(0, length));
  if (length > 0) other[random.between(0, length - 1)] = random.between(0, 255);
  return { ...field, value: other };
}

/** Undefined where the bytes are no fields. What could be a message is taken for one. */
function readFields(bytes: Uint8Array, depth: number): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag < 8n || tag >= 2n ** 32n) return undefined;
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    const value = varint();
    if (value === undefined) return undefined;
    if (wire === varintWire) {
      fields.push({ number, wire, value });
      continue;
    }
    if (wire !== bytesWire || value > BigInt(bytes.length - at)) return undefined;
    const content = bytes.subarray(at, at + Number(value));
    at += content.length;
    const inner = depth < depthMax && content.length > 1 ? readFields(content, depth + 1) : undefined;
    fields.push({ number, wire, value: inner ?? content });
  }
  return fields;
}

function writeFields(fields: readonly Field[]): Uint8Array {
  const bytes: number[] = [];
  for (const { number, wire, value } of fields) {
    writeVarint(bytes, BigInt(number * 8 + wire));
    if (typeof value === "bigint") {
      writeVarint(bytes, value);
      continue;
    }
    const content = value instanceof Uint8Array ? value : writeFields(value);
    writeVarint(bytes, BigInt(content.length));
    for (const byte of content) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function writeVarint(into: number[], value: bigint): void {
  let rest = value;
  while (rest > 0x7fn) {
    into.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  into.push(Number(rest));
}
