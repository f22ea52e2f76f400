/** Checks the signatures and hashes the leaves of a batch. */
import { leafTag } from "../wire/domain.ts";
import type { Engine } from "./engine.ts";
import { sha256Into } from "./sha256.ts";
import {
  type BatchVerdict,
  checkAt,
  checkCount,
  leafAt,
  leafCount,
  type SignatureBatch,
  verdictFor,
} from "./signature-batch.ts";

/** Checks a whole batch in one go; every check and leaf stands for itself. */
export function verifyBatch(engine: Engine, batch: SignatureBatch): BatchVerdict {
  const verdict = verdictFor(batch, "own");
  for (let number = 0; number < leafCount(batch); number++) hashLeaf(batch, number, verdict);
  let reached = 0;
  while (reached < checkCount(batch)) reached = verifyChecks(engine, batch, reached, checkCount(batch), verdict);
  return verdict;
}

/** Writes the verdicts of the first checks from `start` on, as many as the engine takes at once; returns where it ended. */
export function verifyChecks(
  engine: Engine,
  batch: SignatureBatch,
  start: number,
  end: number,
  verdict: BatchVerdict,
): number {
  if (engine.many === undefined) {
    verifyCheck(engine, batch, start, verdict);
    return start + 1;
  }
  const reached = Math.min(start + engine.many.checksMax, end);
  engine.many.verify(batch, start, reached, verdict.valid);
  return reached;
}

function verifyCheck(engine: Engine, batch: SignatureBatch, number: number, verdict: BatchVerdict): void {
  const { data, keys } = batch;
  const { messageStart, messageEnd, signatureStart, keyNumber } = checkAt(batch, number);
  const valid = engine.verify(
    data.subarray(signatureStart, signatureStart + 64),
    data.subarray(messageStart, messageEnd),
    keys.subarray(keyNumber * 32, keyNumber * 32 + 32),
  );
  verdict.valid[number] = valid ? 1 : 0;
}

/** What is hashed for a leaf: the tag, and room for a command. */
let preimage = new Uint8Array(0);

/** Writes one leaf's hash. */
export function hashLeaf(batch: SignatureBatch, number: number, verdict: BatchVerdict): void {
  const { start, end } = leafAt(batch, number);
  const length = leafTag.length + end - start;
  if (length > preimage.length) {
    preimage = new Uint8Array(2 * length);
    preimage.set(leafTag);
  }
  preimage.set(batch.data.subarray(start, end), leafTag.length);
  sha256Into(preimage.subarray(0, length), verdict.leaves, number * 32);
}
