/** The state machine as a member of a cluster makes it: from the genesis, and with one verdict on every signature. */
import { readFileSync } from "node:fs";
import { type Chain, createChain } from "../hopper/chain/chain.ts";
import type { Engine } from "../pools/engine.ts";
import { nobleEngine } from "../pools/noble.ts";
import { oneVerdict } from "../pools/one-verdict.ts";
import { opensslEngine } from "../pools/openssl.ts";
import { checkPublicKey } from "../pools/public-key.ts";
import { sha256 } from "../pools/sha256.ts";
import { clientIdOf } from "../wire/commanders.ts";
import { faultyMax } from "../wire/quorum.ts";
import type { ClientId, Digest, NodeId } from "../wire/types.ts";

const demoSource = readFileSync(new URL("../hopper/demo/juno.hop", import.meta.url), "utf8");

const encoder = new TextEncoder();

export type ChainMembers = {
  readonly cluster: Digest;
  readonly validators: Iterable<NodeId>;
  /** Public keys of all who may put commands into the log. */
  readonly clients: ReadonlyMap<ClientId, Uint8Array>;
};

export function createNodeChain({ cluster, validators, clients }: ChainMembers): Chain {
  const engine = oneVerdict(opensslEngine, nobleEngine);
  // A signature that anybody can make is nobody's.
  const verify: Engine["verify"] = (signature, message, key) =>
    checkPublicKey(key).ok && engine.verify(signature, message, key);
  const byClient = new Map([...validators].map((node) => [clientIdOf(node), node]));
  return createChain({
    sha256,
    demo: demoSource,
    clients,
    signatures: { chain: cluster, verify },
    validators: byClient,
    faulty: faultyMax(byClient.size),
    writeUtf8: (text, into) => encoder.encodeInto(text, into).written,
  });
}
