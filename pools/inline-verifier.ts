/** The verifier without threads: for tests and the simulator. */
import type { Engine } from "./engine.ts";
import { assertBatch, type BatchVerdict, checkCount, leafCount, type SignatureBatch } from "./signature-batch.ts";
import type { Verifier, VerifierStats } from "./verifier.ts";
import { verifyBatch } from "./verify-batch.ts";

export type InlineVerifier = Verifier & {
  /** Checks a batch before it returns; throws where `verify` rejects. */
  readonly verifySync: (batch: SignatureBatch) => BatchVerdict;
};

/** Makes a verifier that works on the caller's thread, one batch at a time, so that lanes make no difference. */
export function createInlineVerifier(engine: Engine): InlineVerifier {
  let closed = false;
  let stats: VerifierStats = {
    threads: 0,
    queued: 0,
    queuedByLane: [0, 0, 0],
    running: 0,
    tasks: 0,
    checks: 0,
    invalid: 0,
    leaves: 0,
    busyMs: 0,
  };

  function verifySync(batch: SignatureBatch): BatchVerdict {
    if (closed) throw new Error("verifier is closed");
    assertBatch(batch);
    const start = performance.now();
    const verdict = verifyBatch(engine, batch);
    stats = {
      ...stats,
      tasks: stats.tasks + 1,
      checks: stats.checks + checkCount(batch),
      invalid: stats.invalid + verdict.valid.filter((valid) => valid === 0).length,
      leaves: stats.leaves + leafCount(batch),
      busyMs: stats.busyMs + performance.now() - start,
    };
    return verdict;
  }

  return {
    verifySync,
    verify: async (batch) => verifySync(batch),
    stats: () => stats,
    close: async () => {
      closed = true;
    },
  };
}
