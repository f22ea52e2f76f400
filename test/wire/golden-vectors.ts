/** The golden vectors, made from plain inputs: what another implementation has to arrive at, byte by byte. */

import { sha256 } from "../../ledger/sha256.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { type Proof, statementBytes } from "../../wire/certificate.ts";
import { chainer, leafHash } from "../../wire/chain.ts";
import { encodeEnvelope, encodeSigned, senderOf } from "../../wire/envelope.ts";
import { encodeGenesis } from "../../wire/genesis.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import type { LogIndex, Term } from "../../wire/types.ts";
import { bodies } from "./bodies.ts";
import {
  certificateOf,
  clients,
  cluster,
  commandOf,
  digest,
  electionProofOf,
  engine,
  genesis,
  nodes,
  pointOf,
  seedFor,
  seedOfClient,
  seedOfNode,
  timeoutCertificateOf,
} from "./cluster.ts";
import { type Plain, plain } from "./plain.ts";

export const goldenFile: URL = new URL("./golden.json", import.meta.url);

export type GoldenMessage = {
  readonly kind: string;
  readonly signer: number;
  readonly body: Plain;
  readonly signed: string;
  readonly signature: string;
  readonly envelope: string;
};

export type GoldenEntry = {
  readonly index: number;
  readonly term: number;
  readonly command: string;
  readonly leaf: string;
  readonly hash: string;
};

export type Golden = {
  readonly genesis: { readonly value: Plain; readonly bytes: string; readonly id: string };
  readonly keys: readonly { readonly name: string; readonly seed: string; readonly publicKey: string }[];
  readonly messages: readonly GoldenMessage[];
  readonly statements: readonly {
    readonly kind: string;
    readonly certificate: Plain;
    readonly node: number;
    readonly bytes: string;
    readonly signature: string;
  }[];
  readonly chain: readonly GoldenEntry[];
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function messages(): GoldenMessage[] {
  return bodies.map((body) => {
    const signed = encodeSigned(cluster, senderOf(body), body);
    const signature = engine.sign(signatureInput(sha256, body.$case, signed), seedFor(body));
    return {
      kind: body.$case,
      signer: senderOf(body),
      body: plain(body.value),
      signed: hex(signed),
      signature: hex(signature),
      envelope: hex(encodeEnvelope(signed, signature)),
    };
  });
}

function statements(): Golden["statements"] {
  const point = pointOf(5, 300, digest(0x33));
  const proofs: Proof[] = [
    { kind: "replication", certificate: certificateOf("replication", point) },
    { kind: "commit", certificate: certificateOf("commit", point) },
    { kind: "timeout", certificate: timeoutCertificateOf(5) },
    { kind: "election", certificate: electionProofOf(5, 1, pointOf(4, 298, digest(0x22))) },
    // The first term, before which there is no lock but the genesis.
    { kind: "election", certificate: electionProofOf(1, 0, pointOf(0, 0, cluster)) },
  ];
  return proofs.flatMap((proof) =>
    proof.certificate.endorsements.map(({ node, signature }) => ({
      kind: proof.kind,
      certificate: plain(proof.certificate),
      node,
      bytes: hex(statementBytes(cluster, proof, node)),
      signature: hex(signature),
    })),
  );
}

function chain(): GoldenEntry[] {
  const extend = chainer(sha256);
  let hash = cluster;
  return [
    { index: 1, term: 1, command: commandOf(7, 1, new TextEncoder().encode("create a")) },
    { index: 2, term: 3, command: commandOf(8, 2 ** 53 - 1, new Uint8Array(0)) },
  ].map(({ index, term, command }) => {
    const leaf = leafHash(sha256, command);
    hash = extend(hash, index as LogIndex, term as Term, leaf);
    return { index, term, command: hex(command), leaf: hex(leaf), hash: hex(hash) };
  });
}

export function goldenVectors(): Golden {
  const seeds: [string, Uint8Array][] = [
    ...nodes.map((node): [string, Uint8Array] => [`node${node}`, seedOfNode(node)]),
    ...clients.map((client): [string, Uint8Array] => [`client${client}`, seedOfClient(client)]),
  ];
  return {
    genesis: { value: plain(genesis), bytes: hex(encodeGenesis(genesis)), id: hex(cluster) },
    keys: seeds.map(([name, seed]) => ({ name, seed: hex(seed), publicKey: hex(publicKeyOf(seed)) })),
    messages: messages(),
    statements: statements(),
    chain: chain(),
  };
}
