/** The two votes on a point, as messages to everyone; to be released only once what they say is durable. */
import type { Certificate, Digest, LogIndex } from "../wire/types.ts";
import type { Outgoing } from "./protocol.ts";
import type { State } from "./state.ts";

/** "My log up to this point is durable, and every client signature in it is valid": for release after the write. */
export function acknowledgement(state: State, index: LogIndex, hash: Digest): Outgoing {
  const value = { term: state.term, node: state.config.self, index, hash };
  return { kind: "body", to: "everyone", body: { $case: "appendEntriesResponse", value } };
}

/** "I hold a replication certificate for this point, durably": for release after the lock is written. */
export function commitVote(state: State, certificate: Certificate): Outgoing {
  const { term, index, hash } = certificate;
  return {
    kind: "body",
    to: "everyone",
    body: { $case: "commitVote", value: { term, node: state.config.self, index, hash } },
  };
}
