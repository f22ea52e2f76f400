/**
 * The bytes that outcomes and snapshots are made of: counts as LEB128 in their shortest form, and texts as a count of
 * bytes followed by UTF-8. Every value has one byte form, and the reader accepts no other.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { decodeUtf8 } from "./utf8.ts";

/** Writes a text as UTF-8 from the start of `into`, and returns how many bytes that took: TextEncoder's encodeInto, which pure rooms lack. */
export type WriteUtf8 = (text: string, into: Uint8Array) => number;

/** Bytes being written; only the first `length` of `bytes` count. */
export type Sink = { bytes: Uint8Array; length: number; readonly writeUtf8: WriteUtf8 | undefined };

/** Room kept from one sink to the next: allocating it took a third of the time of encoding an outcome. */
let spare: Uint8Array | null = null;
const spareBytes = 64 * 1024;
const nothing = new Uint8Array(0);

/** The bytes are the same with the platform's writer and without; with it, long texts take a fourth of the time. */
export function createSink(writeUtf8?: WriteUtf8): Sink {
  const bytes = spare ?? new Uint8Array(spareBytes);
  spare = null;
  return { bytes, length: 0, writeUtf8 };
}

/** The bytes written, in memory of their own; the sink is empty afterwards. */
export function written(sink: Sink): Uint8Array {
  return writtenInPlace(sink).slice();
}

/** The bytes written, where they lie: they hold until the next sink is made. The sink is empty afterwards. */
export function writtenInPlace(sink: Sink): Uint8Array {
  const { bytes, length } = sink;
  if (bytes.length === spareBytes) spare = bytes;
  sink.bytes = nothing;
  sink.length = 0;
  return bytes.subarray(0, length);
}

/** A whole number from 0 to 2^31 - 1. */
export function putCount(sink: Sink, count: number): void {
  makeRoom(sink, 5);
  let rest = count;
  while (rest > 0x7f) {
    sink.bytes[sink.length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  sink.bytes[sink.length++] = rest;
}

export function putText(sink: Sink, text: string): void {
  if (
    text.length < longText || sink.writeUtf8 === undefined ? putAscii(sink, text) : putLong(sink, text, sink.writeUtf8)
  )
    return;
  if (!text.isWellFormed()) throw new Error("assert: a text with a lone surrogate has no bytes");
  const bytes = utf8ToBytes(text);
  putCount(sink, bytes.length);
  makeRoom(sink, bytes.length);
  sink.bytes.set(bytes, sink.length);
  sink.length += bytes.length;
}

/** Characters from which on a call of the platform costs less than a loop. */
const longText = 32;

/** False, with nothing written, where `text` is not ASCII alone. */
function putLong(sink: Sink, text: string, writeUtf8: WriteUtf8): boolean {
  const start = sink.length;
  putCount(sink, text.length);
  // Where it all fits, only ASCII takes one byte for each character.
  makeRoom(sink, 3 * text.length);
  const length = writeUtf8(text, sink.bytes.subarray(sink.length));
  sink.length = length === text.length ? sink.length + length : start;
  return length === text.length;
}

/** The same, for texts so short that a call of the platform costs more. */
function putAscii(sink: Sink, text: string): boolean {
  const start = sink.length;
  putCount(sink, text.length);
  makeRoom(sink, text.length);
  const { bytes } = sink;
  let at = sink.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) {
      sink.length = start;
      return false;
    }
    bytes[at++] = unit;
  }
  sink.length = at;
  return true;
}

function makeRoom(sink: Sink, bytesMore: number): void {
  const needed = sink.length + bytesMore;
  if (needed <= sink.bytes.length) return;
  const larger = new Uint8Array(Math.max(needed, 2 * sink.bytes.length));
  larger.set(sink.bytes);
  sink.bytes = larger;
}

/** Bytes being read. The first fault stays in `fault`; from then on everything reads as 0 or empty. */
export type Source = { readonly bytes: Uint8Array; offset: number; fault: string | null };

export function createSource(bytes: Uint8Array): Source {
  return { bytes, offset: 0, fault: null };
}

export function takeCount(source: Source): number {
  let count = 0;
  for (let shift = 0; source.fault === null; shift += 7) {
    const byte = source.bytes[source.offset++];
    if (byte === undefined) return fail(source, "cut short in a count");
    if (shift === 28 && byte > 0x07) return fail(source, "a count above 2^31 - 1");
    if (byte === 0 && shift > 0) return fail(source, "a count not in its shortest form");
    count |= (byte & 0x7f) << shift;
    if (byte < 0x80) return count;
  }
  return 0;
}

export function takeText(source: Source): string {
  const length = takeCount(source);
  if (source.fault !== null) return "";
  const end = source.offset + length;
  if (end > source.bytes.length) {
    fail(source, "cut short in a text");
    return "";
  }
  const decoded = decodeUtf8(source.bytes.subarray(source.offset, end));
  source.offset = end;
  if (decoded.ok) return decoded.text;
  fail(source, "a text that is not UTF-8");
  return "";
}

/** The reason why the bytes are refused, also where something follows the last value; null where they are good. */
export function faultAtEnd(source: Source): string | null {
  if (source.fault === null && source.offset !== source.bytes.length) fail(source, "bytes after the end");
  return source.fault;
}

export function fail(source: Source, reason: string): 0 {
  source.fault ??= `${reason} (byte ${source.offset})`;
  return 0;
}
