/** I09, I10, I23: every certificate that a node holds has Q distinct validators' valid signatures. */
import { type Proof, statementBytes } from "../../../wire/certificate.ts";
import { broken, type Invariant, type World } from "../world.ts";

export function certificateSound(): Invariant {
  const name = "CertificateSound";
  const seen = new WeakSet<object>();

  function check(world: World, proof: Proof): void {
    if (seen.has(proof.certificate)) return;
    seen.add(proof.certificate);
    const { cluster, quorum, validators } = world.members;
    const signers = new Set(proof.certificate.endorsements.map((one) => one.node));
    if (signers.size < quorum) broken(name, `a ${proof.kind} certificate has ${signers.size} signers`);
    for (const { node, signature } of proof.certificate.endorsements) {
      const publicKey = validators.get(node);
      const statement = statementBytes(cluster, proof, node);
      if (publicKey === undefined || !world.crypto.engine.verify(signature, statement, publicKey)) {
        broken(name, `a ${proof.kind} certificate carries a signature of node ${node} that is not its`);
      }
    }
  }

  return {
    name,
    onStep: (world, node, actor) => {
      if (actor !== "consensus") return;
      const core = node.actors?.consensus.core;
      if (core?.lock !== undefined) check(world, { kind: "replication", certificate: core.lock });
      if (core?.commit !== undefined) check(world, { kind: "commit", certificate: core.commit });
      if (core?.timeoutCertificate !== undefined) {
        check(world, { kind: "timeout", certificate: core.timeoutCertificate });
      }
      if (core?.role.kind === "leader") check(world, { kind: "election", certificate: core.role.proof });
    },
  };
}
