/**
 * One verdict: makes a fast engine answer exactly as the reference does.
 *
 * Nodes that disagree on one signature disagree on the log, so every engine must give ZIP-215's verdict on every input.
 *
 * A fast engine's "valid" is final. ZIP-215 asks that A and R decode, that S < L, and that 8(SB - R - kA) = 0 for
 * k = SHA-512(R || A || message) over the bytes as received. libsodium and OpenSSL (ref10's descendants) refuse S >= L,
 * decode A to the same point, hash the same bytes, and ask for more: that SB - kA, encoded canonically, equals R's bytes.
 * So R decodes, SB - R - kA is already 0, and eight times 0 is 0. What they refuse on top (small orders, non-canonical
 * encodings) turns valid into invalid, never invalid into valid.
 *
 * A fast engine's "invalid" is only a suspicion: with a component of small order in A or R, or in an odd encoding, a
 * signature that ZIP-215 accepts fails there. The reference settles it, some 1 ms for each; honest signatures never
 * come to that.
 */
import type { Engine, EngineName } from "./engine.ts";

export type FastEngine = {
  readonly name: EngineName;
  /** True only where ZIP-215 says valid; lengths have been checked. Never throws. */
  readonly accepts: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
  readonly sign: Engine["sign"];
};

export function oneVerdict(fast: FastEngine, reference: Engine): Engine {
  return {
    name: fast.name,
    verify: (signature, message, publicKey) =>
      // Lengths first: sodium-native reads the first 64 bytes of a longer signature and calls it valid.
      signature.length === 64 &&
      publicKey.length === 32 &&
      (fast.accepts(signature, message, publicKey) || reference.verify(signature, message, publicKey)),
    sign: fast.sign,
  };
}
