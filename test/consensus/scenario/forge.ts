/** Messages that a liar signs, written as the outputs write them. */

import { hash } from "node:crypto";
import { chainer, leafHash } from "../../../wire/chain.ts";
import type { Body, Digest, Entry, LogIndex, NodeId, Point, Term } from "../../../wire/types.ts";
import type { Cluster } from "./cluster.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

const patterns = {
  appendEntries: /^AE t(\d+) (#.*?) \+ (.+)$/,
  vote: /^(AER|CV) t(\d+) (#.+)$/,
  nack: /^NACK t(\d+) last (#.+) commit #(\d+)$/,
  timeout: /^TO t(\d+)$/,
  grant: /^RVR t(\d+) grants n(\d+) at lock (none|t\d+ #.+)$/,
} as const;

/** The body that `text` describes, of a message by `node`; undefined where it describes none that can be forged. */
export function forgedBody(cluster: Cluster, node: NodeId, text: string): Body | undefined {
  const append = patterns.appendEntries.exec(text);
  if (append !== null) {
    const [, term = "", prev = "", entries = ""] = append;
    return appendEntries(cluster, node, Number(term) as Term, chainOf(cluster, prev), entries.split(" "));
  }
  const vote = patterns.vote.exec(text);
  if (vote !== null) {
    const [, kind, term = "", chain = ""] = vote;
    const value = { term: Number(term) as Term, node, ...chainOf(cluster, chain) };
    return { $case: kind === "AER" ? "appendEntriesResponse" : "commitVote", value };
  }
  const nack = patterns.nack.exec(text);
  if (nack !== null) {
    const [, term = "", last = "", commitIndex = ""] = nack;
    const { index: lastIndex, hash: lastHash } = chainOf(cluster, last);
    const value = {
      term: Number(term) as Term,
      node,
      lastIndex,
      lastHash,
      commitIndex: Number(commitIndex) as LogIndex,
    };
    return { $case: "nack", value };
  }
  const timeout = patterns.timeout.exec(text);
  if (timeout !== null) return { $case: "timeout", value: { term: Number(timeout[1]) as Term, node } };
  const grant = patterns.grant.exec(text);
  if (grant === null) return undefined;
  const [, term = "", candidate = "", lock = ""] = grant;
  const value = {
    term: Number(term) as Term,
    voter: node,
    candidate: Number(candidate) as NodeId,
    lock: pointOf(cluster, lock),
    granted: true,
    voterLock: undefined,
  };
  return { $case: "requestVoteResponse", value };
}

/** `#2 b@1`, as it was shown before; where it never was, a chain that nobody has. */
function chainOf(cluster: Cluster, text: string): { index: LogIndex; hash: Digest } {
  const [, index = "0", entry = ""] = /^#(\d+) ?(.*)$/.exec(text) ?? [];
  return { index: Number(index) as LogIndex, hash: cluster.words.hashOf(Number(index), entry) };
}

function pointOf(cluster: Cluster, text: string): Point {
  const [, term = "0", chain = "#0"] = /^t(\d+) (.+)$/.exec(text) ?? [];
  return { term: Number(term) as Term, ...chainOf(cluster, chain) };
}

/** Entries are `payload@term`, with a `!` before one that its client did not sign; `nothing` makes a heartbeat. */
function appendEntries(
  cluster: Cluster,
  leader: NodeId,
  term: Term,
  prev: { index: LogIndex; hash: Digest },
  texts: readonly string[],
): Body {
  const entries: Entry[] = texts[0] === "nothing" ? [] : texts.map((text) => entryOf(cluster, term, text));
  const chainOn = chainer(sha256);
  let endHash = prev.hash;
  for (const [row, entry] of entries.entries()) {
    endHash = chainOn(endHash, (prev.index + 1 + row) as LogIndex, entry.term, leafHash(sha256, entry.command));
  }
  const value = { term, leader, prevIndex: prev.index, prevHash: prev.hash, entries, endHash, proof: undefined };
  return { $case: "appendEntries", value };
}

function entryOf(cluster: Cluster, term: Term, text: string): Entry {
  const [, forged, payload = "", own] = /^(!?)([^@]+)(?:@(\d+))?$/.exec(text) ?? [];
  return { term: (own === undefined ? term : Number(own)) as Term, command: cluster.command(payload, forged === "!") };
}
