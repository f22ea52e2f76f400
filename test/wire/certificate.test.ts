import test from "ava";
import fc from "fast-check";
import { endorsementsOf, type Proof, statementBytes, statementOf } from "../../wire/certificate.ts";
import { open, senderOf } from "../../wire/envelope.ts";
import type { Body, NodeId, Signature } from "../../wire/types.ts";
import { certificateOf, cluster, digest, electionProofOf, frameOf, pointOf, timeoutCertificateOf } from "./cluster.ts";
import { hexOf } from "./plain.ts";

const point = pointOf(5, 300, digest(0x33));
const proofs: readonly Proof[] = [
  { kind: "replication", certificate: certificateOf("replication", point) },
  { kind: "commit", certificate: certificateOf("commit", point) },
  { kind: "timeout", certificate: timeoutCertificateOf(5) },
  { kind: "election", certificate: electionProofOf(5, 1, point) },
];

for (const proof of proofs) {
  test(`${proof.kind}: the statement is the very message that each signer sent`, (t) => {
    for (const node of [0, 1, 2, 3] as NodeId[]) {
      const body: Body = statementOf(proof, node);
      t.is(senderOf(body), node);
      const opened = open(frameOf(body), cluster);
      if (!opened.ok) return t.fail(opened.reason);
      t.is(hexOf(statementBytes(cluster, proof, node)), hexOf(opened.value.signed));
      const endorsement = proof.certificate.endorsements.find((one) => one.node === node);
      if (endorsement !== undefined) t.is(hexOf(endorsement.signature), hexOf(opened.value.signature));
    }
    return undefined;
  });
}

test("all statements differ from each other", (t) => {
  const all = proofs.flatMap((proof) => [0, 1, 2, 3].map((node) => statementBytes(cluster, proof, node as NodeId)));
  t.is(new Set(all.map(hexOf)).size, 16);
});

test("endorsements are those of the lowest nodes, each once, in ascending order", (t) => {
  const node = fc.nat({ max: 2 ** 32 - 1 }).map((id) => id as NodeId);
  fc.assert(
    fc.property(fc.uniqueArray(node, { maxLength: 64 }), fc.integer({ min: 1, max: 64 }), (nodes, quorum) => {
      const signatures = new Map(nodes.map((id) => [id, new Uint8Array(64).fill(id) as Signature]));
      const endorsements = endorsementsOf(signatures, quorum);
      t.deepEqual(
        endorsements.map((one) => one.node),
        nodes.toSorted((a, b) => a - b).slice(0, quorum),
      );
      return endorsements.every((one) => one.signature === signatures.get(one.node));
    }),
  );
  t.pass();
});
