/**
 * Signatures in the simulator. Ideal ones are made of a key and a hash that is quick and not secure: actors cannot make one but
 * by `sign`, and any changed bit shows. Real ones are Ed25519, for a share of the seeds.
 */
import { hash } from "node:crypto";
import type { Engine } from "../../pools/engine.ts";
import { publicKeyOf } from "../../pools/public-key.ts";

export type SimCrypto = { readonly engine: Engine; readonly publicKeyOf: (seed: Uint8Array) => Uint8Array };

export function realCrypto(engine: Engine): SimCrypto {
  return { engine, publicKeyOf };
}

/** Keys that are their own seeds; fifty times as fast as Ed25519. */
export function idealCrypto(): SimCrypto {
  const mark = new Uint32Array(2);
  return {
    publicKeyOf: (seed) => seed,
    engine: {
      name: "noble",
      sign: (message, seed) => {
        mix(message, seed, mark);
        const signature = new Uint8Array(64);
        new DataView(signature.buffer).setUint32(0, mark[0] ?? 0, true);
        new DataView(signature.buffer).setUint32(4, mark[1] ?? 0, true);
        return signature;
      },
      verify: (signature, message, publicKey) => {
        if (signature.length !== 64) return false;
        mix(message, publicKey, mark);
        const [low = 0, high = 0] = mark;
        for (let i = 8; i < 64; i++) if (signature[i] !== 0) return false;
        return word(signature, 0) === low && word(signature, 4) === high;
      },
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}

/** 64 bits of the message and the first half of the key: two lanes of multiply and xor, as in MurmurHash3. */
function mix(message: Uint8Array, key: Uint8Array, into: Uint32Array): void {
  let a = 0x9e3779b9 ^ message.length;
  let b = 0x85ebca6b;
  for (let i = 0; i < 16; i++) {
    a = Math.imul(a ^ (key[i] ?? 0), 0xcc9e2d51);
    b = Math.imul(b + (key[i] ?? 0), 0x1b873593) ^ (b >>> 15);
  }
  const { length } = message;
  for (let i = 0; i < length; i++) {
    const byte = message[i] ?? 0;
    a = Math.imul(a ^ byte, 0xcc9e2d51);
    a ^= a >>> 13;
    b = Math.imul(b + byte, 0x1b873593) ^ (b >>> 15);
  }
  a = Math.imul(a ^ (b >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
  into[0] = a ^ (a >>> 16);
  into[1] = b ^ (b >>> 13);
}

/** A key seed that follows from a name. */
export function seedFor(name: string): Uint8Array {
  return new Uint8Array(hash("sha256", name, "buffer"));
}
