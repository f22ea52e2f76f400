/** Whether a certificate proves what it says to anyone with the genesis. Source: docs/protocol.md, Messages. */
import { type Proof, statementBytes } from "../wire/certificate.ts";
import { memberOf } from "../wire/genesis.ts";
import { quorumOf } from "../wire/quorum.ts";
import type { Digest, Genesis } from "../wire/types.ts";

/** True where the key's holder signed the message; must not throw. */
export type VerifySignature = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** Why a certificate does not have a quorum's valid signatures; undefined where it has. */
export function flawOfCertificate(
  genesis: Genesis,
  cluster: Digest,
  proof: Proof,
  verify: VerifySignature,
): string | undefined {
  const { endorsements } = proof.certificate;
  const quorum = quorumOf(genesis.validators.length);
  if (endorsements.length < quorum) return `${endorsements.length} of ${quorum} signatures`;
  let previous = -1;
  for (const { node, signature } of endorsements) {
    if (node <= previous) return "signatures not by ascending node";
    previous = node;
    const validator = memberOf(genesis.validators, node);
    if (validator === undefined) return `a signature by ${node}, which is no validator`;
    const valid =
      signature.length === 64 && verify(signature, statementBytes(cluster, proof, node), validator.publicKey);
    if (!valid) return `validator ${node}'s signature is not valid`;
  }
  return undefined;
}
