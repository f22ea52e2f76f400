/**
 * Reads answers to clients in place: where their results lie, without making an object of any. Each command is answered by
 * every validator, and f+1 of them are enough: most results are looked at only for their number.
 *
 * Takes only what `open` takes, and of that every CommandResponse with results. Source: docs/wire-format.md.
 */
import { signatureTag, signedTag, signerTag } from "./command-tags.ts";
import { commandsPerMessageMax, frameBytesMax } from "./limits.ts";
import {
  clientTag,
  indexTag,
  leadingTag,
  nodeTag,
  outcomeTag,
  requestTag,
  responseTag,
  resultsTag,
} from "./response-tags.ts";
import { signedPrefix } from "./signed-prefix.ts";
import type { Digest } from "./types.ts";

/** Offsets count in the bytes given to `read`; all holds after a `read` that returned true, until the next. */
export type ResponseReader = {
  /** Reads a frame; false where it is no answer with results. Never throws. */
  read(frame: Uint8Array): boolean;
  node: number;
  client: number;
  leading: boolean;
  /** The bytes that the node signed, and where its 64 bytes of signature begin. */
  signedStart: number;
  signedEnd: number;
  signatureStart: number;
  /** Columns of the results, with `count` rows. */
  count: number;
  readonly requests: number[];
  readonly indexes: number[];
  readonly outcomeStarts: number[];
  readonly outcomeEnds: number[];
};

const uint32Max = 0xffff_ffff;

export function createResponseReader(cluster: Digest): ResponseReader {
  const prefix = signedPrefix("commandResponse", cluster);
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

  /** A field with a number: 0 where it is left out, -1 where it is wrong, which a 0 written out is as well. */
  function scalar(tag: number, end: number, max: number): number {
    if (at >= end || data[at] !== tag) return 0;
    at++;
    return varint(end, max) && value > 0 ? value : -1;
  }

  /** The end of a field of bytes, which has to lie at or before `end`; -1 where there is none. */
  function endOf(tag: number, end: number): number {
    if (at >= end || data[at] !== tag) return -1;
    at++;
    return varint(end, end) && value <= end - at ? at + value : -1;
  }

  function readResult(end: number): boolean {
    const request = scalar(requestTag, end, Number.MAX_SAFE_INTEGER);
    const index = scalar(indexTag, end, Number.MAX_SAFE_INTEGER);
    if (request < 0 || index < 0) return false;
    // An empty outcome is left out, so one that is there is not empty.
    if (at < end && (endOf(outcomeTag, end) !== end || at === end)) return false;
    const row = reader.count++;
    reader.requests[row] = request;
    reader.indexes[row] = index;
    reader.outcomeStarts[row] = at;
    reader.outcomeEnds[row] = end;
    at = end;
    return true;
  }

  function readBody(end: number, signer: number): boolean {
    reader.node = scalar(nodeTag, end, uint32Max);
    reader.client = scalar(clientTag, end, uint32Max);
    if (reader.node !== signer || reader.client < 0) return false;
    reader.count = 0;
    while (at < end && data[at] === resultsTag) {
      const resultEnd = endOf(resultsTag, end);
      if (resultEnd < 0 || reader.count === commandsPerMessageMax || !readResult(resultEnd)) return false;
    }
    const leading = scalar(leadingTag, end, 1);
    reader.leading = leading === 1;
    return leading >= 0 && at === end && reader.count > 0;
  }

  function read(frame: Uint8Array): boolean {
    const end = frame.length;
    if (end > frameBytesMax) return false;
    data = frame;
    at = 0;
    const signedEnd = endOf(signedTag, end);
    if (signedEnd < 0 || end - signedEnd !== 66) return false;
    if (data[signedEnd] !== signatureTag || data[signedEnd + 1] !== 64) return false;
    reader.signedStart = at;
    reader.signedEnd = signedEnd;
    reader.signatureStart = signedEnd + 2;
    if (signedEnd - at < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (data[at + i] !== prefix[i]) return false;
    at += prefix.length;
    const signer = scalar(signerTag, signedEnd, uint32Max);
    if (signer < 0 || endOf(responseTag, signedEnd) !== signedEnd) return false;
    return readBody(signedEnd, signer);
  }

  const reader: ResponseReader = {
    read,
    node: 0,
    client: 0,
    leading: false,
    signedStart: 0,
    signedEnd: 0,
    signatureStart: 0,
    count: 0,
    requests: [],
    indexes: [],
    outcomeStarts: [],
    outcomeEnds: [],
  };
  return reader;
}
