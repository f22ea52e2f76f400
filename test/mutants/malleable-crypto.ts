/** Ideal signatures that have a second form, as those of lax Ed25519 verifiers do (s + L in place of s): anyone can make it of the first. */
import { idealCrypto, type SimCrypto } from "../sim/crypto.ts";

/** Of 64 bytes the last, which is 0 in the first form. */
const formByte = 63;

export function malleableCrypto(): SimCrypto {
  const { engine, publicKeyOf } = idealCrypto();
  return {
    publicKeyOf,
    engine: {
      ...engine,
      verify: (signature, message, publicKey) =>
        engine.verify(signature[formByte] === 1 ? signature.with(formByte, 0) : signature, message, publicKey),
    },
  };
}

/** An envelope with the second form of its signature, which its last 64 bytes are. */
export function secondForm(envelope: Uint8Array): Uint8Array {
  return envelope.with(envelope.length - 1, 1);
}
