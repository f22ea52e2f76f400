/** Real signed commands of a few clients, as a batch for the verifier. */
import type { Engine } from "../pools/engine.ts";
import { generateKeyPair } from "../pools/public-key.ts";
import type { SignatureBatch } from "../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../pools/signature-batch-builder.ts";
import { encodeEnvelope, encodeSigned, open } from "../wire/envelope.ts";
import type { ClientId, Digest, RequestId } from "../wire/types.ts";

export const benchCluster: Digest = new Uint8Array(32).fill(1) as Digest;
export const benchPayload: Uint8Array = new TextEncoder().encode("transfer(Acct1->Acct2, 1%1)");

/** Few clients sign many commands: the case of a permissioned ledger. */
const clientCount = 4;
const clientKeys = Array.from({ length: clientCount }, () => generateKeyPair());

/** One signed command in its envelope; `request` counts from 1; the same arguments give the same bytes while this process lives. */
export function signedCommand(engine: Pick<Engine, "sign">, client: number, request: number): Uint8Array {
  const value = { client: client as ClientId, request: request as RequestId, payload: benchPayload };
  const signed = encodeSigned(benchCluster, client, { $case: "command", value });
  return encodeEnvelope(signed, engine.sign(signed, keyOf(client).secretSeed));
}

/** So many commands with a check each, and with a leaf each if asked for. */
export function commandBatch(
  engine: Pick<Engine, "sign">,
  count: number,
  leaves: boolean,
  memory: "shared" | "own",
): SignatureBatch {
  const builder = new SignatureBatchBuilder(memory);
  for (let number = 0; number < count; number++) {
    const client = number % clientCount;
    const frame = signedCommand(engine, client, number + 1);
    const opened = open(frame, benchCluster);
    if (!opened.ok) throw new Error(opened.reason);
    const { signed, signature } = opened.value;
    const start = builder.addSource(frame);
    const messageStart = start + signed.byteOffset - frame.byteOffset;
    const signatureStart = start + signature.byteOffset - frame.byteOffset;
    builder.addCheck(messageStart, messageStart + signed.length, signatureStart, keyOf(client).publicKey);
    if (leaves) builder.addLeaf(start, start + frame.length);
  }
  return builder.build().batch;
}

function keyOf(client: number): ReturnType<typeof generateKeyPair> {
  const key = clientKeys[client];
  if (key === undefined) throw new Error(`no key of client ${client}`);
  return key;
}
