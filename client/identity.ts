/** What a client signs: its hellos, its commands, its batches. */
import { commandWriter } from "../wire/command-writer.ts";
import { encodeEnvelope, encodeSigned } from "../wire/envelope.ts";
import type { Body, ClientId, Digest, NodeId, RequestId } from "../wire/types.ts";

export type Identity = {
  readonly hello: (node: NodeId) => Uint8Array;
  /** One signed command; what is sent, logged and kept for ever. */
  readonly command: (request: RequestId, payload: Uint8Array) => Uint8Array;
  /** Signed commands in one frame, under a signature of its own. */
  readonly batch: (commands: readonly Uint8Array[]) => Uint8Array;
};

/** `sign` signs with the client's key. */
export function createIdentity(cluster: Digest, client: ClientId, sign: (message: Uint8Array) => Uint8Array): Identity {
  function seal(body: Body): Uint8Array {
    const signed = encodeSigned(cluster, client, body);
    return encodeEnvelope(signed, sign(signed));
  }
  return {
    hello: (node) => seal({ $case: "hello", value: { client, node } }),
    command: commandWriter(cluster, client, sign),
    batch: (commands) => seal({ $case: "commandBatch", value: { client, commands } }),
  };
}
