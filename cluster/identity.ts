/** Who a configured node or client is: its key and its genesis, checked against each other. */
import { type Genesis, type Member, type Outcome, sameBytes } from "../wire/types.ts";
import type { ClientConfig } from "./client-config.ts";
import type { NodeConfig } from "./config.ts";
import { type Founding, readGenesisFile } from "./genesis-file.ts";
import { readKeyFile } from "./key-file.ts";

export type Identity = Founding & {
  readonly publicKey: Uint8Array;
  /** 32 bytes; whoever takes it keeps it secret. */
  readonly secretSeed: Uint8Array;
};

/** Reads a node's key and genesis; refuses where the genesis knows another key, name or set of peers than the node. */
export function readNodeIdentity(config: NodeConfig): Outcome<Identity> {
  const identity = readIdentity("node", config.node, (genesis) => genesis.validators);
  if (!identity.ok) return identity;
  const others = identity.value.genesis.validators.filter(({ id }) => id !== config.node.id);
  return agree("[[peer]]", config.peers, others) ?? identity;
}

/** Reads a client's key and genesis; refuses where the genesis knows another key, name or set of nodes than the client. */
export function readClientIdentity(config: ClientConfig): Outcome<Identity> {
  const identity = readIdentity("client", config.client, (genesis) => genesis.clients);
  if (!identity.ok) return identity;
  const known = identity.value.genesis.validators.filter(({ id }) => config.nodes.some((node) => node.id === id));
  return agree("[[node]]", config.nodes, known) ?? identity;
}

type Self = { readonly id: number; readonly name: string; readonly genesis: string; readonly key: string };

function readIdentity(
  section: string,
  self: Self,
  membersOf: (genesis: Genesis) => readonly Member[],
): Outcome<Identity> {
  const founding = readGenesisFile(self.genesis);
  if (!founding.ok) return founding;
  const pair = readKeyFile(self.key);
  if (!pair.ok) return pair;
  const members = membersOf(founding.value.genesis);
  const member = members.find(({ id }) => id === self.id);
  if (member === undefined) {
    const ids = members.map(({ id }) => id).join(", ");
    return refuse(`[${section}] id: ${self.id} is not in ${self.genesis}; must be one of ${ids}`);
  }
  if (member.name !== self.name) {
    return refuse(`[${section}] name: must be "${member.name}" as in ${self.genesis}; is "${self.name}"`);
  }
  if (!sameBytes(member.publicKey, pair.value.publicKey)) {
    const [have, want] = [pair.value.publicKey, member.publicKey].map((key) => Buffer.from(key).toString("hex"));
    return refuse(
      `[${section}] key: ${self.key} has public key ${have}; the genesis has ${want} for ${self.name}; give that key`,
    );
  }
  return { ok: true, value: { ...founding.value, ...pair.value } };
}

function agree(
  list: string,
  configured: readonly { readonly id: number }[],
  inGenesis: readonly Member[],
): Outcome<never> | undefined {
  const stranger = configured.find(({ id }) => !inGenesis.some((member) => member.id === id));
  if (stranger !== undefined)
    return refuse(`${list} id: the genesis has no other validator ${stranger.id}; take the item out`);
  const absent = inGenesis.find((member) => !configured.some(({ id }) => id === member.id));
  return absent === undefined
    ? undefined
    : refuse(`${list}: ${absent.name} is missing; add an item with id = ${absent.id}`);
}

function refuse(reason: string): Outcome<never> {
  return { ok: false, reason };
}
