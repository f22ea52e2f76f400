/**
 * Whether peers show what this node has signed and its durable state does not know: its store is an old backup, or another
 * process has its key. All that it signs is durable first, so certificates with its name in them never go beyond its state.
 * Source: docs/protocol.md, Restart.
 */
import type { Certificate, ElectionProof, Endorsement } from "../wire/types.ts";
import type { Event } from "./protocol.ts";
import { comparePoints, pointOf, type State } from "./state.ts";

/** What this node has forgotten, as far as this event tells; undefined where nothing. */
export function forgottenIn(state: State, event: Event): string | undefined {
  switch (event.kind) {
    case "appendEntries":
      return event.header.proof && forgottenVote(state, event.header.proof);
    case "requestVote":
      return event.value.lock && forgottenAcknowledgement(state, event.value.lock);
    case "requestVoteResponse":
      return event.value.voterLock && forgottenAcknowledgement(state, event.value.voterLock);
    case "syncResponse": {
      const { end } = event.header;
      if (end === undefined) return undefined;
      return end.$case === "commit"
        ? forgottenCommitVote(state, end.value)
        : forgottenAcknowledgement(state, end.value);
    }
    default:
      return undefined;
  }
}

function forgottenVote(state: State, proof: ElectionProof): string | undefined {
  const { term, leader } = proof;
  if (!isSigner(state, proof.endorsements) || term < state.term) return undefined;
  if (term === state.term && state.vote?.candidate === leader) return undefined;
  return `its vote for node ${leader} in term ${term}`;
}

function forgottenAcknowledgement(state: State, certificate: Certificate): string | undefined {
  const { term, index } = certificate;
  if (!isSigner(state, certificate.endorsements) || term < state.term) return undefined;
  if (term === state.term && index <= state.acknowledged) return undefined;
  return `its acknowledgement of index ${index} in term ${term}`;
}

/** A vote to commit is given under a lock that is as high at least, and locks only rise. */
function forgottenCommitVote(state: State, certificate: Certificate): string | undefined {
  if (!isSigner(state, certificate.endorsements)) return undefined;
  if (comparePoints(certificate, pointOf(state, state.lock)) <= 0) return undefined;
  return `its vote to commit index ${certificate.index} in term ${certificate.term}`;
}

function isSigner({ config }: State, endorsements: readonly Endorsement[]): boolean {
  return endorsements.some(({ node }) => node === config.self);
}
