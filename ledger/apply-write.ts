/** Applies one change of durable state inside a transaction, and refuses what no honest node would write. */
import assert from "node:assert/strict";
import { chainer } from "../wire/chain.ts";
import type { Vote, Write } from "../wire/durable.ts";
import { digestAt, lastOf, type Segment } from "../wire/entries.ts";
import { type Certificate, type Digest, type LogIndex, sameBytes, type Term } from "../wire/types.ts";
import { replaceDisplaced } from "./displaced-rows.ts";
import { keepEvidence } from "./evidence-rows.ts";
import type { KeptCertificates } from "./kept-certificates.ts";
import type { LogRows } from "./log-rows.ts";
import { sha256 } from "./sha256.ts";
import type { Database } from "./sqlite.ts";
import type { State } from "./state-row.ts";

export type Tables = { readonly db: Database; readonly log: LogRows; readonly certificates: KeptCertificates };

const chain = chainer(sha256);

/**
 * The state after `write`, whose rows are then in the tables; the state's own row is the caller's to write.
 * Throws an assertion where a term, vote, lock or commit would be taken back: the last guard before the disk.
 */
export function applyWrite(tables: Tables, before: State, write: Write): State {
  const { db, log, certificates } = tables;
  let state = before;
  if (write.term !== undefined) {
    assert(write.term >= state.term, `term ${write.term} after ${state.term}`);
    state = { ...state, term: write.term };
  }
  if (write.vote !== undefined) state = { ...state, vote: voteAfter(state.vote, write.vote) };
  if (write.lock !== undefined) state = { ...state, lock: lockAfter(state.lock, write.lock) };
  if (write.displaced !== undefined) state = { ...state, displaced: replaceDisplaced(db, write.displaced) };
  if (write.truncateAfter !== undefined) state = truncated(log, state, write.truncateAfter);
  if (write.append !== undefined && write.append.entries.count > 0) state = appended(log, state, write.append);
  if (write.acknowledged !== undefined) state = { ...state, acknowledged: write.acknowledged };
  if (write.commit !== undefined) {
    const { index, hash } = write.commit;
    assert(index >= state.commitIndex, `commit ${index} after ${state.commitIndex}`);
    assert(sameBytes(log.hashAt(index) ?? new Uint8Array(), hash), `commit ${index} is not on this log's chain`);
    state = { ...state, commitIndex: index, certificates: certificates.keep(write.commit, log.bytesUpTo) };
  }
  if (write.evidence !== undefined) state = { ...state, evidence: keepEvidence(db, write.evidence) };
  return state;
}

function voteAfter(before: Vote | undefined, vote: Vote): Vote {
  const fresh = before === undefined || vote.term > before.term;
  const same = vote.term === before?.term && vote.candidate === before.candidate;
  assert(fresh || same, `a second vote in term ${vote.term}, or one after a vote in term ${before?.term}`);
  return vote;
}

function lockAfter(before: Certificate | undefined, lock: Certificate): Certificate {
  const [term, index]: [Term | 0, LogIndex | 0] = before === undefined ? [0, 0] : [before.term, before.index];
  const rises = lock.term > term || (lock.term === term && lock.index >= index);
  assert(rises, `lock (${lock.term}, ${lock.index}) after (${term}, ${index})`);
  return lock;
}

function truncated(log: LogRows, state: State, index: LogIndex): State {
  assert(index >= state.commitIndex, `truncation after ${index}, below the commit index ${state.commitIndex}`);
  if (index >= state.lastIndex) return state;
  log.truncateAfter(index);
  return { ...state, lastIndex: index, lastHash: presentHash(log, index), bytes: log.bytesUpTo(index) };
}

function presentHash(log: LogRows, index: LogIndex): Digest {
  const hash = log.hashAt(index);
  assert(hash !== undefined, `index ${index} is not in the log`);
  return hash;
}

function appended(log: LogRows, state: State, segment: Segment): State {
  const { first, entries, hashes } = segment;
  assert(first === state.lastIndex + 1, `append at ${first} to a log that ends at ${state.lastIndex}`);
  assert(hashes.length === entries.count * 32, "a chain hash for each entry");
  assert(
    entries.terms.every((term) => Number.isSafeInteger(term) && term >= 1),
    "a term for each entry",
  );
  // One hash shows that whoever made the segment chained it to this very log; the rest is checked when it is read.
  const expected = chain(state.lastHash, first, (entries.terms[0] ?? 0) as Term, digestAt(entries.leaves, 0));
  assert(sameBytes(expected, digestAt(hashes, 0)), `entry ${first} is not chained to this log`);
  log.append(segment, state.bytes);
  return {
    ...state,
    lastIndex: lastOf(segment),
    lastHash: digestAt(hashes, entries.count - 1).slice() as Digest,
    bytes: log.bytesUpTo(lastOf(segment)),
  };
}
