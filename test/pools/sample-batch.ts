/** Batches of real signatures, some of them spoilt, as the pool's tests need them. */
import type { Engine } from "../../pools/engine.ts";
import { generateKeyPair } from "../../pools/public-key.ts";
import type { SignatureBatch } from "../../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../../pools/signature-batch-builder.ts";

const keyPairs = Array.from({ length: 5 }, () => generateKeyPair());

/** One source a check, `signature || message`, and its message as a leaf; what `isBad` names has a flipped bit. */
export function sampleBatch(
  engine: Engine,
  checks: number,
  isBad: (number: number) => boolean,
  memory: "shared" | "own" = "shared",
): SignatureBatch {
  const builder = new SignatureBatchBuilder(memory);
  for (let number = 0; number < checks; number++) {
    const keyPair = keyPairs[number % keyPairs.length] ?? generateKeyPair();
    const message = Buffer.from(`command ${number}`.padEnd(20 + (number % 90), "."));
    const signature = Buffer.from(engine.sign(message, keyPair.secretSeed));
    // Flipped in turn: R, S, message.
    const bytes = Buffer.concat([signature, message]);
    const at = [3, 35, 64][number % 3] ?? 0;
    if (isBad(number)) bytes[at] = (bytes[at] ?? 0) ^ 1;
    const start = builder.addSource(bytes);
    builder.addCheck(start + 64, start + bytes.length, start, keyPair.publicKey);
    builder.addLeaf(start + 64, start + bytes.length);
  }
  return builder.build().batch;
}
