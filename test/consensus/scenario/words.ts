/**
 * How scenarios speak of what nodes say and keep: `b@1` is an entry with the payload b, first appended in term 1; `#2 b@1` is the
 * chain up to index 2, which ends in it; `t3 #2 b@1` is a point, voted for in term 3.
 */
import { hash } from "node:crypto";
import { chainer, leafHash } from "../../../wire/chain.ts";
import type { Evidence, Write } from "../../../wire/durable.ts";
import { digestAt, payloadAt, type Segment } from "../../../wire/entries.ts";
import { open } from "../../../wire/envelope.ts";
import {
  type Body,
  type BodyCase,
  type Digest,
  type Entry,
  type LogIndex,
  type Point,
  sameBytes,
} from "../../../wire/types.ts";

/** The protocol's short names of messages between nodes. */
export const shortNames: Readonly<Partial<Record<BodyCase, string>>> = {
  appendEntries: "AE",
  appendEntriesResponse: "AER",
  nack: "NACK",
  commitVote: "CV",
  timeout: "TO",
  requestVote: "RV",
  requestVoteResponse: "RVR",
  relay: "RELAY",
  syncRequest: "SYNC?",
  syncResponse: "SYNC",
};

export type Words = {
  /** Learns the chain hashes of entries behind a known hash, so that they can be named. */
  readonly learn: (prevIndex: number, prevHash: Uint8Array, entries: readonly Entry[]) => void;
  readonly segments: (segments: readonly Segment[]) => string;
  readonly chain: (index: number, hash: Uint8Array) => string;
  readonly point: (point: Point | undefined) => string;
  readonly body: (body: Body) => string;
  readonly write: (write: Write) => string[];
  /** The hash of a chain, by the name it was shown with; for a name never shown, a hash of nothing. */
  readonly hashOf: (index: number, name: string) => Digest;
};

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

export function createWords(cluster: Digest): Words {
  const names = new Map<string, string>([[keyOf(cluster), ""]]);
  const hashes = new Map<string, Digest>([["#0", cluster]]);
  const chainOn = chainer(sha256);

  function name(index: number, digest: Uint8Array, entry: string): void {
    names.set(keyOf(digest), entry);
    hashes.set(`#${index} ${entry}`, digest as Digest);
  }

  function payloadOf(command: Uint8Array): string {
    const opened = open(command, cluster);
    if (!opened.ok || opened.value.body.$case !== "command") return "?";
    return Buffer.from(opened.value.body.value.payload).toString();
  }

  function hashOf(index: number, entry: string): Digest {
    const known = hashes.get(`#${index} ${entry}`.trim());
    if (known !== undefined) return known;
    const digest = sha256(Buffer.from(`#${index} ${entry}`));
    name(index, digest, entry);
    return digest as Digest;
  }

  const textOf = (entry: Entry): string => `${payloadOf(entry.command)}@${entry.term}`;
  const listed = (entries: readonly Entry[]): string => entries.map(textOf).join(" ");

  function learn(prevIndex: number, prevHash: Uint8Array, entries: readonly Entry[]): void {
    let digest = prevHash;
    for (const [row, entry] of entries.entries()) {
      const index = (prevIndex + 1 + row) as LogIndex;
      digest = chainOn(digest, index, entry.term, leafHash(sha256, entry.command));
      name(index, digest, textOf(entry));
    }
  }

  function segmentsText(segments: readonly Segment[]): string {
    const texts = segments.flatMap(({ first, entries, hashes: digests }) =>
      Array.from({ length: entries.count }, (_, row) => {
        const text = `${Buffer.from(payloadAt(entries, row)).toString()}@${entries.terms[row]}`;
        name(first + row, digestAt(digests, row).slice(), text);
        return text;
      }),
    );
    return texts.join(" ");
  }

  const chain = (index: number, digest: Uint8Array): string => `#${index} ${names.get(keyOf(digest)) ?? "?"}`.trim();
  const point = (at: Point | undefined): string =>
    at === undefined || sameBytes(at.hash, cluster) ? "none" : `t${at.term} ${chain(at.index, at.hash)}`;

  function body({ $case, value }: Body): string {
    switch ($case) {
      case "appendEntries": {
        const { term, prevIndex, prevHash, entries, proof } = value;
        const shown = proof === undefined ? "" : `, EP lock ${point(proof.lock)}`;
        return `AE t${term} ${chain(prevIndex, prevHash)} + ${listed(entries) || "nothing"}${shown}`;
      }
      case "appendEntriesResponse":
        return `AER t${value.term} ${chain(value.index, value.hash)}`;
      case "commitVote":
        return `CV t${value.term} ${chain(value.index, value.hash)}`;
      case "nack":
        return `NACK t${value.term} last ${chain(value.lastIndex, value.lastHash)} commit #${value.commitIndex}`;
      case "timeout":
        return `TO t${value.term}`;
      case "requestVote":
        return `RV t${value.term} lock ${point(value.lock)}`;
      case "requestVoteResponse": {
        const { term, candidate, lock, granted, voterLock } = value;
        if (granted) return `RVR t${term} grants n${candidate} at lock ${point(lock)}`;
        return `RVR t${term} refuses n${candidate} at lock ${point(lock)}, own lock ${point(voterLock)}`;
      }
      case "relay":
        return `RELAY ${value.commands.map(payloadOf).join(" ")}`;
      case "syncRequest":
        return `SYNC? from #${value.fromIndex}${value.want === undefined ? "" : ` want ${point(value.want)}`}`;
      case "syncResponse": {
        const { prevIndex, prevHash, entries, end } = value;
        const certificate = end?.$case === "commit" ? "CC" : "RC";
        return `SYNC ${chain(prevIndex, prevHash)} + ${listed(entries)}, ${certificate} ${point(end?.value)}`;
      }
      case "commandResponse":
        return value.results.map(({ request, index }) => `request ${request} took effect at #${index}`).join(", ");
      default:
        return $case;
    }
  }

  function evidence({ kind, accused, frames }: Evidence): string {
    const said = frames.map((frame) => {
      const opened = open(frame, cluster);
      return opened.ok ? body(opened.value.body) : "?";
    });
    return `evidence of ${kind} by ${accused.map((node) => `n${node}`).join(" ")}: ${said.join(" | ")}`;
  }

  function write(change: Write): string[] {
    const { term, vote, lock, displaced, truncateAfter, append, acknowledged, commit } = change;
    const parts: string[] = [];
    if (term !== undefined) parts.push(`term ${term}`);
    if (vote !== undefined) parts.push(`vote t${vote.term} for n${vote.candidate} at lock ${point(vote.lock)}`);
    if (lock !== undefined) parts.push(`lock ${point(lock)}`);
    if (displaced !== undefined) parts.push(displaced.length > 0 ? `aside ${segmentsText(displaced)}` : "none aside");
    if (truncateAfter !== undefined) parts.push(`cut after #${truncateAfter}`);
    if (append !== undefined) parts.push(`#${append.first - 1} + ${segmentsText([append])}`);
    if (acknowledged !== undefined) parts.push(`acknowledged t${acknowledged.term} #${acknowledged.index}`);
    if (commit !== undefined) parts.push(`commit ${point(commit)}`);
    if (change.evidence !== undefined) parts.push(evidence(change.evidence));
    return parts;
  }

  return {
    learn,
    segments: segmentsText,
    chain,
    point,
    body,
    write,
    hashOf,
  };
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString("latin1");
}
