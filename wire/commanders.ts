/**
 * Who may put commands into the log: the clients of the genesis, and each validator under an id of its own, with its validator's
 * key, to say what time it is. What it signs as one is never taken for what it signs as the other: commands have a domain of theirs.
 */
import type { ClientId, Genesis, NodeId } from "./types.ts";

/** Client ids from here on are validators'. */
export const validatorClientsFrom = 0xffff_0000;

/** Under which a validator's commands stand in the log. */
export function clientIdOf(node: NodeId): ClientId {
  return (validatorClientsFrom + node) as ClientId;
}

/** Public keys by client id. */
export function commandersOf(genesis: Genesis): Map<ClientId, Uint8Array> {
  return new Map([
    ...genesis.clients.map(({ id, publicKey }): [ClientId, Uint8Array] => [id as ClientId, publicKey]),
    ...genesis.validators.map(({ id, publicKey }): [ClientId, Uint8Array] => [clientIdOf(id as NodeId), publicKey]),
  ]);
}
