/**
 * Reads canonical CBOR by shape. Each value has one form: what is not it is refused, so that what was decoded has the very bytes it
 * came from. Nothing throws on input, and no more is made than there are bytes.
 */
import { limits } from "../ir/cost-table.ts";
import type { NamedShape, Shape } from "../ir/ir.ts";
import { encodeFree } from "./canonical.ts";
import type { Linked } from "./execution.ts";
import { Fault } from "./fault.ts";
import { canonical, gcd, isNegative } from "./integer.ts";
import { isSameShape } from "./same-shape.ts";
import { hexOf } from "./show.ts";
import {
  type Bytes,
  type Closure,
  type Data,
  type Dictionary,
  type Int,
  type MapEntry,
  principal,
  type Value,
} from "./value.ts";

export type Decoded =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string; readonly at: number };

class Refused extends Error {}

/** Finds the modules of stored functions by hash in hex. */
export type FindModule = (hash: string) => Linked | undefined;

type Source = { readonly text: string; at: number; depth: number; readonly modules: FindModule | undefined };

/** `text` has a character below 256 for each byte. Without `modules` functions are refused: they do not come from outside. */
export function decode(
  text: string,
  shape: Shape,
  shapes: readonly NamedShape[],
  bytesMax: number = limits.valueBytes,
  modules?: FindModule,
): Decoded {
  const source: Source = { text, at: 0, depth: 0, modules };
  if (text.length > bytesMax) return { ok: false, reason: "too large", at: 0 };
  try {
    const value = read(source, shape, shapes);
    if (source.at !== text.length) return { ok: false, reason: "bytes are left over", at: source.at };
    return { ok: true, value };
  } catch (error) {
    // A number may be one bit too long.
    if (error instanceof Refused || error instanceof Fault) return { ok: false, reason: error.message, at: source.at };
    throw error;
  }
}

function refuse(reason: string): never {
  throw new Refused(reason);
}

/** What has nothing inside is as deep as what it lies in, as it is for `weight`. */
const flat: ReadonlySet<Shape["of"]> = new Set(["Int", "Nat", "Time", "Duration", "Bool", "Text"]);

function read(source: Source, shape: Shape, shapes: readonly NamedShape[]): Value {
  if (flat.has(shape.of)) return readInner(source, shape, shapes);
  if (++source.depth > limits.valueNesting) refuse("nested too deeply");
  const value = readInner(source, shape, shapes);
  source.depth--;
  return value;
}

function readInner(source: Source, shape: Shape, shapes: readonly NamedShape[]): Value {
  switch (shape.of) {
    case "Int":
    case "Time":
    case "Duration":
      return readInt(source);
    case "Nat": {
      const value = readInt(source);
      return isNegative(value) ? refuse("a natural number below 0") : value;
    }
    case "Rat":
      return readRat(source);
    case "Bool": {
      const byte = readByte(source);
      if (byte !== 0xf4 && byte !== 0xf5) refuse("neither true nor false");
      return byte === 0xf5;
    }
    case "Text":
      return readText(source);
    case "Bytes":
    case "Id":
      return readBytes(source);
    case "Principal":
      return readPrincipal(source);
    case "list": {
      const count = readHead(source, 4);
      const items: Value[] = [];
      for (let i = 0; i < count; i++) items.push(read(source, shape.item, shapes));
      return { items };
    }
    case "map":
      return readMap(source, shape, shapes);
    case "tuple": {
      if (readHead(source, 4) !== shape.items.length) refuse("a tuple of another length");
      const fields: Value[] = shape.items.map((one) => read(source, one, shapes));
      return [0, ...fields];
    }
    case "named":
      return readConstructor(source, shapes[shape.index], shapes);
    case "function":
      return readClosure(source, shape, shapes);
  }
}

/** Many rows have functions of one type. */
const fitting = new WeakMap<Shape, WeakSet<Shape>>();

function fits(wanted: Shape, shapes: readonly NamedShape[], type: Shape, others: readonly NamedShape[]): boolean {
  if (fitting.get(wanted)?.has(type) === true) return true;
  if (!isSameShape({ shape: wanted, shapes }, { shape: type, shapes: others })) return false;
  fitting.set(wanted, (fitting.get(wanted) ?? new WeakSet<Shape>()).add(type));
  return true;
}

/** Its module says which shapes the captured values have, and whether it is a function of the type that is asked for. */
function readClosure(source: Source, shape: Shape, shapes: readonly NamedShape[]): Closure {
  if (source.modules === undefined) return refuse("a function cannot be sent");
  if (readHead(source, 4) !== 3) refuse("a function has three parts");
  const module = source.modules(hexOf(readBytes(source)));
  if (module === undefined) return refuse("a function of an unknown module");
  const index = readHead(source, 0);
  const stored = module.ir.functions[index]?.stored;
  if (stored === undefined || stored === null) return refuse("no function that is stored");
  if (!fits(shape, shapes, stored.type, module.ir.shapes)) refuse("a function of another type");
  if (readHead(source, 4) !== stored.captures.length) refuse("another number of captured values");
  return { module, index, captured: stored.captures.map((one) => read(source, one, module.ir.shapes)) };
}

function readConstructor(source: Source, named: NamedShape | undefined, shapes: readonly NamedShape[]): Data {
  if (named === undefined) throw new Error("assert: shapes are whole");
  const count = readHead(source, 4);
  const single = named.constructors.length === 1;
  const tag = single ? 0 : readHead(source, 0);
  const made = named.constructors[tag];
  if (made === undefined) return refuse(`${named.name} has no such constructor`);
  if (count !== made.fields.length + (single ? 0 : 1)) refuse(`${made.name} has another number of fields`);
  return [tag, ...made.fields.map((field) => read(source, field, shapes))];
}

function readMap(source: Source, shape: Extract<Shape, { of: "map" }>, shapes: readonly NamedShape[]): Dictionary {
  const count = readHead(source, 4);
  const entries: MapEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (readByte(source) !== 0x82) refuse("a pair was expected");
    const key = read(source, shape.key, shapes);
    const bytes = encodeFree(key);
    const before = entries.at(-1);
    if (before !== undefined && before.order >= bytes) refuse("keys out of order");
    entries.push({ order: bytes, key, value: read(source, shape.value, shapes) });
  }
  return { entries };
}

function readByte(source: Source): number {
  if (source.at >= source.text.length) refuse("cut off");
  return source.text.charCodeAt(source.at++);
}

/** The argument of an item of this major type, in its shortest form; a length never promises more than there is. */
function readHead(source: Source, major: number): number {
  const value = readArgument(source, major);
  if (typeof value === "bigint") return refuse("a length beyond all bounds");
  if (major >= 2 && value > source.text.length - source.at) refuse("longer than what is there");
  return value;
}

function readArgument(source: Source, major: number): Int {
  const lead = readByte(source);
  if (lead >> 5 !== major) refuse("an item of another type");
  const low = lead & 0x1f;
  if (low < 24) return low;
  if (low > 27) refuse("a form that is not canonical");
  const size = 2 ** (low - 24);
  let value = 0n;
  for (let i = 0; i < size; i++) value = value * 256n + BigInt(readByte(source));
  const least = low === 24 ? 24n : 1n << BigInt(4 * size);
  if (value < least) refuse("not the shortest form");
  return canonical(value);
}

function readInt(source: Source): Int {
  const lead = source.text.charCodeAt(source.at);
  if (lead === 0xc2 || lead === 0xc3) {
    source.at++;
    const read = readBytes(source);
    const { bytes } = read;
    if (bytes.length < 9 || bytes.charCodeAt(0) === 0) refuse("not the shortest form");
    if (bytes.length * 8 > limits.integerBits) refuse("a number of too many bits");
    const size = BigInt(`0x${hexOf(read)}`);
    return canonical(lead === 0xc3 ? -1n - size : size);
  }
  const negative = lead >> 5 === 1;
  const size = readArgument(source, negative ? 1 : 0);
  if (!negative) return size;
  return typeof size === "number" && size < Number.MAX_SAFE_INTEGER ? -1 - size : canonical(-1n - BigInt(size));
}

function readRat(source: Source): Value {
  if (readByte(source) !== 0xd8 || readByte(source) !== 0x1e || readByte(source) !== 0x82)
    refuse("a fraction was expected");
  const n = readInt(source);
  const d = readInt(source);
  if (d === 0 || isNegative(d) || gcd(n, d) !== 1) refuse("a fraction that is not reduced");
  return { n, d };
}

function readBytes(source: Source): Bytes {
  const length = readHead(source, 2);
  const start = source.at;
  source.at += length;
  return { bytes: source.text.slice(start, source.at) };
}

/** Strict UTF-8. */
function readText(source: Source): string {
  const length = readHead(source, 3);
  const end = source.at + length;
  let text = "";
  while (source.at < end) {
    const lead = source.text.charCodeAt(source.at++);
    const extra = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    if (extra < 0 || source.at + extra > end) return refuse("not UTF-8");
    let code = extra === 0 ? lead : lead & (0x3f >> extra);
    for (let i = 0; i < extra; i++) {
      const byte = source.text.charCodeAt(source.at++);
      if (byte >> 6 !== 2) refuse("not UTF-8");
      code = (code << 6) | (byte & 0x3f);
    }
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if ((extra === 2 && (code < 0x800 || surrogate)) || (extra === 3 && (code < 0x10000 || code > 0x10ffff)))
      refuse("not UTF-8");
    text += String.fromCodePoint(code);
  }
  return text;
}

function readPrincipal(source: Source): Data {
  if (++source.depth > limits.valueNesting) refuse("nested too deeply");
  const count = readHead(source, 4);
  const tag = readHead(source, 0);
  const wanted = tag === principal.key || tag === principal.module ? 2 : 3;
  if (tag > principal.role || count !== wanted) refuse("no principal");
  const value = readPrincipalFields(source, tag);
  source.depth--;
  return value;
}

function readPrincipalFields(source: Source, tag: number): Data {
  if (tag === principal.atLeast) {
    const least = readInt(source);
    if (isNegative(least)) refuse("a natural number below 0");
    const items = Array.from({ length: readHead(source, 4) }, () => readPrincipal(source));
    return [tag, least, { items }];
  }
  if (tag === principal.role) return [tag, readPrincipal(source), readText(source)];
  const bytes = readBytes(source);
  return bytes.bytes.length === 32 ? [tag, bytes] : refuse("a principal's hash is not 32 bytes");
}
