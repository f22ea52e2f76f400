/**
 * The eight bytes that both sides of a connection send first: zero, "SP", version 0, protocol number, two zeros.
 * Source: nanomsg RFCs sp-tcp-mapping-01 and sp-ipc-mapping-01.
 */

/** A side of a Scalability Protocol: push talks only to pull, and pair0 to pair0. */
export type Protocol = "push" | "pull" | "pair0";

export type ParsedHello =
  | { readonly ok: true; readonly protocol: Protocol }
  | { readonly ok: false; readonly reason: "badHello" | "unknownProtocol" };

export const helloBytes = 8;

const protocolNumbers: Readonly<Record<Protocol, number>> = { push: 0x50, pull: 0x51, pair0: 0x10 };

/** The protocol that the other side of a connection must announce. */
export const peerOf: Readonly<Record<Protocol, Protocol>> = { push: "pull", pull: "push", pair0: "pair0" };

/** The hello of our side, in bytes of its own. */
export function encodeHello(protocol: Protocol): Uint8Array<ArrayBuffer> {
  const number = protocolNumbers[protocol];
  return Uint8Array.of(0, 0x53, 0x50, 0, number >>> 8, number & 0xff, 0, 0);
}

/** Reads exactly `helloBytes` bytes; anything else is a bad hello. */
export function parseHello(bytes: Uint8Array): ParsedHello {
  const framed = bytes[0] === 0 && bytes[1] === 0x53 && bytes[2] === 0x50 && bytes[3] === 0;
  const closed = bytes[6] === 0 && bytes[7] === 0;
  if (bytes.length !== helloBytes || !framed || !closed) return { ok: false, reason: "badHello" };
  const number = ((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0);
  if (number === protocolNumbers.push) return { ok: true, protocol: "push" };
  if (number === protocolNumbers.pull) return { ok: true, protocol: "pull" };
  if (number === protocolNumbers.pair0) return { ok: true, protocol: "pair0" };
  return { ok: false, reason: "unknownProtocol" };
}
