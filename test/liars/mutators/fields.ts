/**
 * Changes to signed messages, made from the schema that receivers check them by (wire/canonical.ts): a field that is new there
 * is changed here without a line of code. Source: Winter et al., "Randomized Testing of Byzantine Fault Tolerant Algorithms"
 * (ByzzFuzz): small changes, close to what an honest node would say, find more than wild ones.
 */
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { signedShape } from "../../../wire/canonical.ts";
import type { Random } from "../../sim/random.ts";

type Shape = typeof signedShape;
type Value = number | Uint8Array | readonly Field[];
/** One field that is there, and its number. */
type Field = { readonly number: number; readonly value: Value };

/** `small`: one more or less, an older value, none. `any`: whatever the type holds. */
export type Scope = "small" | "any";

/** Older values by path, such as "20.7.1": field 1 of field 7 of message 20. */
export type Memory = Map<string, Value[]>;

/** Values that are remembered for each path. */
const rememberedMax = 32;
/** The first number of a body in `Signed`; what is before says who speaks, and stays. */
const bodyFrom = signedShape.oneofFrom;
const borders: readonly number[] = [0, 1, 2, 127, 128, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER];

/** All paths of fields in messages of this kind: what can be changed. */
export function pathsOf(body: number): readonly string[] {
  const field = signedShape.fields[body];
  return field?.type === "message" ? pathsIn(field.shape, String(body)) : [];
}

function pathsIn(shape: Shape, prefix: string): readonly string[] {
  return shape.fields.flatMap((field, number) => {
    if (field === undefined) return [];
    const path = `${prefix}.${number}`;
    return field.type === "message" ? [path, ...pathsIn(field.shape, path)] : [path];
  });
}

/** Takes note of all values of a message, to be said again later. */
export function remember(memory: Memory, signed: Uint8Array): void {
  visit(read(signed, signedShape), "", (path, value) => {
    const known = memory.get(path) ?? [];
    if (known.length >= rememberedMax) known.shift();
    known.push(value);
    memory.set(path, known);
  });
}

function visit(fields: readonly Field[], prefix: string, note: (path: string, value: Value) => void): void {
  for (const { number, value } of fields) {
    const path = prefix === "" ? String(number) : `${prefix}.${number}`;
    note(path, value);
    if (isFields(value)) visit(value, path, note);
  }
}

function isFields(value: Value): value is readonly Field[] {
  return Array.isArray(value);
}

/** The message with one field changed, and the field's path. `signed` is a message that its receivers would take. */
export function mutate(
  signed: Uint8Array,
  scope: Scope,
  memory: Memory,
  choose: Random,
): { readonly signed: Uint8Array<ArrayBuffer>; readonly path: string } {
  const fields = read(signed, signedShape);
  const body = fields.find(({ number }) => number >= bodyFrom);
  const path = choose.pick(pathsOf(body?.number ?? 0));
  const changed = changeAt(fields, signedShape, path.split(".").map(Number), path, scope, memory, choose);
  return { signed: write(changed, signedShape), path };
}

function changeAt(
  fields: readonly Field[],
  shape: Shape,
  [number = 0, ...rest]: readonly number[],
  path: string,
  scope: Scope,
  memory: Memory,
  choose: Random,
): readonly Field[] {
  const type = shape.fields[number];
  const places = fields.flatMap((field, at) => (field.number === number ? [at] : []));
  const place = places.length === 0 ? undefined : choose.pick(places);
  const value = place === undefined ? undefined : fields[place]?.value;
  if (rest.length > 0 && type?.type === "message") {
    const inner = value !== undefined && isFields(value) ? value : [];
    return put(fields, number, place, changeAt(inner, type.shape, rest, path, scope, memory, choose));
  }
  const old = memory.get(path) ?? [];
  const isNumber = type?.type === "uint32" || type?.type === "uint64" || type?.type === "bool";
  switch (choose.between(0, scope === "small" ? 2 : 3)) {
    case 0:
      return place === undefined ? fields : fields.toSpliced(place, 1);
    case 1:
      return old.length === 0 ? fields : put(fields, number, place, choose.pick(old));
    case 2: {
      if (isNumber) return put(fields, number, place, near(value, choose));
      // Of a list one item twice; of bytes one bit.
      if (value instanceof Uint8Array && value.length > 0) return put(fields, number, place, bent(value, choose));
      return place === undefined || value === undefined ? fields : fields.toSpliced(place, 0, { number, value });
    }
    default:
      if (isNumber) return put(fields, number, place, choose.pick(borders));
      return put(
        fields,
        number,
        place,
        new Uint8Array(choose.pick([0, 1, 31, 32, 33, 64])).fill(choose.between(0, 255)),
      );
  }
}

function near(value: Value | undefined, choose: Random): number {
  const number = typeof value === "number" ? value : 0;
  return Math.max(0, number + (choose.chance(0.5) ? 1 : -1));
}

function bent(value: Uint8Array, choose: Random): Uint8Array {
  const other = value.slice();
  const at = choose.between(0, other.length - 1);
  other[at] = (other[at] ?? 0) ^ (1 << choose.between(0, 7));
  return other;
}

/** In the order of numbers, as receivers want it. */
function put(fields: readonly Field[], number: number, place: number | undefined, value: Value): readonly Field[] {
  if (place !== undefined) return fields.with(place, { number, value });
  const at = fields.findIndex((field) => field.number > number);
  return fields.toSpliced(at < 0 ? fields.length : at, 0, { number, value });
}

function read(bytes: Uint8Array, shape: Shape): readonly Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number] = reader.tag();
    const type = shape.fields[number]?.type;
    if (type === "uint32" || type === "uint64" || type === "bool")
      fields.push({ number, value: Number(reader.uint64()) });
    else {
      const value = reader.bytes();
      const inner = shape.fields[number];
      fields.push({ number, value: inner?.type === "message" ? read(value, inner.shape) : value });
    }
  }
  return fields;
}

/** Numbers that are 0 are left out, as in the canonical form; what else breaks it is left to receivers. */
function write(fields: readonly Field[], shape: Shape): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const { number, value } of fields) {
    const type = shape.fields[number];
    if (typeof value === "number") {
      if (value > 0) writer.tag(number, 0).uint64(value);
      continue;
    }
    const bytes = isFields(value) ? write(value, type?.type === "message" ? type.shape : shape) : value;
    if (bytes.length > 0 || isFields(value)) writer.tag(number, 2).bytes(bytes);
  }
  return writer.finish();
}
