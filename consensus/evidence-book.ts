/**
 * The evidence book of the commit tracker: counts AERs and CVs by point, and makes a certificate of Q of them by distinct
 * validators. Bounded for each validator, so that none can crowd out the others. Source: docs/protocol.md, Certify, Commit.
 */
import { endorsementsOf } from "../wire/certificate.ts";
import {
  type AppendEntriesResponse,
  type Certificate,
  type LogIndex,
  type NodeId,
  type Signature,
  textOfBytes,
} from "../wire/types.ts";

/** Points one validator may have open: some windows of a leader's, twice over. */
export const pointsPerNodeMax = 256;

export type VoteKind = "replication" | "commit";

type Count = { readonly signatures: Map<NodeId, Signature>; readonly index: LogIndex; certified: boolean };
type Said = {
  readonly point: string;
  readonly signature: Signature;
  readonly vote: AppendEntriesResponse;
  /** A pair of evidence was made of it; one for each place is enough. */
  accused: boolean;
};

export type EvidenceBook = {
  readonly quorum: number;
  settled: LogIndex;
  readonly counts: Map<string, Count>;
  /** What each validator said of each (kind, term, index), oldest first. */
  readonly said: Map<NodeId, Map<string, Said>>;
};

/** `conflict`: one validator signed two hashes for one term and index; both votes with their signatures. */
export type Counted =
  | { readonly kind: "counted" }
  | { readonly kind: "certified"; readonly certificate: Certificate }
  | { readonly kind: "conflict"; readonly first: Said; readonly second: Said };

export function createEvidenceBook(quorum: number, settled: LogIndex): EvidenceBook {
  return { quorum, settled, counts: new Map(), said: new Map() };
}

/** Counts one verified vote; AERs and CVs have the same fields. */
export function count(book: EvidenceBook, kind: VoteKind, vote: AppendEntriesResponse, signature: Signature): Counted {
  const { term, index, hash, node } = vote;
  if (index <= book.settled) return { kind: "counted" };
  const place = `${kind} ${term} ${index}`;
  const point = `${place} ${textOfBytes(hash)}`;
  const said = book.said.get(node) ?? new Map<string, Said>();
  book.said.set(node, said);
  const before = said.get(place);
  if (before !== undefined) {
    if (before.point === point || before.accused) return { kind: "counted" };
    before.accused = true;
    return { kind: "conflict", first: before, second: { point, signature, vote, accused: true } };
  }
  said.set(place, { point, signature, vote, accused: false });
  const open = book.counts.get(point) ?? { signatures: new Map(), index, certified: false };
  book.counts.set(point, open);
  open.signatures.set(node, signature);
  if (said.size > pointsPerNodeMax) forgetOldest(book, node, said);
  if (open.certified || open.signatures.size < book.quorum) return { kind: "counted" };
  open.certified = true;
  const endorsements = endorsementsOf(open.signatures, book.quorum);
  return { kind: "certified", certificate: { term, index, hash, endorsements } };
}

function forgetOldest(book: EvidenceBook, node: NodeId, said: Map<string, Said>): void {
  for (const [place, { point }] of said) {
    said.delete(place);
    const open = book.counts.get(point);
    open?.signatures.delete(node);
    if (open?.signatures.size === 0) book.counts.delete(point);
    return;
  }
}

/** Everything up to `index` is committed: votes on it are of no more use. */
export function settle(book: EvidenceBook, index: LogIndex): void {
  book.settled = index;
  for (const [point, open] of book.counts) if (open.index <= index) book.counts.delete(point);
  for (const said of book.said.values())
    for (const [place, { vote }] of said) if (vote.index <= index) said.delete(place);
}
