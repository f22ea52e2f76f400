/** What a store's rows hold after somebody else wrote into the file: with checksums that are right, or it would be too easy. */
import { DatabaseSync } from "node:sqlite";
import { evidenceTable, readEvidence } from "../../../ledger/evidence-rows.ts";
import { certificateTable, readCertificates } from "../../../ledger/kept-certificates.ts";
import { segmentOf, segmentRowOf } from "../../../ledger/segment-row.ts";
import { checksumOf, sha256 } from "../../../ledger/sha256.ts";
import type { Columns, Database, Value } from "../../../ledger/sqlite.ts";
import {
  encodeCertificate,
  readState,
  type State,
  stateTable,
  stateUpsert,
  stateValues,
} from "../../../ledger/state-row.ts";
import { leafHash } from "../../../wire/chain.ts";
import type { LogIndex, NodeId, Term } from "../../../wire/types.ts";
import { bodyOf } from "../../wire/bodies.ts";
import { certificateOf, cluster, commandOf, digest, frameOf, pointOf } from "../../wire/cluster.ts";
import type { Target } from "../target.ts";

const owner = { cluster, node: 2 as NodeId };
const lock = certificateOf("replication", pointOf(4, 298, digest(2)));
const state: State = {
  term: 5 as Term,
  vote: { term: 5 as Term, candidate: 1 as NodeId, lock: pointOf(4, 298, digest(2)) },
  lock,
  acknowledged: { term: 5 as Term, index: 300 as LogIndex },
  lastIndex: 300 as LogIndex,
  lastHash: digest(3),
  bytes: 1000,
  commitIndex: 298 as LogIndex,
  certificates: 1,
  displaced: 0,
  evidence: 0,
};

/** Values as a text that is changed by its words: blobs as x"hex". */
function shown(values: readonly Value[]): Uint8Array {
  const parts = values.map((value) =>
    value instanceof Uint8Array ? `x${Buffer.from(value).toString("hex")}` : value === null ? "null" : String(value),
  );
  return Buffer.from(parts.join(" "));
}

function valuesIn(text: Uint8Array): Value[] {
  return Buffer.from(text)
    .toString("utf8")
    .split(" ")
    .map((part) => {
      if (part === "null") return null;
      if (/^x[0-9a-f]*$/.test(part)) return Uint8Array.from(Buffer.from(part.slice(1), "hex"));
      return /^-?\d{1,18}$/.test(part) ? BigInt(part) : part;
    });
}

function database(table: string): Database {
  const db = new DatabaseSync(":memory:", { readBigInts: true });
  db.exec(table);
  return db;
}

const stateRows: Target = {
  name: "row-state",
  form: "text",
  examples: [
    shown(stateValues(owner, state).slice(0, -1)),
    shown(stateValues(owner, { ...state, vote: undefined, lock: undefined, acknowledged: undefined }).slice(0, -1)),
  ],
  take: (() => {
    const db = database(stateTable);
    return (input: Uint8Array) => {
      const values = valuesIn(input);
      if (values.length !== 14) return "not a row";
      const plain = values.map((value) => (typeof value === "bigint" ? asNumber(value) : value));
      const sum = checksumOf("state", [owner.cluster, owner.node, ...plain]);
      if (!inserted(() => db.prepare(stateUpsert).run(...plain, sum))) return "refused by SQLite";
      const read = readState(db, owner);
      if (read === undefined) return "refused";
      const again = stateValues(owner, read);
      if (Buffer.compare(shown(again), shown([...plain, sum])) !== 0) throw new Error("not written back as it was");
      return "accepted";
    };
  })(),
};

const command = commandOf(7, 1, Buffer.from("create a"));
const other = commandOf(8, 2, new Uint8Array());
const ends = Buffer.from([
  0,
  0,
  command.length >> 8,
  command.length & 255,
  0,
  0,
  (command.length + other.length) >> 8,
  (command.length + other.length) & 255,
]);
const terms = Buffer.from([0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5]);

const segmentRows: Target = {
  name: "row-segment",
  form: "text",
  examples: [
    shown([7, 8, 500, ends, terms, Buffer.concat([digest(1), digest(2)]), Buffer.concat([command, other])]),
    shown([1, 1, 0, ends.subarray(0, 4), terms.subarray(0, 8), digest(1), command]),
  ],
  take: (input) => {
    const [first, last, bytes_before, ...blobs] = valuesIn(input);
    const [rowEnds, rowTerms, hashes, commands] = blobs;
    const number = (value: Value | undefined) => (typeof value === "bigint" ? asNumber(value) : (value ?? null));
    const columns: Columns = {
      first: number(first),
      last: number(last),
      bytes_before: number(bytes_before),
      ends: rowEnds ?? null,
      terms: rowTerms ?? null,
      hashes: hashes ?? null,
      commands: commands ?? null,
    };
    const row = segmentRowOf(columns);
    if (row === undefined) return "columns do not fit";
    const leaves = new Uint8Array((row.last - row.first + 1) * 32);
    leaves.set(leafHash(sha256, row.commands));
    const segment = segmentOf(row, leaves, cluster, (length) => new Uint8Array(length));
    return segment.ok ? `accepted ${Math.min(3, segment.value.entries.count)}` : segment.reason;
  },
};

const evidenceRows: Target = {
  name: "row-evidence",
  form: "text",
  examples: [shown(["equivocation", "1", packedFrames()]), shown(["conflicting commit", "", new Uint8Array()])],
  take: (() => {
    const db = database(evidenceTable);
    return (input: Uint8Array) => {
      const text = Buffer.from(input).toString("utf8");
      const [, kind = "", accused = "", frames = ""] = /^(.*) (\d*(?: \d+)*) (x[0-9a-f]*)$/s.exec(text) ?? [];
      if (kind === "") return "not a row";
      const bytes = Uint8Array.from(Buffer.from(frames.slice(1), "hex"));
      db.exec("DELETE FROM evidence");
      const values = [kind, accused, bytes];
      db.prepare("INSERT INTO evidence VALUES (1, ?, ?, ?, ?)").run(checksumOf("evidence", values), ...values);
      const read = readEvidence(db, 1);
      return read.ok ? `accepted ${Math.min(3, read.value[0]?.frames.length ?? 0)}` : read.reason;
    };
  })(),
};

const certificateRows: Target = {
  name: "row-certificate",
  form: "protobuf",
  examples: [encodeCertificate(lock), encodeCertificate(certificateOf("commit", pointOf(5, 300, digest(1))))],
  take: (() => {
    const db = database(certificateTable);
    return (input: Uint8Array) => {
      db.exec("DELETE FROM certificate");
      db.prepare("INSERT INTO certificate (commit_index, certificate, sum) VALUES (298, ?, ?)").run(
        input,
        checksumOf("certificate", [input]),
      );
      const read = readCertificates(db).get(298);
      return typeof read === "string" ? read : "accepted";
    };
  })(),
};

function packedFrames(): Uint8Array {
  const frame = frameOf(bodyOf("commitVote"));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame, length, frame]);
}

/** As node:sqlite hands integers out. */
function asNumber(value: bigint): number {
  return Number(value);
}

/** A table is STRICT: a value of another type never gets in. */
function inserted(insert: () => unknown): boolean {
  try {
    insert();
    return true;
  } catch {
    return false;
  }
}

export const rowTargets: readonly Target[] = [stateRows, segmentRows, evidenceRows, certificateRows];
