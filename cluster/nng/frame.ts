/**
 * Frames on the wire: a 64-bit big-endian length and as many bytes; over ipc a byte 0x01 stands before the length.
 * Source: nanomsg RFCs sp-tcp-mapping-01 and sp-ipc-mapping-01.
 */
import assert from "node:assert/strict";

/** How frames are marked: `stream` over TCP and TLS, `ipc` over Unix sockets. */
export type Framing = "stream" | "ipc";

export type FrameRefusal = "frameTooLarge" | "badFrameType";

/** The frames that a chunk completed; where the bytes break the rules, the frames before the break and the reason. */
export type Fed =
  | { readonly ok: true; readonly frames: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly ok: false; readonly frames: readonly Uint8Array<ArrayBuffer>[]; readonly reason: FrameRefusal };

export type FrameReader = {
  /**
   * Takes the next bytes of the stream, cut anywhere; never throws. The chunk may be reused afterwards: each frame
   * owns its memory, an ArrayBuffer of exactly its length. After a refusal every call refuses.
   */
  feed(chunk: Uint8Array): Fed;
  /** True from the first byte of a frame's header until its last byte. */
  midFrame(): boolean;
};

/** What a started frame gets before its bytes have come, so that announcing a long frame costs the peer its bytes. */
const firstAllocationBytes = 64 * 1024;
/** Growth of a frame's memory: at most this many times the bytes that have come. */
const growth = 4;
/** Frames up to this size are copied next to their header: cheaper than one more piece in the system call. */
const copyBytesMax = 4096;
const ipcMessageType = 1;

function headerBytes(framing: Framing): number {
  return framing === "ipc" ? 9 : 8;
}

/** A reader at the start of a stream, just after the hello; `frameBytesMax` below 2^31 is checked before any allocation. */
export function createFrameReader(framing: Framing, frameBytesMax: number): FrameReader {
  assert(
    Number.isInteger(frameBytesMax) && frameBytesMax >= 0 && frameBytesMax < 2 ** 31,
    "frameBytesMax out of range",
  );
  const header = new Uint8Array(headerBytes(framing));
  let headerCount = 0;
  /** The frame under way; undefined while its header is. */
  let body: Uint8Array<ArrayBuffer> | undefined;
  let bodyCount = 0;
  let bodyLength = 0;
  let refused: FrameRefusal | undefined;

  function feed(chunk: Uint8Array): Fed {
    const frames: Uint8Array<ArrayBuffer>[] = [];
    if (refused !== undefined) return { ok: false, frames, reason: refused };
    let at = 0;
    while (at < chunk.length || (headerCount === header.length && body === undefined)) {
      if (headerCount < header.length) {
        header[headerCount++] = chunk[at++] ?? 0;
        continue;
      }
      if (body === undefined) {
        const length = readLength(header, framing);
        if (length === undefined) refused = "badFrameType";
        else if (length > frameBytesMax) refused = "frameTooLarge";
        if (refused !== undefined) return { ok: false, frames, reason: refused };
        bodyLength = length ?? 0;
        bodyCount = 0;
        body = new Uint8Array(Math.min(bodyLength, Math.max(firstAllocationBytes, chunk.length - at)));
      }
      const take = Math.min(bodyLength - bodyCount, chunk.length - at);
      if (bodyCount + take > body.length) body = grow(body, bodyCount + take, bodyLength);
      body.set(at === 0 && take === chunk.length ? chunk : chunk.subarray(at, at + take), bodyCount);
      bodyCount += take;
      at += take;
      if (bodyCount < bodyLength) break;
      frames.push(body);
      body = undefined;
      headerCount = 0;
    }
    return { ok: true, frames };
  }

  return { feed, midFrame: () => headerCount > 0 };
}

/** The length in a whole header, saturated above 2^32; undefined where the type byte of ipc is wrong. */
function readLength(header: Uint8Array, framing: Framing): number | undefined {
  if (framing === "ipc" && header[0] !== ipcMessageType) return undefined;
  let length = 0;
  for (let at = framing === "ipc" ? 1 : 0; at < header.length; at++) length = length * 256 + (header[at] ?? 0);
  return length;
}

function grow(body: Uint8Array<ArrayBuffer>, needed: number, whole: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(whole, Math.max(needed, body.length * growth)));
  larger.set(body);
  return larger;
}

/**
 * The pieces to write for these frames, in order: small frames lie together with their headers in one piece, large
 * frames are passed on uncopied, so they must not change until they are written.
 */
export function encodeFrames(frames: readonly Uint8Array[], framing: Framing): Uint8Array[] {
  const header = headerBytes(framing);
  let copied = 0;
  for (const frame of frames) copied += header + (frame.length <= copyBytesMax ? frame.length : 0);
  const copy = Buffer.allocUnsafe(copied);
  const pieces: Uint8Array[] = [];
  let start = 0;
  let at = 0;
  for (const frame of frames) {
    if (framing === "ipc") copy[at++] = ipcMessageType;
    at = copy.writeUInt32BE(Math.floor(frame.length / 2 ** 32), at);
    at = copy.writeUInt32BE(frame.length >>> 0, at);
    if (frame.length <= copyBytesMax) {
      copy.set(frame, at);
      at += frame.length;
    } else {
      pieces.push(copy.subarray(start, at), frame);
      start = at;
    }
  }
  if (at > start) pieces.push(copy.subarray(start, at));
  return pieces;
}
