/**
 * What Ed25519 signs. Messages that carry commands or results are signed by their digest: Ed25519 reads what it signs twice and
 * what it checks once, with SHA-512, and for thousands of commands at once that was more work than all else about them.
 * All other messages are signed as they are, so that certificates can be checked from their fields alone.
 *
 *   input = signed                                    votes, certificates' statements, commands, hellos, queries
 *   input = "juno/bulk" || SHA-256(signed)            CMDB, RELAY, AE, SYNC answers, CMDR, QRYR
 *
 * The two never meet: signed bytes begin with the tag 0x0a. Source: docs/wire-format.md.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Hash } from "./chain.ts";
import { encodeEnvelope } from "./envelope.ts";
import type { BodyCase } from "./types.ts";

export const bulkTag: Uint8Array = utf8ToBytes("juno/bulk");

/** The messages that carry commands or results. */
export function isBulk(kind: BodyCase): boolean {
  switch (kind) {
    case "commandBatch":
    case "relay":
    case "appendEntries":
    case "syncResponse":
    case "commandResponse":
    case "queryResponse":
      return true;
    default:
      return false;
  }
}

/** The bytes that a message's signature is over; `signed` itself, or bytes of their own. */
export function signatureInput(hash: Hash, kind: BodyCase, signed: Uint8Array): Uint8Array {
  if (!isBulk(kind)) return signed;
  const input = new Uint8Array(bulkTag.length + 32);
  input.set(bulkTag);
  input.set(hash(signed), bulkTag.length);
  return input;
}

/** The frame of a message, signed by `sign`. */
export function seal(
  hash: Hash,
  kind: BodyCase,
  signed: Uint8Array,
  sign: (input: Uint8Array) => Uint8Array,
): Uint8Array {
  return encodeEnvelope(signed, sign(signatureInput(hash, kind, signed)));
}
