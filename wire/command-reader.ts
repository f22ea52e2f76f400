/**
 * Reads signed commands in place: where their parts lie, without making an object of any. Most of a loaded node's bytes are
 * commands inside other messages, and opening each like a message of its own would cost more than hashing it.
 *
 * Takes exactly what `open` takes: the canonical form of an envelope with a command of this cluster whose signer is its
 * client. Source: docs/wire-format.md.
 */
import { clientTag, commandTag, payloadTag, requestTag, signatureTag, signedTag, signerTag } from "./command-tags.ts";
import { payloadBytesMax } from "./limits.ts";
import { signedPrefix } from "./signed-prefix.ts";
import type { Digest } from "./types.ts";

/** Offsets count in the bytes given to `read`, and hold after a `read` that returned true, until the next. */
export type CommandReader = {
  /** Reads the command in bytes [start, end); false where there is none. Never throws. */
  read(bytes: Uint8Array, start: number, end: number): boolean;
  client: number;
  /** From 1. */
  request: number;
  /** The bytes that the client signed, and where its 64 bytes of signature begin. */
  signedStart: number;
  signedEnd: number;
  signatureStart: number;
  payloadStart: number;
  payloadEnd: number;
};

export function createCommandReader(cluster: Digest): CommandReader {
  const prefix = signedPrefix("command", cluster);
  let data = prefix;
  let at = 0;
  /** The last varint read. */
  let value = 0;

  /** Reads a varint in its shortest form, at most `max`, before `end`. */
  function varint(end: number, max: number): boolean {
    value = 0;
    for (let scale = 1; at < end && scale <= 2 ** 49; scale *= 128) {
      const byte = data[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= max && (byte > 0 || scale === 1);
    }
    return false;
  }

  /** A field of a message: 0 where it is left out, and never 0 where it is not. */
  function scalar(tag: number, end: number, max: number): number | undefined {
    if (at >= end || data[at] !== tag) return 0;
    at++;
    return varint(end, max) && value > 0 ? value : undefined;
  }

  /** The length of a field of bytes, which have to end at or before `end`. */
  function lengthOf(tag: number, end: number): number | undefined {
    if (at >= end || data[at] !== tag) return undefined;
    at++;
    return varint(end, end) && value <= end - at ? value : undefined;
  }

  function read(bytes: Uint8Array, start: number, end: number): boolean {
    data = bytes;
    at = start;
    const signedLength = lengthOf(signedTag, end);
    if (signedLength === undefined) return false;
    reader.signedStart = at;
    const signedEnd = at + signedLength;
    reader.signedEnd = signedEnd;
    if (end - signedEnd !== 66 || data[signedEnd] !== signatureTag || data[signedEnd + 1] !== 64) return false;
    reader.signatureStart = signedEnd + 2;
    if (signedEnd - at < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (data[at + i] !== prefix[i]) return false;
    at += prefix.length;
    const signer = scalar(signerTag, signedEnd, 0xffff_ffff);
    const bodyLength = lengthOf(commandTag, signedEnd);
    if (signer === undefined || bodyLength !== signedEnd - at) return false;
    const client = scalar(clientTag, signedEnd, 0xffff_ffff);
    const request = scalar(requestTag, signedEnd, Number.MAX_SAFE_INTEGER);
    if (client !== signer || request === undefined || request === 0) return false;
    reader.client = client;
    reader.request = request;
    let payloadLength: number | undefined = 0;
    if (at < signedEnd) {
      payloadLength = lengthOf(payloadTag, signedEnd);
      // An empty payload is left out, so one that is there is not empty.
      if (payloadLength === undefined || payloadLength === 0) return false;
    }
    reader.payloadStart = at;
    reader.payloadEnd = at + payloadLength;
    return reader.payloadEnd === signedEnd && payloadLength <= payloadBytesMax;
  }

  const reader: CommandReader = {
    read,
    client: 0,
    request: 0,
    signedStart: 0,
    signedEnd: 0,
    signatureStart: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
  return reader;
}
