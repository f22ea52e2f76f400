/** From a node's configuration and identity to what its actors are made from. */
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { commandersOf } from "../wire/commanders.ts";
import { encodeGenesis } from "../wire/genesis.ts";
import { quorumOf } from "../wire/quorum.ts";
import type { NodeId, Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import type { NodeConfig } from "./config.ts";
import { mayStartEmpty } from "./first-start.ts";
import { readNodeIdentity } from "./identity.ts";
import type { NodeSetup } from "./threads/boot.ts";
import { layoutFor } from "./threads/layout.ts";
import { readTls } from "./tls-setting.ts";

/** Reads everything a node needs and makes its data folder; the reason is one clear line. */
export function setUpNode(config: NodeConfig): Outcome<NodeSetup> {
  const identity = readNodeIdentity(config);
  if (!identity.ok) return identity;
  const { genesis, clusterId, secretSeed } = identity.value;
  const tls = config.tls === undefined ? undefined : readTls(config.tls);
  if (tls?.ok === false) return tls;
  const { data } = config.node;
  try {
    mkdirSync(data, { recursive: true });
  } catch (error) {
    return { ok: false, reason: `[node] data: ${because(error)}` };
  }
  const { consensus, limits, threads } = config;
  return {
    ok: true,
    value: {
      name: config.node.name,
      self: config.node.id as NodeId,
      cluster: clusterId,
      quorum: quorumOf(genesis.validators.length),
      validators: new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey])),
      clients: commandersOf(genesis),
      genesis: encodeGenesis(genesis),
      storeFile: join(data, "ledger.sqlite"),
      createStore: mayStartEmpty(config.node.key),
      listenPeers: config.listen.peers,
      listenClients: config.listen.clients,
      peers: new Map(config.peers.map(({ id, url }) => [id as NodeId, url])),
      tls: tls?.value,
      engine: config.verifier.engine,
      verifierThreads: config.verifier.threads,
      layout: threads.layout === "auto" ? layoutFor(availableParallelism()) : threads.layout,
      secretSeed,
      ...consensus,
      mailboxMax: limits.mailboxMax,
      commandsWaitingMax: limits.commandsWaitingMax,
      queueBytesMax: limits.queueBytesMax,
    },
  };
}
