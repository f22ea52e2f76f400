/**
 * Canonical form, checked by a single pass over untrusted bytes that allocates nothing: fields in ascending order, shortest
 * varints, defaults left out, nothing unknown, no list longer than allowed. What passes decodes to one message, and that
 * message encodes to the same bytes; so equal meaning is equal bytes, and decoding never builds more than it should.
 *
 * (Encoding again and comparing shows the same and needs no table, but took five times as long as checking the signature.)
 */
import { certificateBytesMax, commandsPerMessageMax, validatorsMax } from "./limits.ts";

type Field =
  | { readonly type: "uint32" | "uint64" | "bool" | "text" }
  | { readonly type: "bytes"; readonly countMax?: number }
  | { readonly type: "message"; readonly shape: Shape; readonly countMax?: number; readonly bytesMax?: number };

/** A message's fields by number, as in juno.proto; those with a `countMax` are lists. */
type Shape = {
  readonly fields: readonly (Field | undefined)[];
  /** From this number on the fields exclude each other: protobuf's oneof. */
  readonly oneofFrom: number;
};

const uint32: Field = { type: "uint32" };
const uint64: Field = { type: "uint64" };
const bytes: Field = { type: "bytes" };

/** Fields from number 1 on. */
function shape(...fields: Field[]): Shape {
  return { fields: [undefined, ...fields], oneofFrom: Number.POSITIVE_INFINITY };
}

const message = (inner: Shape): Field => ({ type: "message", shape: inner });
const certificateField = (inner: Shape): Field => ({ type: "message", shape: inner, bytesMax: certificateBytesMax });
const list = (inner: Shape, countMax: number): Field => ({ type: "message", shape: inner, countMax });

const point = shape(uint64, uint64, bytes);
const endorsements = list(shape(uint32, bytes), validatorsMax);
const certificate = certificateField(shape(uint64, uint64, bytes, endorsements));
const timeoutCertificate = certificateField(shape(uint64, endorsements));
const electionProof = certificateField(shape(uint64, uint32, message(point), endorsements));
const entries = list(shape(uint64, bytes), commandsPerMessageMax);
const commands: Field = { type: "bytes", countMax: commandsPerMessageMax };
const results = list(shape(uint64, uint64, bytes), commandsPerMessageMax);
const vote = shape(uint64, uint32, uint64, bytes);

/** The shape of `Envelope`. */
export const envelopeShape: Shape = shape(bytes, bytes);

/** The shape of `Signed`. */
export const signedShape: Shape = {
  oneofFrom: 10,
  fields: Object.assign([undefined, { type: "text" } as const, bytes, uint32], {
    10: message(shape(uint32, uint64, bytes)), // Command
    11: message(shape(uint32, commands)), // CommandBatch
    12: message(shape(uint32, uint32)), // Hello
    13: message(shape(uint32, uint32, results, { type: "bool" })), // CommandResponse
    14: message(shape(uint32, commands)), // Relay
    15: message(shape(uint32, uint64, uint64, bytes)), // Query
    16: message(shape(uint32, uint32, uint64, uint64, bytes)), // QueryResponse
    20: message(shape(uint64, uint32, uint64, bytes, entries, bytes, electionProof)), // AppendEntries
    21: message(vote), // AppendEntriesResponse
    22: message(shape(uint64, uint32, uint64, bytes, uint64)), // Nack
    23: message(vote), // CommitVote
    24: message(shape(uint64, uint32)), // Timeout
    25: message(shape(uint64, uint32, certificate, timeoutCertificate)), // RequestVote
    26: message(shape(uint64, uint32, uint32, message(point), { type: "bool" }, certificate)), // RequestVoteResponse
    27: message(shape(uint32, uint64, message(point))), // SyncRequest
    28: message({ ...shape(uint32, uint64, bytes, entries, certificate, certificate), oneofFrom: 5 }), // SyncResponse
  }),
};

/** True where the bytes are the canonical form of a message of this shape. Throws nothing, whatever they are. */
export function isCanonical(data: Uint8Array, ofShape: Shape): boolean {
  return scan(data, 0, data.length, ofShape);
}

function scan(data: Uint8Array, start: number, end: number, ofShape: Shape): boolean {
  let at = start;
  let previous = 0;
  let count = 0;
  while (at < end) {
    const tagEnd = varintEnd(data, at, end, 5);
    if (tagEnd < 0) return false;
    const tag = smallVarint(data, at, tagEnd);
    at = tagEnd;
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    const field = ofShape.fields[number];
    if (field === undefined || number < previous) return false;
    if (previous >= ofShape.oneofFrom && number !== previous) return false;
    const countMax = "countMax" in field ? field.countMax : undefined;
    if (number === previous) {
      if (countMax === undefined) return false;
      count++;
    } else count = 1;
    if (countMax !== undefined && count > countMax) return false;
    previous = number;
    if (field.type === "uint32" || field.type === "uint64" || field.type === "bool") {
      if (wireType !== 0) return false;
      const valueEnd = varintEnd(data, at, end, field.type === "uint64" ? 8 : 5);
      if (valueEnd < 0 || !scalarFits(data, at, valueEnd, field.type)) return false;
      at = valueEnd;
      continue;
    }
    if (wireType !== 2) return false;
    const lengthEnd = varintEnd(data, at, end, 4);
    if (lengthEnd < 0) return false;
    const length = smallVarint(data, at, lengthEnd);
    at = lengthEnd;
    if (length > end - at) return false;
    if (field.type === "message") {
      if (field.bytesMax !== undefined && length > field.bytesMax) return false;
      if (!scan(data, at, at + length, field.shape)) return false;
    } else if (length === 0 && countMax === undefined) return false; // a default, to be left out
    at += length;
  }
  return true;
}

/** End of a varint of at most `bytesMax` bytes in its shortest form; -1 where there is none. */
function varintEnd(data: Uint8Array, at: number, end: number, bytesMax: number): number {
  for (let i = at; i < end && i < at + bytesMax; i++) {
    const byte = data[i] ?? 0;
    if (byte >= 0x80) continue;
    return byte === 0 && i > at ? -1 : i + 1;
  }
  return -1;
}

function smallVarint(data: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = value * 128 + ((data[i] ?? 0) & 0x7f);
  return value;
}

/** Not the default, and inside the type; 64-bit numbers stay below 2^53, which every language can hold exactly. */
function scalarFits(data: Uint8Array, at: number, end: number, type: "uint32" | "uint64" | "bool"): boolean {
  const value = smallVarint(data, at, end);
  if (value === 0) return false;
  if (type === "bool") return value === 1;
  return value <= (type === "uint32" ? 0xffff_ffff : Number.MAX_SAFE_INTEGER);
}
