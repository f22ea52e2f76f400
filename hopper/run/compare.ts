/** Equality and order of values, by what they are and never by the platform's taste. */
import { limits } from "../ir/cost-table.ts";
import { fault } from "./fault.ts";
import { bytesOf, compareInt } from "./integer.ts";
import { isSurrogate, utf8Size } from "./utf8.ts";
import type { Bytes, Data, Dictionary, List, Rat, Value } from "./value.ts";

/** Both are of one Data type, and were weighed. Values have one form each, so equal parts make equal wholes. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a as Data, b as Data);
  if (isBytes(a)) return isBytes(b) && a.bytes === b.bytes;
  if ("n" in a) return "n" in b && a.n === (b as Rat).n && a.d === (b as Rat).d;
  if ("items" in a) return "items" in b && equalItems(a.items, (b as List).items);
  if ("captured" in a) {
    return (
      "captured" in b &&
      a.module.ir.hash === b.module.ir.hash &&
      a.index === b.index &&
      equalItems(a.captured, b.captured)
    );
  }
  const [x, y] = [(a as Dictionary).entries, (b as Dictionary).entries];
  if (x.length !== y.length) return false;
  return x.every((entry, i) => {
    const other = y[i];
    return other !== undefined && entry.order === other.order && equal(entry.value, other.value);
  });
}

/** A look at the property is quicker than asking whether it is there, and no other value has one of this name. */
function isBytes(value: object): value is Bytes {
  return (value as Partial<Bytes>).bytes !== undefined;
}

function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x !== y && (x === undefined || y === undefined || !equal(x, y))) return false;
  }
  return true;
}

/** Their characters are below 256, so JavaScript's order is that of the bytes. */
export function compareBytes({ bytes: a }: Bytes, { bytes: b }: Bytes): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code points, which is the order of the UTF-8 bytes, and not JavaScript's. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = sameBefore(a, b, shared); i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    const [high, low] = [isSurrogate(x), isSurrogate(y)];
    return high === low ? x - y : high ? 1 : -1;
  }
  return compareInt(a.length, b.length);
}

/** Compared in one go by the platform: a letter at a time takes ten times as long. */
const pieceLength = 256;

/** Where the first piece begins that differs. */
function sameBefore(a: string, b: string, length: number): number {
  let at = 0;
  while (at + pieceLength <= length && a.slice(at, at + pieceLength) === b.slice(at, at + pieceLength))
    at += pieceLength;
  return at;
}

/**
 * How much there is of a value: bytes of its text and numbers, and one for each part. Costs of tables and events go by it.
 * The faults TooLarge and DepthExceeded stand before all that walks a value: parts may be shared, so that a few steps make more
 * than could ever be walked, and depth takes the platform's stack.
 */
export function weight(value: Value, depth = 1): number {
  if (typeof value === "number") return 4;
  if (typeof value === "boolean") return 1;
  if (typeof value === "string") return 1 + utf8Size(value);
  if (typeof value === "bigint") return 1 + bytesOf(value);
  if (depth > limits.valueNesting) fault("DepthExceeded");
  if (Array.isArray(value)) return weightOfAll(value as Data, depth);
  if (isBytes(value)) return 1 + value.bytes.length;
  if ("n" in value) return 1 + weight(value.n) + weight(value.d);
  if ("items" in value) return weightOfAll(value.items, depth);
  if ("captured" in value) return 40 + weightOfAll(value.captured, depth);
  let sum = 1;
  for (const entry of (value as Dictionary).entries) {
    sum += entry.order.length + weight(entry.value, depth + 1);
    if (sum > limits.valueBytes) fault("TooLarge");
  }
  return sum;
}

function weightOfAll(items: readonly Value[], depth: number): number {
  let sum = 1;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] ?? 0;
    // As `weight` says; each value with a tag has one of these.
    sum += typeof item === "number" ? 4 : weight(item, depth + 1);
    if (sum > limits.valueBytes) fault("TooLarge");
  }
  return sum;
}
