/**
 * Lies that show only once two messages are seen together: a voter that elected two leaders in a term, a leader whose log a
 * commit contradicts. Each is kept as evidence, and changes nothing else. Source: docs/protocol.md, Append, Election.
 */
import { type Proof, statementBytes } from "../wire/certificate.ts";
import type { Evidence } from "../wire/durable.ts";
import { encodeEnvelope } from "../wire/envelope.ts";
import type { Certificate, ElectionProof, Endorsement, LogIndex } from "../wire/types.ts";
import type { Effect } from "./protocol.ts";
import type { Candidate, Follower, State } from "./state.ts";

/** What a lost candidate sees in the proof of another's election: those who had granted it their vote as well. */
export function doubleVotes(state: State, role: Candidate, proof: ElectionProof): Effect[] {
  const { self } = state.config;
  const own: ElectionProof = { term: state.term, leader: self, lock: role.lock, endorsements: [] };
  return proof.endorsements.flatMap((elsewhere): Effect[] => {
    const { node } = elsewhere;
    const signature = role.grants.get(node);
    if (signature === undefined || node === self) return [];
    const said = [...framesOf(state, own, [{ node, signature }]), ...framesOf(state, proof, [elsewhere])];
    const evidence: Evidence = { kind: "equivocation", accused: [node], frames: said };
    const text = `node ${node} voted for nodes ${self} and ${proof.leader} in term ${state.term}`;
    return [
      { kind: "note", level: "warn", text },
      { kind: "write", write: { evidence }, release: [] },
    ];
  });
}

/**
 * What a commit shows that takes back, from this index on, what was acknowledged in the term: its leader signed a log that does
 * not go through it. The AE is known only if it came since the start of this node.
 */
export function contradictedLeader(
  { config }: State,
  role: Follower,
  from: LogIndex,
  commit: Certificate,
): Evidence | undefined {
  const { leader, accepted } = role;
  const append = accepted.find((ae) => ae.prevIndex < from && from <= ae.endIndex);
  if (leader === undefined || append === undefined) return undefined;
  const votes = envelopesOf(config.genesisHash, { kind: "commit", certificate: commit });
  return { kind: "conflicting commit", accused: [leader], frames: [append.frame, ...votes] };
}

function framesOf({ config }: State, proof: ElectionProof, endorsements: readonly Endorsement[]): Uint8Array[] {
  return envelopesOf(config.genesisHash, { kind: "election", certificate: { ...proof, endorsements } });
}

/** The messages whose signatures a certificate holds, as they were sent. */
function envelopesOf(cluster: State["config"]["genesisHash"], proof: Proof): Uint8Array[] {
  return proof.certificate.endorsements.map(({ node, signature }) =>
    encodeEnvelope(statementBytes(cluster, proof, node), signature),
  );
}
