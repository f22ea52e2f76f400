/**
 * Certificates: Q signatures over the same statement, each made by signing the message in which the statement was
 * first said. Since encoding is canonical, that message's bytes follow from the statement and the signer's id, so a
 * certificate carries the statement once and proves itself to anyone with the genesis.
 */
import { encodeSigned } from "./envelope.ts";
import type { Body, Certificate, Digest, ElectionProof, Endorsement, NodeId, TimeoutCertificate } from "./types.ts";

/** A certificate of any kind, with the kind. */
export type Proof =
  | { readonly kind: "replication"; readonly certificate: Certificate }
  | { readonly kind: "commit"; readonly certificate: Certificate }
  | { readonly kind: "timeout"; readonly certificate: TimeoutCertificate }
  | { readonly kind: "election"; readonly certificate: ElectionProof };

/** The message that `node` signed if its signature in `proof` is right. */
export function statementOf(proof: Proof, node: NodeId): Body {
  switch (proof.kind) {
    case "replication": {
      const { term, index, hash } = proof.certificate;
      return { $case: "appendEntriesResponse", value: { term, node, index, hash } };
    }
    case "commit": {
      const { term, index, hash } = proof.certificate;
      return { $case: "commitVote", value: { term, node, index, hash } };
    }
    case "timeout":
      return { $case: "timeout", value: { term: proof.certificate.term, node } };
    case "election": {
      const { term, leader, lock } = proof.certificate;
      const value = { term, voter: node, candidate: leader, lock, granted: true, voterLock: undefined };
      return { $case: "requestVoteResponse", value };
    }
  }
}

/** The bytes that `node` signed if its signature in `proof` is right. */
export function statementBytes(cluster: Digest, proof: Proof, node: NodeId): Uint8Array {
  return encodeSigned(cluster, node, statementOf(proof, node));
}

/**
 * Puts signatures into the order a certificate needs.
 * Takes any number; the certificate holds the `quorum` lowest nodes, so that it is as small as it may be.
 */
export function endorsementsOf(
  signatures: ReadonlyMap<NodeId, Endorsement["signature"]>,
  quorum: number,
): Endorsement[] {
  return [...signatures]
    .map(([node, signature]) => ({ node, signature }))
    .sort((a, b) => a.node - b.node)
    .slice(0, quorum);
}
