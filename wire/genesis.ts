/**
 * The genesis: the configuration a cluster starts from. Its canonical bytes hashed are the cluster id, which is inside
 * everything that is signed, and hash_0 of the log.
 */

import type { Hash } from "./chain.ts";
import { validatorClientsFrom } from "./commanders.ts";
import { decode } from "./envelope.ts";
import * as proto from "./gen/juno.ts";
import { validatorsMax } from "./limits.ts";
import type { Digest, Genesis, Member, Outcome } from "./types.ts";

/** The canonical bytes of a genesis. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  return proto.Genesis.encode(genesis).finish();
}

/** The cluster's id, and the chain hash before the first entry. */
export function clusterIdOf(hash: Hash, genesis: Genesis): Digest {
  return hash(encodeGenesis(genesis)) as Digest;
}

/** Reads a genesis; whether its public keys are sound is checked where there is a curve (pools/public-key). */
export function decodeGenesis(bytes: Uint8Array): Outcome<Genesis> {
  const genesis = decode(proto.Genesis, bytes);
  if (genesis === undefined) return { ok: false, reason: "malformed or non-canonical genesis" };
  const flaw = flawOfGenesis(genesis);
  return flaw === undefined ? { ok: true, value: genesis } : { ok: false, reason: flaw };
}

/** Why a genesis cannot found a cluster; undefined where it can. */
export function flawOfGenesis(genesis: Genesis): string | undefined {
  if (genesis.validators.length === 0) return "no validators";
  if (genesis.validators.length > validatorsMax) return `more than ${validatorsMax} validators`;
  for (const members of [genesis.validators, genesis.clients, genesis.admins]) {
    for (const [i, member] of members.entries()) {
      const previous = members[i - 1];
      if (previous !== undefined && member.id <= previous.id) return `ids are not ascending at "${member.name}"`;
      if (member.publicKey.length !== 32) return `public key of "${member.name}" is not 32 bytes`;
    }
  }
  const reserved = genesis.clients.find(({ id }) => id >= validatorClientsFrom);
  if (reserved !== undefined) return `the id of client "${reserved.name}" is not below ${validatorClientsFrom}`;
  const keys = [...genesis.validators, ...genesis.clients, ...genesis.admins].map((member) => member.publicKey.join());
  if (new Set(keys).size !== keys.length) return "one public key is given to two members";
  return undefined;
}

/** The member with that id, if there is one. */
export function memberOf(members: readonly Member[], id: number): Member | undefined {
  return members.find((member) => member.id === id);
}
