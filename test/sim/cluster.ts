/** Who is in a simulated cluster: ids, keys and the genesis that lists them. */
import type { Members } from "../../actors/admission.ts";
import { sha256 } from "../../pools/sha256.ts";
import { clusterIdOf } from "../../wire/genesis.ts";
import { quorumOf } from "../../wire/quorum.ts";
import type { ClientId, Genesis, NodeId } from "../../wire/types.ts";
import { type SimCrypto, seedFor } from "./crypto.ts";

export function nodeName(id: number): string {
  return `node ${id}`;
}

export function clientName(id: number): string {
  return `client ${id}`;
}

const knownMembers = new WeakMap<SimCrypto, Map<string, Members>>();

/** The members of a cluster of this size; their keys follow from their names. */
export function membersOf(crypto: SimCrypto, nodes: number, clients: number): Members {
  const known = knownMembers.get(crypto) ?? new Map<string, Members>();
  knownMembers.set(crypto, known);
  const size = `${nodes} ${clients}`;
  const members = known.get(size) ?? createMembers(crypto, nodes, clients);
  known.set(size, members);
  return members;
}

function createMembers(crypto: SimCrypto, nodes: number, clients: number): Members {
  const member = (id: number, name: string) => ({ id, name, publicKey: crypto.publicKeyOf(seedFor(name)) });
  const genesis: Genesis = {
    name: "simulated",
    validators: Array.from({ length: nodes }, (_, id) => member(id, nodeName(id))),
    clients: Array.from({ length: clients }, (_, id) => member(id, clientName(id))),
    admins: [],
  };
  return {
    cluster: clusterIdOf(sha256, genesis),
    quorum: quorumOf(nodes),
    validators: new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey])),
    clients: new Map(genesis.clients.map(({ id, publicKey }) => [id as ClientId, publicKey])),
    hash: sha256,
  };
}
