/** Quorums, certificates, identities: who may say what, and how many have to. */
import type { Mutant } from "../mutant.ts";

export const certificateMutants: readonly Mutant[] = [
  {
    name: "majority-quorum",
    breaks: "a quorum is a majority, as in Raft (S-01)",
    file: "wire/quorum.ts",
    find: "return Math.ceil((validators + faultyMax(validators) + 1) / 2);",
    replace: "return Math.floor(validators / 2) + 1;",
    options: { nodes: 5 },
  },
  {
    name: "quorum-one-less",
    breaks: "a quorum is one validator short",
    file: "wire/quorum.ts",
    find: "return Math.ceil((validators + faultyMax(validators) + 1) / 2);",
    replace: "return Math.ceil((validators + faultyMax(validators) + 1) / 2) - 1;",
    options: { nodes: 4 },
  },
  {
    name: "quorum-of-all",
    breaks: "a quorum is everybody, so that one absence stops the cluster",
    file: "wire/quorum.ts",
    find: "return Math.ceil((validators + faultyMax(validators) + 1) / 2);",
    replace: "return validators;",
    options: { nodes: 4, coreOnly: true },
    liars: false,
  },
  {
    name: "certificate-of-any-size",
    breaks: "a certificate with too few signatures passes (S-01, B17)",
    file: "actors/admission.ts",
    find: "endorsements.length !== members.quorum",
    replace: "endorsements.length === 0",
  },
  {
    name: "signer-counted-twice",
    breaks: "one signer may stand in a certificate many times (S-03, B14)",
    file: "wire/envelope.ts",
    find: "endorsement.node <= previous.node",
    replace: "endorsement.node < previous.node",
  },
  {
    name: "endorsements-unchecked",
    breaks: "signatures inside certificates are not checked (claim instead of certificate)",
    file: "actors/admission.ts",
    find: "    checks.push({ message: statementBytes(members.cluster, proof, node), signature: signature as Signature, key });\n",
    replace: "",
  },
  {
    name: "election-proof-unchecked",
    breaks: "a leader's proof of election is believed",
    file: "actors/admission.ts",
    find: 'return body.value.proof === undefined ? [] : [{ kind: "election", certificate: body.value.proof }];',
    replace: "return [];",
  },
  {
    name: "claimed-lock",
    breaks: "a candidate's lock is believed without its certificate (S-05, B12)",
    file: "actors/admission.ts",
    find: "        ...lock(body.value.lock),\n",
    replace: "",
  },
  {
    name: "timeout-certificate-unchecked",
    breaks: "a candidate's timeout certificate is believed",
    file: "actors/admission.ts",
    find: '...(timeout === undefined ? [] : [{ kind: "timeout", certificate: timeout } as const]),',
    replace: "",
  },
  {
    name: "sync-certificate-unchecked",
    breaks: "the certificate at the end of a SYNC is believed (B42)",
    file: "actors/admission.ts",
    find: "      return [{ kind: end.$case, certificate: end.value }];",
    replace: "      return [];",
  },
  {
    name: "signer-not-bound",
    breaks: "the signer need not be the sender that the body names (S-15, A1)",
    file: "wire/envelope.ts",
    find: "if (content.signer !== senderOf(body))",
    replace: "if (content.signer < 0)",
  },
  {
    name: "signature-unchecked",
    breaks: "what the verifier says of a sender's signature is not heard",
    file: "actors/verification.ts",
    find: "    if (!sound) {\n      result.rejects",
    replace: "    if (!sound && verdict.valid.length < 0) {\n      result.rejects",
  },
  {
    name: "signature-unchecked-here",
    breaks: "votes checked on the receiver's own thread are not checked",
    file: "actors/receiver.ts",
    find: "admitted.opened !== undefined && admitted.checks.every(state.io.checkHere)",
    replace: "admitted.opened !== undefined && admitted.checks.length > 0",
  },
  {
    name: "domain-left-out",
    breaks: "the domain tag is not compared (S-16, B18)",
    file: "wire/envelope.ts",
    find: "if (content.domain !== domainOf[content.body.$case])",
    replace: 'if (content.domain === "")',
  },
  {
    name: "any-cluster",
    breaks: "messages of another cluster are taken (B33)",
    file: "wire/envelope.ts",
    find: "if (!sameBytes(content.cluster, cluster))",
    replace: "if (content.cluster.length === 0)",
  },
  {
    name: "book-forgets-who",
    breaks: "the evidence book counts messages, not validators (S-03)",
    file: "consensus/evidence-book.ts",
    find: "open.signatures.set(node, signature);",
    replace: "open.signatures.set((node + 100 * open.signatures.size) as NodeId, signature);",
  },
  {
    name: "book-without-hash",
    breaks: "votes for different logs at one index count together (S-07)",
    file: "consensus/evidence-book.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    find: "const point = `${place} ${textOfBytes(hash)}`;",
    replace: "const point = place;",
  },
  {
    name: "book-without-term",
    breaks: "votes of different terms count together (S-07)",
    file: "consensus/evidence-book.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    find: "const place = `${kind} ${term} ${index}`;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    replace: "const place = `${kind} ${index}`;",
  },
  {
    name: "book-without-kind",
    breaks: "AERs count as CVs (B18)",
    file: "consensus/evidence-book.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    find: "const place = `${kind} ${term} ${index}`;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    replace: "const place = `${term} ${index}`;",
  },
  {
    name: "clients-unchecked-in-appends",
    breaks: "entries need no valid signature of their client (B27)",
    file: "actors/verification.ts",
    find: "if (verdict.valid[firstCommandCheck + number] !== 1) continue;",
    replace: "",
  },
];
