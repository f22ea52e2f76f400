/**
 * What a node has promised, in one row with a checksum: term, vote, lock, acknowledgement, and where the log ends.
 * One row, so that no part can get lost by itself; one checksum, so that no flipped bit becomes another vote.
 */
import type { Acknowledged, Vote } from "../wire/durable.ts";
import { decode } from "../wire/envelope.ts";
import * as proto from "../wire/gen/juno.ts";
import type { Certificate, Digest, LogIndex, NodeId, Point, Term } from "../wire/types.ts";
import { sameBytes } from "../wire/types.ts";
import { checksumOf } from "./sha256.ts";
import { bytesOf, type Columns, type Database, integerOf, plain, type Value } from "./sqlite.ts";

export type State = {
  readonly term: Term;
  readonly vote: Vote | undefined;
  readonly lock: Certificate | undefined;
  readonly acknowledged: Acknowledged | undefined;
  readonly lastIndex: LogIndex;
  readonly lastHash: Digest;
  /** Bytes of all commands of the log. */
  readonly bytes: number;
  /** 0 before the first commit certificate. */
  readonly commitIndex: LogIndex;
  /** Rows of other tables, so that a missing one is missed. */
  readonly certificates: number;
  readonly displaced: number;
  readonly evidence: number;
};

/** Whose state it is; part of the checksum. */
export type Owner = { readonly cluster: Digest; readonly node: NodeId };

export const stateTable = `CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  term INTEGER NOT NULL,
  vote_term INTEGER, vote_candidate INTEGER, vote_lock BLOB,
  lock BLOB,
  acknowledged_term INTEGER, acknowledged_index INTEGER,
  last_index INTEGER NOT NULL, last_hash BLOB NOT NULL, bytes INTEGER NOT NULL,
  commit_index INTEGER NOT NULL,
  certificates INTEGER NOT NULL, displaced INTEGER NOT NULL, evidence INTEGER NOT NULL,
  sum BLOB NOT NULL
) STRICT`;

const names = [
  "term",
  "vote_term",
  "vote_candidate",
  "vote_lock",
  "lock",
  "acknowledged_term",
  "acknowledged_index",
  "last_index",
  "last_hash",
  "bytes",
  "commit_index",
  "certificates",
  "displaced",
  "evidence",
] as const;

/** Writes the row, over the one there may be. */
export const stateUpsert: string = `INSERT OR REPLACE INTO state (one, ${names.join(", ")}, sum)
  VALUES (1, ${names.map(() => "?").join(", ")}, ?)`;

export function stateValues(owner: Owner, state: State): (number | Uint8Array | null)[] {
  const { vote, lock, acknowledged } = state;
  const values = [
    state.term,
    vote?.term ?? null,
    vote?.candidate ?? null,
    vote === undefined ? null : proto.Point.encode(vote.lock).finish(),
    lock === undefined ? null : encodeCertificate(lock),
    acknowledged?.term ?? null,
    acknowledged?.index ?? null,
    state.lastIndex,
    state.lastHash,
    state.bytes,
    state.commitIndex,
    state.certificates,
    state.displaced,
    state.evidence,
  ];
  return [...values, sumOf(owner, values)];
}

/** Reads the row; undefined where it is missing, its checksum wrong or a part of it malformed. */
export function readState(db: Database, owner: Owner): State | undefined {
  const row: Columns | undefined = db.prepare("SELECT * FROM state WHERE one = 1").get();
  if (row === undefined) return undefined;
  const values = names.map((name) => plain(row[name] ?? null));
  if (!sameBytes(bytesOf(row.sum) ?? new Uint8Array(), sumOf(owner, values))) return undefined;
  const vote = voteOf(row);
  const lock = row.lock === null ? undefined : certificateOf(row.lock);
  const acknowledged = acknowledgedOf(row);
  const lastHash = bytesOf(row.last_hash);
  const numbers = {
    term: integerOf(row.term) as Term | undefined,
    lastIndex: integerOf(row.last_index) as LogIndex | undefined,
    bytes: integerOf(row.bytes),
    commitIndex: integerOf(row.commit_index) as LogIndex | undefined,
    certificates: integerOf(row.certificates),
    displaced: integerOf(row.displaced),
    evidence: integerOf(row.evidence),
  };
  if (vote === "malformed" || (row.lock !== null && lock === undefined) || acknowledged === "malformed")
    return undefined;
  if (lastHash?.length !== 32 || !allPresent(numbers)) return undefined;
  return { ...numbers, vote, lock, acknowledged, lastHash: lastHash as Digest };
}

type Present<T> = { [K in keyof T]: NonNullable<T[K]> };
function allPresent<T extends object>(values: T): values is T & Present<T> {
  return Object.values(values).every((value) => value !== undefined);
}

function voteOf(row: Columns): Vote | undefined | "malformed" {
  if (row.vote_term === null && row.vote_candidate === null && row.vote_lock === null) return undefined;
  const term = integerOf(row.vote_term);
  const candidate = integerOf(row.vote_candidate);
  const lock = bytesOf(row.vote_lock);
  const point = lock === undefined ? undefined : decode(proto.Point, lock);
  if (term === undefined || candidate === undefined || point === undefined) return "malformed";
  return { term: term as Term, candidate: candidate as NodeId, lock: point as Point };
}

function acknowledgedOf(row: Columns): Acknowledged | undefined | "malformed" {
  if (row.acknowledged_term === null && row.acknowledged_index === null) return undefined;
  const term = integerOf(row.acknowledged_term);
  const index = integerOf(row.acknowledged_index);
  if (term === undefined || index === undefined) return "malformed";
  return { term: term as Term, index: index as LogIndex };
}

export function encodeCertificate(certificate: Certificate): Uint8Array {
  return proto.Certificate.encode({ ...certificate, endorsements: [...certificate.endorsements] }).finish();
}

/** Reads a certificate in its canonical form; undefined for anything else. */
export function certificateOf(value: Value | undefined): Certificate | undefined {
  const bytes = bytesOf(value);
  return bytes === undefined ? undefined : (decode(proto.Certificate, bytes) as Certificate | undefined);
}

function sumOf(owner: Owner, values: readonly Value[]): Uint8Array {
  return checksumOf("state", [owner.cluster, owner.node, ...values]);
}
