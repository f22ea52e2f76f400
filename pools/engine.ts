/** The signature engines: Ed25519 behind one interface, and one verdict on every input whichever is chosen. */
import type { FastEngine } from "./one-verdict.ts";
import type { SignatureBatch } from "./signature-batch.ts";

/**
 * `simd` is the fastest in batches and the default, `sodium` is a native add-on, `openssl` is what Node brings, `noble` is
 * the reference.
 */
export type EngineName = "noble" | "openssl" | "simd" | "sodium";

/** Every engine's name, in the order of their speed. */
export const engineNames: readonly EngineName[] = ["simd", "sodium", "openssl", "noble"];

export type Engine = {
  readonly name: EngineName;
  /**
   * Tells whether a signature is valid by ZIP-215 (cofactored, exact encodings hashed). Takes any bytes and never throws:
   * a signature that is not 64 bytes or a key that is not 32 is invalid. The bytes may lie in shared memory, and nobody
   * may write them meanwhile.
   */
  readonly verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
  /** Signs as RFC 8032 says, so that all engines return the same 64 bytes; throws unless the seed is 32 bytes. */
  readonly sign: (message: Uint8Array, secretSeed: Uint8Array) => Uint8Array;
  /** Of an engine that checks many faster than each by itself. */
  readonly many?: ManyChecks;
};

export type ManyChecks = {
  /** Checks in one call: what takes a few milliseconds, also where all are invalid. */
  readonly checksMax: number;
  /** Writes 1 or 0 into `valid` for each check of the batch from `start` to `end`: the verdicts of `Engine.verify`. */
  readonly verify: (batch: SignatureBatch, start: number, end: number, valid: Uint8Array) => void;
};

/** Loads one engine and nothing else; throws one clear line where the engine cannot run on this machine. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  const [{ nobleEngine }, { oneVerdict }] = await Promise.all([import("./noble.ts"), import("./one-verdict.ts")]);
  switch (name) {
    case "noble":
      return nobleEngine;
    case "openssl":
      return oneVerdict((await import("./openssl.ts")).opensslEngine, nobleEngine);
    case "sodium":
      return oneVerdict(await loadSodium(), nobleEngine);
    case "simd":
      return loadSimd(nobleEngine);
  }
}

async function loadSodium(): Promise<FastEngine> {
  try {
    return (await import("./sodium.ts")).sodiumEngine;
  } catch (error) {
    throw new Error(`sodium-native cannot be loaded here (${firstLine(error)}); choose engine = "simd" or "openssl"`);
  }
}

async function loadSimd(reference: Engine): Promise<Engine> {
  const [native, { createSimdEngine }] = await Promise.all([loadNative(), import("./simd.ts")]);
  try {
    return createSimdEngine(native, reference);
  } catch (error) {
    throw new Error(`WebAssembly's relaxed SIMD is not to be had here (${firstLine(error)}); choose engine = "sodium"`);
  }
}

/** libsodium where it loads, and else what Node brings. */
async function loadNative(): Promise<FastEngine> {
  try {
    return await loadSodium();
  } catch {
    return (await import("./openssl.ts")).opensslEngine;
  }
}

function firstLine(error: unknown): string | undefined {
  return error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
}
