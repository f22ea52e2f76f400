/** The engine of libsodium, by sodium-native: the fastest one, where its native add-on loads. */
import sodium from "sodium-native";
import type { FastEngine } from "./one-verdict.ts";

/** libsodium's 64-byte secret keys (seed, then public key), by the seed's array: making one costs as much as signing. */
const secretKeys: WeakMap<Uint8Array, Buffer> = new WeakMap();

export const sodiumEngine: FastEngine = {
  name: "sodium",
  accepts: (signature, message, publicKey) => sodium.crypto_sign_verify_detached(signature, message, publicKey),
  sign: (message, secretSeed) => {
    const signature = new Uint8Array(64);
    sodium.crypto_sign_detached(signature, message, secretKey(secretSeed));
    return signature;
  },
};

function secretKey(secretSeed: Uint8Array): Uint8Array {
  if (secretSeed.length !== 32) throw new RangeError(`a secret seed has 32 bytes, not ${secretSeed.length}`);
  const known = secretKeys.get(secretSeed);
  if (known?.subarray(0, 32).equals(secretSeed)) return known;
  const key = Buffer.alloc(64);
  sodium.crypto_sign_seed_keypair(new Uint8Array(32), key, secretSeed);
  secretKeys.set(secretSeed, key);
  return key;
}
