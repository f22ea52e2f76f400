/** Public keys: which ones a registry may take, and where new ones come from. */
import { randomBytes } from "node:crypto";
import { getPublicKey, Point } from "@noble/ed25519";
// Gives noble the hash that getPublicKey needs.
import "./noble.ts";

export type KeyPair = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, to be kept secret. */
  readonly secretSeed: Uint8Array;
};

export type KeyVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Tells whether a registry may take these bytes as somebody's public key.
 *
 * ZIP-215 verifies under keys that no honest owner has: under one of small order, a signature anybody can make is valid
 * for every message; under one encoded in two ways, one owner passes for two. Both are refused at the door. A key with
 * only a component of small order is taken: it still needs its owner's secret, and all engines agree on its signatures.
 */
export function checkPublicKey(bytes: Uint8Array): KeyVerdict {
  if (bytes.length !== 32) return { ok: false, reason: `a public key has 32 bytes, not ${bytes.length}` };
  if (!isReduced(bytes)) return { ok: false, reason: "the public key is not encoded canonically: y is not below p" };
  const point = decode(bytes);
  if (point === undefined) return { ok: false, reason: "the public key is not a point of the curve" };
  // The encodings of x = 0 with a sign are not canonical either; both their points, y = 1 and y = -1, are of small order.
  if (point.isSmallOrder()) return { ok: false, reason: "the public key is of small order" };
  return { ok: true };
}

/** Makes a key pair from the system's randomness. */
export function generateKeyPair(): KeyPair {
  const secretSeed = Uint8Array.from(randomBytes(32));
  return { publicKey: publicKeyOf(secretSeed), secretSeed };
}

/** Derives the public key, 32 bytes, of a seed (RFC 8032 §5.1.5); throws unless the seed is 32 bytes. */
export function publicKeyOf(secretSeed: Uint8Array): Uint8Array {
  return getPublicKey(secretSeed);
}

/** True where y, the lower 255 bits in little-endian order, is below p = 2^255 - 19. */
function isReduced(bytes: Uint8Array): boolean {
  const [lowest = 0] = bytes;
  const high = (bytes[31] ?? 0) & 0x7f;
  return lowest < 0xed || high !== 0x7f || bytes.subarray(1, 31).some((byte) => byte !== 0xff);
}

function decode(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return undefined;
  }
}
