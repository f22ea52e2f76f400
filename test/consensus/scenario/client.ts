/** The one client of a scenario. */

import { sha256 } from "../../../pools/sha256.ts";
import { encodeSigned } from "../../../wire/envelope.ts";
import { seal } from "../../../wire/signature-input.ts";
import type { Body, ClientId, Digest, NodeId, RequestId } from "../../../wire/types.ts";
import { type SimCrypto, seedFor } from "../../sim/crypto.ts";

export const clientId: ClientId = 0 as ClientId;
const ownSeed = seedFor("scenario client");

export type Client = {
  readonly signedPayloads: ReadonlySet<string>;
  /** A signed command; the same payload is the same request. A forged one is signed by somebody else. */
  readonly command: (payload: string, forged?: boolean) => Uint8Array;
  readonly hello: (node: NodeId) => Uint8Array;
};

export function clientPublicKey(crypto: SimCrypto): Uint8Array {
  return crypto.publicKeyOf(ownSeed);
}

export function createClient(crypto: SimCrypto, cluster: Digest): Client {
  const signedPayloads = new Set<string>();
  const requests = new Map<string, RequestId>();

  function sign(body: Body, seed: Uint8Array): Uint8Array {
    const signed = encodeSigned(cluster, clientId, body);
    return seal(sha256, body.$case, signed, (input) => crypto.engine.sign(input, seed));
  }

  return {
    signedPayloads,
    command: (payload, forged = false) => {
      const request = requests.get(payload) ?? ((requests.size + 1) as RequestId);
      requests.set(payload, request);
      if (!forged) signedPayloads.add(payload);
      const value = { client: clientId, request, payload: Buffer.from(payload) };
      return sign({ $case: "command", value }, forged ? seedFor("a stranger") : ownSeed);
    },
    hello: (node) => sign({ $case: "hello", value: { client: clientId, node } }, ownSeed),
  };
}
