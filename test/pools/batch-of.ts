/** A batch out of single checks, and the reference's verdict on each. */
import type { Engine } from "../../pools/engine.ts";
import type { SignatureBatch } from "../../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../../pools/signature-batch-builder.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";

export type OneCheck = {
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
};

export function batchOf(checks: readonly OneCheck[], memory: "shared" | "own" = "own"): SignatureBatch {
  const builder = new SignatureBatchBuilder(memory);
  for (const { signature, message, key } of checks) {
    const at = builder.addSource(Buffer.concat([signature, message]));
    builder.addCheck(at + 64, at + 64 + message.length, at, key);
  }
  return builder.build().batch;
}

/** Checks all in one batch. */
export function together(engine: Engine, checks: readonly OneCheck[]): boolean[] {
  return Array.from(verifyBatch(engine, batchOf(checks)).valid, (valid) => valid === 1);
}

export function oneByOne(engine: Engine, checks: readonly OneCheck[]): boolean[] {
  return checks.map(({ signature, message, key }) => engine.verify(signature, message, key));
}
