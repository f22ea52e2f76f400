/** Four validators and two clients with fixed keys, and messages, certificates and frames signed with them. */

import type { Members } from "../../actors/admission.ts";
import { sha256 } from "../../ledger/sha256.ts";
import { type Engine, loadEngine } from "../../pools/engine.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { type Proof, statementBytes } from "../../wire/certificate.ts";
import { encodeSigned, senderOf } from "../../wire/envelope.ts";
import { Signed } from "../../wire/gen/juno.ts";
import { clusterIdOf } from "../../wire/genesis.ts";
import { quorumOf } from "../../wire/quorum.ts";
import { seal } from "../../wire/signature-input.ts";
import type {
  Body,
  Certificate,
  ClientId,
  Digest,
  ElectionProof,
  Endorsement,
  Genesis,
  LogIndex,
  Member,
  NodeId,
  Point,
  RequestId,
  Signature,
  Term,
  TimeoutCertificate,
} from "../../wire/types.ts";

export const engine: Engine = await loadEngine("sodium");

const seed = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

/** RFC 8032 §7.1: TEST 1, 2, 3 and 1024. */
const nodeSeeds: readonly Uint8Array[] = [
  seed("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
  seed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
  seed("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
  seed("f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5"),
];
/** RFC 8032 §7.1: TEST SHA(abc); the other is made up, as the RFC has no sixth. */
const clientSeeds: ReadonlyMap<number, Uint8Array> = new Map([
  [7, seed("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")],
  [8, new Uint8Array(32).fill(8)],
]);

export const nodes: readonly NodeId[] = [0, 1, 2, 3].map((node) => node as NodeId);
export const clients: readonly ClientId[] = [7, 8].map((client) => client as ClientId);

export function seedOfNode(node: number): Uint8Array {
  const found = nodeSeeds[node];
  if (found === undefined) throw new Error(`no key of node ${node}`);
  return found;
}

export function seedOfClient(client: number): Uint8Array {
  const found = clientSeeds.get(client);
  if (found === undefined) throw new Error(`no key of client ${client}`);
  return found;
}

const member = (name: string, id: number, secretSeed: Uint8Array): Member => ({
  id,
  name: `${name}${id}`,
  publicKey: publicKeyOf(secretSeed),
});

export const genesis: Genesis = {
  name: "golden",
  validators: nodes.map((node) => member("node", node, seedOfNode(node))),
  clients: clients.map((client) => member("client", client, seedOfClient(client))),
  admins: [],
};
export const cluster: Digest = clusterIdOf(sha256, genesis);
export const quorum: number = quorumOf(genesis.validators.length);

export const members: Members = {
  cluster,
  quorum,
  validators: new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey])),
  clients: new Map(genesis.clients.map(({ id, publicKey }) => [id as ClientId, publicKey])),
  hash: sha256,
};

/** 32 equal bytes: a digest of nothing. */
export function digest(byte: number): Digest {
  return new Uint8Array(32).fill(byte) as Digest;
}

/** True for the bodies that clients sign. */
export function isClients({ $case }: Body): boolean {
  return $case === "command" || $case === "commandBatch" || $case === "hello" || $case === "query";
}

/** The seed of whoever the body names as its sender. */
export function seedFor(body: Body): Uint8Array {
  return isClients(body) ? seedOfClient(senderOf(body)) : seedOfNode(senderOf(body));
}

/** What a liar does differently. */
export type Lie = {
  readonly signer?: number;
  readonly seed?: Uint8Array;
  readonly cluster?: Digest;
  readonly domain?: string;
};

/** The frame of a body, signed by whom the body names; or else with a lie in it. */
export function frameOf(body: Body, lie: Lie = {}): Uint8Array {
  const signer = lie.signer ?? senderOf(body);
  const id = lie.cluster ?? cluster;
  const { domain } = lie;
  const signed =
    domain === undefined
      ? encodeSigned(id, signer, body)
      : Signed.encode({ domain, cluster: id, signer, body }).finish();
  return seal(sha256, body.$case, signed, (input) => engine.sign(input, lie.seed ?? seedFor(body)));
}

/** A signed command. */
export function commandOf(client: number, request: number, payload: Uint8Array, lie: Lie = {}): Uint8Array {
  const value = { client: client as ClientId, request: request as RequestId, payload };
  return frameOf({ $case: "command", value }, lie);
}

/** Signatures over a proof's statement, in the order given; `by` says with whose key each node signs. */
export function endorse(proof: Proof, signers: readonly number[], by = (node: number): number => node): Endorsement[] {
  return signers.map((signer) => {
    const node = signer as NodeId;
    const signature = engine.sign(statementBytes(cluster, proof, node), seedOfNode(by(signer))) as Signature;
    return { node, signature };
  });
}

export function pointOf(term: number, index: number, hash: Digest): Point {
  return { term: term as Term, index: index as LogIndex, hash };
}

export function certificateOf(
  kind: "replication" | "commit",
  point: Point,
  signers: readonly number[] = [0, 1, 2],
): Certificate {
  const bare = { ...point, endorsements: [] };
  return { ...bare, endorsements: endorse({ kind, certificate: bare }, signers) };
}

export function timeoutCertificateOf(term: number, signers: readonly number[] = [0, 1, 2]): TimeoutCertificate {
  const bare = { term: term as Term, endorsements: [] };
  return { ...bare, endorsements: endorse({ kind: "timeout", certificate: bare }, signers) };
}

export function electionProofOf(
  term: number,
  leader: number,
  lock: Point,
  signers: readonly number[] = [0, 1, 2],
): ElectionProof {
  const bare = { term: term as Term, leader: leader as NodeId, lock, endorsements: [] };
  return { ...bare, endorsements: endorse({ kind: "election", certificate: bare }, signers) };
}
