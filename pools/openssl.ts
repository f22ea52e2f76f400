/** The engine of node:crypto: half of libsodium's speed, and nothing to install. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { FastEngine } from "./one-verdict.ts";

/** DER of a SubjectPublicKeyInfo with Ed25519, up to the key (RFC 8410 §4); Node 24 takes no raw keys. */
const publicPrefix: Buffer = Buffer.from("302a300506032b6570032100", "hex");
/** DER of a PrivateKeyInfo with Ed25519, up to the seed (RFC 8410 §7). */
const secretPrefix: Buffer = Buffer.from("302e020100300506032b657004220420", "hex");

/** Making a KeyObject costs 8 µs, a tenth of a check. A cluster has fewer keys in use than this; beyond, the oldest goes. */
const keysMax = 4096;
const publicKeys: Map<string, KeyObject> = new Map();

/** Keyed by the seed's array, so that a forgotten seed is forgotten here too; the copy tells when its bytes changed. */
const secretKeys: WeakMap<Uint8Array, { readonly seed: Buffer; readonly key: KeyObject }> = new WeakMap();

export const opensslEngine: FastEngine = {
  name: "openssl",
  accepts: (signature, message, publicKey) => {
    try {
      return verify(null, message, publicKeyObject(publicKey), signature);
    } catch {
      // Whatever OpenSSL cannot take is for the reference to judge.
      return false;
    }
  },
  sign: (message, secretSeed) => sign(null, message, secretKeyObject(secretSeed)),
};

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString("latin1");
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: "der", type: "spki" });
  const oldest = publicKeys.size < keysMax ? undefined : publicKeys.keys().next().value;
  if (oldest !== undefined) publicKeys.delete(oldest);
  publicKeys.set(name, key);
  return key;
}

function secretKeyObject(secretSeed: Uint8Array): KeyObject {
  if (secretSeed.length !== 32) throw new RangeError(`a secret seed has 32 bytes, not ${secretSeed.length}`);
  const known = secretKeys.get(secretSeed);
  if (known?.seed.equals(secretSeed)) return known.key;
  const key = createPrivateKey({ key: Buffer.concat([secretPrefix, secretSeed]), format: "der", type: "pkcs8" });
  secretKeys.set(secretSeed, { seed: Buffer.from(secretSeed), key });
  return key;
}
