/** Votes that need no check: on what is settled or certified already, and on points for which enough are being checked. */
import type { VoteKind } from "../consensus/evidence-book.ts";
import { type LogIndex, type Term, textOfBytes } from "../wire/types.ts";
import type { Admitted } from "./admission.ts";

type Point = { readonly term: Term; readonly index: LogIndex };

/** What the receiver knows of votes. */
export type VotesKnown = {
  /** With this node's own vote, as many of others' are a certificate. */
  readonly othersNeeded: number;
  settled: LogIndex;
  /** The newest points that have a certificate of each kind. */
  readonly certified: Record<VoteKind, Point>;
  /** How many votes on each point above the settled index were given to the verifier. */
  readonly votesOn: Map<string, { readonly index: LogIndex; taken: number }>;
};

/** Points whose votes are counted; beyond the windows of all leaders only liars vote. */
const pointsMax = 4096;

/** Begins with all up to the commit index settled. */
export function knowVotes(quorum: number, commitIndex: LogIndex): VotesKnown {
  const nothing = { term: 0 as Term, index: commitIndex };
  return {
    othersNeeded: quorum - 1,
    settled: commitIndex,
    certified: { replication: nothing, commit: nothing },
    votesOn: new Map(),
  };
}

/** Nobody needs votes up to this index any more. */
export function settle(known: VotesKnown, upTo: LogIndex): void {
  known.settled = upTo;
  for (const [point, { index }] of known.votesOn) if (index <= upTo) known.votesOn.delete(point);
}

/** About what is committed already: others were quicker, and checking it is work for nothing. */
export function isLate({ settled, certified }: VotesKnown, { opened }: Admitted): boolean {
  if (opened === undefined) return false;
  const { body } = opened;
  switch (body.$case) {
    case "appendEntriesResponse":
      return body.value.index <= settled || isSame(certified.replication, body.value);
    case "commitVote":
      return body.value.index <= settled || isSame(certified.commit, body.value);
    case "syncResponse":
      return (body.value.end?.value.index ?? 0) <= settled;
    default:
      return false;
  }
}

/**
 * Whether enough others' votes on its point were taken before; if not, counts it as taken. Checking more at once is work
 * for nothing in all but rare cases, and those come a little later.
 */
export function isSpare(known: VotesKnown, { opened }: Admitted): boolean {
  if (opened === undefined) return false;
  const { body } = opened;
  if (body.$case !== "appendEntriesResponse" && body.$case !== "commitVote") return false;
  const { term, index, hash } = body.value;
  const point = `${body.$case} ${term} ${index} ${textOfBytes(hash)}`;
  const votes = known.votesOn.get(point) ?? { index, taken: 0 };
  if (known.votesOn.size >= pointsMax) known.votesOn.clear();
  known.votesOn.set(point, votes);
  if (votes.taken >= known.othersNeeded) return true;
  votes.taken++;
  return false;
}

function isSame(newest: Point, vote: Point): boolean {
  return vote.term === newest.term && vote.index === newest.index;
}
