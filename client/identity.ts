/** What a client signs: its hellos, its commands, its batches, its queries. */
import type { Hash } from "../wire/chain.ts";
import { commandWriter } from "../wire/command-writer.ts";
import { encodeSigned } from "../wire/envelope.ts";
import { seal } from "../wire/signature-input.ts";
import type { Body, ClientId, Digest, LogIndex, NodeId, RequestId } from "../wire/types.ts";

export type Identity = {
  readonly hello: (node: NodeId) => Uint8Array;
  /** One signed command; what is sent, logged and kept for ever. */
  readonly command: (request: RequestId, payload: Uint8Array) => Uint8Array;
  /** Signed commands in one frame, under a signature of its own. */
  readonly batch: (commands: readonly Uint8Array[]) => Uint8Array;
  /** A question to the state machine, at a place in the log. */
  readonly query: (request: RequestId, index: LogIndex, question: Uint8Array) => Uint8Array;
};

/** `sign` signs with the client's key. */
export function createIdentity(
  cluster: Digest,
  client: ClientId,
  hash: Hash,
  sign: (message: Uint8Array) => Uint8Array,
): Identity {
  const sealed = (body: Body): Uint8Array => seal(hash, body.$case, encodeSigned(cluster, client, body), sign);
  return {
    hello: (node) => sealed({ $case: "hello", value: { client, node } }),
    command: commandWriter(cluster, client, sign),
    batch: (commands) => sealed({ $case: "commandBatch", value: { client, commands } }),
    query: (request, index, question) => sealed({ $case: "query", value: { client, request, index, question } }),
  };
}
