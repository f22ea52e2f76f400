/**
 * Signatures in the simulator. Ideal ones are keyed hashes that only the holder of a seed can make as far as the actors
 * are concerned, checked fifty times faster than Ed25519; a share of the seeds runs on the real thing.
 */
import { hash } from "node:crypto";
import type { Engine } from "../../pools/engine.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { sameBytes } from "../../wire/types.ts";

export type SimCrypto = { readonly engine: Engine; readonly publicKeyOf: (seed: Uint8Array) => Uint8Array };

export function realCrypto(engine: Engine): SimCrypto {
  return { engine, publicKeyOf };
}

export function idealCrypto(): SimCrypto {
  const mac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
    const digest = hash("sha512", Buffer.concat([key, message]), "buffer");
    return new Uint8Array(digest);
  };
  return {
    publicKeyOf: (seed) => seed,
    engine: {
      name: "noble",
      sign: (message, seed) => mac(seed, message),
      verify: (signature, message, publicKey) => sameBytes(signature, mac(publicKey, message)),
    },
  };
}

/** A key seed that follows from a name. */
export function seedFor(name: string): Uint8Array {
  return new Uint8Array(hash("sha256", name, "buffer"));
}
