/**
 * Commit tracker: turns evidence into certificates.
 *
 * In    `vote` from receiver (others' AERs and CVs) and from sender (this node's own); `settled` from consensus
 * Out   `replicated`, `committed` to consensus; `certified` to receiver; `write` of evidence to log
 * Owns  the evidence of each point above the commit index
 * Rule  docs/protocol.md, Certify and Commit
 */
import { count, createEvidenceBook, type EvidenceBook, settle, type VoteKind } from "../consensus/evidence-book.ts";
import { statementBytes } from "../wire/certificate.ts";
import { encodeEnvelope } from "../wire/envelope.ts";
import type { AppendEntriesResponse, Digest, LogIndex, Signature } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

export type Config = { readonly cluster: Digest; readonly quorum: number; readonly commitIndex: LogIndex };

export type Mail =
  /** The signature is checked, its signer is a validator. */
  | {
      readonly kind: "vote";
      readonly of: VoteKind;
      readonly vote: AppendEntriesResponse;
      readonly signature: Signature;
    }
  | { readonly kind: "settled"; readonly index: LogIndex };

export type State = { readonly config: Config; readonly book: EvidenceBook; readonly counters: Counters };

export function start(config: Config): State {
  return { config, book: createEvidenceBook(config.quorum, config.commitIndex), counters: {} };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "vote":
      return countVote(state, mail.of, mail.vote, mail.signature);
    case "settled":
      settle(state.book, mail.index);
      return [];
    default:
      return unreachable(mail);
  }
}

function countVote(state: State, of: VoteKind, vote: AppendEntriesResponse, signature: Signature): readonly Post[] {
  tally(state.counters, of === "replication" ? "AERs" : "CVs");
  const counted = count(state.book, of, vote, signature);
  switch (counted.kind) {
    case "counted":
      return [];
    case "certified": {
      const kind = of === "replication" ? "replicated" : "committed";
      tally(state.counters, kind);
      const { term, index } = counted.certificate;
      return [
        { to: "consensus", mail: { kind, certificate: counted.certificate } },
        { to: "receiver", mail: { kind: "certified", of, term, index } },
      ];
    }
    case "conflict": {
      tally(state.counters, "equivocations");
      const frames = [counted.first, counted.second].map((said) => {
        const statement = { kind: of, certificate: { ...said.vote, endorsements: [] } } as const;
        return encodeEnvelope(statementBytes(state.config.cluster, statement, vote.node), said.signature);
      });
      const evidence = { kind: "equivocation", accused: [vote.node], frames } as const;
      return [{ to: "log", mail: { kind: "write", write: { evidence }, release: [] } }];
    }
    default:
      return unreachable(counted);
  }
}
