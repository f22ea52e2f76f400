/** The signature engines: Ed25519 behind one interface, and one verdict on every input whichever is chosen. */

/** `sodium` is the fastest and the default, `openssl` needs no native add-on, `noble` is the reference. */
export type EngineName = "noble" | "openssl" | "sodium";

/** Every engine's name, in the order of their speed. */
export const engineNames: readonly EngineName[] = ["sodium", "openssl", "noble"];

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
  }
}

async function loadSodium(): Promise<typeof import("./sodium.ts").sodiumEngine> {
  try {
    return (await import("./sodium.ts")).sodiumEngine;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new Error(`sodium-native cannot be loaded here (${reason}); choose engine = "openssl"`);
  }
}
