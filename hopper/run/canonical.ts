/**
 * Canonical CBOR (RFC 8949 §4.2.1) of values, by their shapes: one form for each value. Made as a string of byte values, which
 * joins and compares faster than arrays do, and serves as a key of a table as it is.
 */

import { limits } from "../ir/cost-table.ts";
import type { IrFunction, IrModule, NamedShape, Shape } from "../ir/ir.ts";
import { weight } from "./compare.ts";
import { fault } from "./fault.ts";
import { straightWeigher, straightWeigherOfAll, straightWriter } from "./straight.ts";
import { bytesAtOnce, textOf, utf8, utf8Size } from "./utf8.ts";
import {
  type Bytes,
  type Closure,
  type Data,
  type Dictionary,
  type Int,
  type List,
  principal,
  type Rat,
  type Value,
} from "./value.ts";

/** Writes values of one shape. */
export type Encoder = (value: Value) => string;

/** A value's bytes as a string of characters below 256; the fault TooLarge above the limit. */
export function encode(value: Value, shape: Shape, shapes: readonly NamedShape[]): string {
  return encoderOf(shape, shapes)(value);
}

const known = new WeakMap<readonly NamedShape[], WeakMap<Shape, Encoder>>();

/** The same with the shape looked through once; `shapes` are those of one module and never change. */
export function encoderOf(shape: Shape, shapes: readonly NamedShape[]): Encoder {
  const before = known.get(shapes)?.get(shape);
  if (before !== undefined) return before;
  const ofModule = known.get(shapes) ?? new WeakMap<Shape, Encoder>();
  known.set(shapes, ofModule);
  const write = writerFor(shape, shapes);
  const open = !hasFewParts(shape, shapes);
  const encoder: Encoder = (value) => {
    // Of what has few parts by its shape there is nothing to weigh.
    if (open) weight(value);
    const bytes = write(value);
    if (bytes.length > limits.valueBytes) fault("TooLarge");
    return bytes;
  };
  ofModule.set(shape, encoder);
  return encoder;
}

/** Weighs values of one shape. */
export type Weigher = (value: Value) => number;

/** Gives what `weight` gives, and more quickly where values have few parts. */
export function weigherFor(shape: Shape, shapes: readonly NamedShape[]): Weigher {
  const general: Weigher = (value) => weight(value);
  if (!hasFewParts(shape, shapes)) return general;
  return straightWeigher(shape, shapes, { weight: general, size: utf8Size }) ?? general;
}

/** The same of several values together; `general` weighs them where their shapes are not enough to do so. */
export function weigherForAll(
  fields: readonly Shape[],
  shapes: readonly NamedShape[],
  general: (values: readonly Value[]) => number,
): (values: readonly Value[]) => number {
  if (partsOfAll(fields, shapes, partsMax) >= partsMax) return general;
  return straightWeigherOfAll(fields, shapes, { weight: general, size: utf8Size }) ?? general;
}

const writers = new WeakMap<readonly NamedShape[], WeakMap<Shape, Encoder>>();

/** Writes what was weighed as a part of something larger. */
function writerFor(shape: Shape, shapes: readonly NamedShape[]): Encoder {
  const before = writers.get(shapes)?.get(shape);
  if (before !== undefined) return before;
  const ofModule = writers.get(shapes) ?? new WeakMap<Shape, Encoder>();
  writers.set(shapes, ofModule);
  const writer = writerOf(shape, { shapes, named: new Map() }, "");
  ofModule.set(shape, writer);
  return writer;
}

const partsMax = 64;

/** Whether a value of this shape has a known number of parts, and not many. */
function hasFewParts(shape: Shape, shapes: readonly NamedShape[]): boolean {
  return partsOf(shape, shapes, partsMax) < partsMax;
}

/** How many parts a value of this shape has, counted up to `most`; lists, maps and closures have any number. */
function partsOf(shape: Shape, shapes: readonly NamedShape[], most: number): number {
  if (shape.of === "list" || shape.of === "map" || shape.of === "function" || most <= 0) return most;
  if (shape.of === "tuple") return partsOfAll(shape.items, shapes, most);
  if (shape.of !== "named") return 1;
  return partsOfAll(
    item(shapes, shape.index).constructors.flatMap(({ fields }) => fields),
    shapes,
    most,
  );
}

function partsOfAll(inner: readonly Shape[], shapes: readonly NamedShape[], most: number): number {
  let parts = 1;
  for (const one of inner) if (parts < most) parts += partsOf(one, shapes, most - parts);
  return Math.min(parts, most);
}

/** Types may hold themselves: a writer is there before it is made. */
type Making = { readonly shapes: readonly NamedShape[]; readonly named: Map<number, Encoder> };

/** `lead` stands before each value: known bytes are joined once, and not for every value. */
function writerOf(shape: Shape, making: Making, lead: string): Encoder {
  switch (shape.of) {
    case "Int":
    case "Nat":
    case "Time":
    case "Duration":
      return (value) => lead + encodeInt(value as Int);
    case "Rat":
      return (value) => lead + encodeRat(value as Rat);
    case "Bool":
      return (value) => lead + (value === true ? "\xf5" : "\xf4");
    case "Text":
      return (value) => lead + encodeText(value as string);
    case "Bytes":
    case "Id":
      return (value) => lead + encodeBytes(value as Bytes);
    case "Principal":
      return principalWriter(lead);
    case "list": {
      const write = writerOf(shape.item, making, "");
      return (value) => {
        const { items } = value as List;
        let text = lead + head(4, items.length);
        for (const item of items) text += write(item);
        return text;
      };
    }
    case "map": {
      // Keys stand in the order of these bytes, too: `order` only puts a kind before each of their parts.
      const writeKey = writerOf(shape.key, making, "\x82");
      const write = writerOf(shape.value, making, "");
      return (value) => {
        const { entries } = value as Dictionary;
        let text = lead + head(4, entries.length);
        for (const { key, value: of } of entries) text += writeKey(key) + write(of);
        return text;
      };
    }
    case "tuple":
      return (
        straightWriterOf(shape, making, lead) ?? fieldsWriter(lead + head(4, shape.items.length), shape.items, making)
      );
    case "named": {
      const { constructors } = item(making.shapes, shape.index);
      const [only, other] = constructors;
      // What has few parts does not hold itself, and is soon written out.
      if (only !== undefined && other === undefined && hasFewParts(shape, making.shapes))
        return (
          straightWriterOf(shape, making, lead) ?? fieldsWriter(lead + head(4, only.fields.length), only.fields, making)
        );
      const write = namedWriter(shape.index, making);
      return lead === "" ? write : (value) => lead + write(value);
    }
    case "function":
      return (value) => lead + encodeClosure(value as Closure);
  }
}

function straightWriterOf(shape: Shape, { shapes }: Making, lead: string): Encoder | undefined {
  return hasFewParts(shape, shapes) ? straightWriter(shape, shapes, partWriters, lead) : undefined;
}

/** Nearly all are keys: 32 bytes, whose head is known. */
function principalWriter(lead: string): Encoder {
  const leadOfKey = `${lead}\x82\x00\x58\x20`;
  return (value) => {
    const [tag, key] = value as Data;
    return tag === principal.key ? leadOfKey + (key as Bytes).bytes : lead + encodePrincipal(value as Data);
  };
}

function namedWriter(index: number, making: Making): Encoder {
  const before = making.named.get(index);
  if (before !== undefined) return before;
  let writers: readonly Encoder[] = [];
  const writer: Encoder = (value) => item(writers, (value as Data)[0])(value);
  making.named.set(index, writer);
  const { constructors } = item(making.shapes, index);
  const single = constructors.length === 1;
  writers = constructors.map(({ fields }, tag) => {
    const start = head(4, fields.length + (single ? 0 : 1)) + (single ? "" : head(0, tag));
    return fieldsWriter(start, fields, making);
  });
  return writer;
}

const partWriters = {
  head: (fields: number) => head(4, fields),
  int: encodeInt,
  rat: encodeRat,
  text: encodeText,
  bytes: encodeBytes,
  principal: encodePrincipal,
} as const;

/** Most have one or two fields, and tables' keys are of these. */
function fieldsWriter(lead: string, fields: readonly Shape[], making: Making): Encoder {
  const writers = fields.map((field, i) => writerOf(field, making, i === 0 ? lead : ""));
  const [first, second] = writers;
  if (first === undefined) return () => lead;
  if (second === undefined) return (value) => first(at(value as Data, 0));
  if (writers.length === 2) return (value) => first(at(value as Data, 0)) + second(at(value as Data, 1));
  return (value) => {
    let text = "";
    for (let i = 0; i < writers.length; i++) text += item(writers, i)(at(value as Data, i));
    return text;
  };
}

function at(data: Data, field: number): Value {
  const value = data[field + 1];
  if (value === undefined) throw new Error("assert: a value has the fields of its shape");
  return value;
}

function item<T>(items: readonly T[], index: number): T {
  const found = items[index];
  if (found === undefined) throw new Error("assert: shapes are whole");
  return found;
}

/** Major type and argument, in the fewest bytes; the argument is below 2^53. */
export function head(major: number, argument: number): string {
  const lead = major << 5;
  if (argument < 24) return String.fromCharCode(lead | argument);
  if (argument < 0x100) return String.fromCharCode(lead | 24, argument);
  if (argument < 0x10000) return String.fromCharCode(lead | 25, argument >>> 8, argument & 0xff);
  // Bit operators take a number modulo 2^32; `%` would be a division of floating point.
  const [a, b, c, d] = [argument >>> 24, (argument >>> 16) & 0xff, (argument >>> 8) & 0xff, argument & 0xff];
  if (argument < 0x1_0000_0000) return String.fromCharCode(lead | 26, a, b, c, d);
  const high = Math.floor(argument / 0x1_0000_0000);
  return String.fromCharCode(
    lead | 27,
    high >>> 24,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    a,
    b,
    c,
    d,
  );
}

export function encodeInt(value: Int): string {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  const size = value < 0n ? -1n - value : value;
  let hex = size.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const bytes = hex.length / 2;
  if (bytes > 8) return `${value < 0n ? "\xc3" : "\xc2"}${head(2, bytes)}${bytesOfHex(hex)}`;
  return String.fromCharCode(value < 0n ? 0x3b : 0x1b) + bytesOfHex(hex.padStart(16, "0"));
}

/** Bytes from their hex digits. */
export function bytesOfHex(hex: string): string {
  let text = "";
  const bytes: number[] = [];
  let size = 0;
  for (let i = 0; i < hex.length; i += 2) {
    bytes[size++] = (digit(hex.charCodeAt(i)) << 4) | digit(hex.charCodeAt(i + 1));
    if (size < bytesAtOnce) continue;
    text += textOf(bytes, size);
    size = 0;
  }
  return text + textOf(bytes, size);
}

/** Of the character of a hex digit: letters stand at 65 and 97. */
function digit(character: number): number {
  return (character & 15) + (character >> 6) * 9;
}

function encodeRat({ n, d }: Rat): string {
  return `\xd8\x1e\x82${encodeInt(n)}${encodeInt(d)}`;
}

export function encodeText(text: string): string {
  const bytes = utf8(text);
  return head(3, bytes.length) + bytes;
}

export function encodeBytes({ bytes }: Bytes): string {
  return head(2, bytes.length) + bytes;
}

export function encodePrincipal(value: Data): string {
  // Nearly all are keys: 32 bytes, whose head is known.
  if (value[0] === 0) return `\x82\x00\x58\x20${(value[1] as Bytes).bytes}`;
  weight(value);
  return encodeWeighed(value);
}

function encodeWeighed(value: Data): string {
  const [tag, first, second] = value;
  switch (tag) {
    case 0:
      return `\x82\x00\x58\x20${(first as Bytes).bytes}`;
    case 2:
      return `\x82${head(0, tag)}${encodeBytes(first as Bytes)}`;
    case 1: {
      const { items } = second as List;
      let text = `\x83\x01${encodeInt(first as Int)}${head(4, items.length)}`;
      for (const one of items) text += encodeWeighed(one as Data);
      return text;
    }
    default:
      return `\x83\x03${encodeWeighed(first as Data)}${encodeText(second as string)}`;
  }
}

/** The fault NotStorable where the types of what it captured are open, as they may be inside of a generic function. */
function encodeClosure({ module, index, captured }: Closure): string {
  const { shapes } = module.ir;
  const { stored } = item(module.ir.functions, index);
  if (stored === null) return fault("BadArgument", "NotStorable");
  let text = startOfClosure(module.ir, index);
  for (let i = 0; i < captured.length; i++) {
    text += writerFor(item(stored.captures, i), shapes)(item(captured, i));
  }
  return text;
}

const starts = new WeakMap<IrFunction, string>();

/** All that comes before the captured values. */
function startOfClosure({ hash, functions }: IrModule, index: number): string {
  const of = item(functions, index);
  const before = starts.get(of);
  if (before !== undefined) return before;
  const start = `\x83\x58\x20${bytesOfHex(hash)}${head(0, index)}${head(4, of.captures)}`;
  starts.set(of, start);
  return start;
}

/** Values without a shape, which were weighed: with what they are in front. */
export function encodeFree(value: Value): string {
  if (typeof value === "number" || typeof value === "bigint") return `\x82\x00${encodeInt(value)}`;
  if (typeof value === "boolean") return `\x82\x01${value ? "\xf5" : "\xf4"}`;
  if (typeof value === "string") return `\x82\x02${encodeText(value)}`;
  if ("bytes" in value) return `\x82\x03${encodeBytes(value)}`;
  if ("n" in value) return `\x82\x04${encodeRat(value)}`;
  if ("items" in value) return `\x82\x05${head(4, value.items.length)}${value.items.map(encodeFree).join("")}`;
  if ("entries" in value && !Array.isArray(value)) {
    const entries = (value as Dictionary).entries;
    return `\x82\x06${head(4, entries.length)}${entries.map((one) => `\x82${encodeFree(one.key)}${encodeFree(one.value)}`).join("")}`;
  }
  if ("captured" in value) {
    const { module, index, captured } = value;
    return `\x82\x07${startOfClosure(module.ir, index)}${captured.map(encodeFree).join("")}`;
  }
  const [tag, ...fields] = value as Data;
  return `\x82\x08${head(4, fields.length + 1)}${head(0, tag)}${fields.map(encodeFree).join("")}`;
}

/** Bytes as a string of characters below 256. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += bytesAtOnce)
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + bytesAtOnce));
  return text;
}

export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
