/** The store's file: its tables, whose it is, and which version of the format. */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Digest, LogIndex, NodeId, Outcome, Term } from "../wire/types.ts";
import { displacedTable } from "./displaced-rows.ts";
import { evidenceTable } from "./evidence-rows.ts";
import { certificateTable } from "./kept-certificates.ts";
import { segmentColumns } from "./segment-row.ts";
import { type Database, integerOf, pragma, textOf } from "./sqlite.ts";
import { type Owner, type State, stateTable, stateUpsert, stateValues } from "./state-row.ts";

/** Raised when an older program could not read the file rightly. */
export const formatVersion = 1;
/** "Juno" in ASCII, in the place SQLite has for the application's mark. */
const applicationId = 0x4a756e6f;

/** True for a file nothing was ever committed to, such as one whose making was cut short. */
export function isBlank(db: Database): boolean {
  return pragma(db, "application_id") === 0 && (integerOf(pragma(db, "page_count")) ?? 2) <= 1;
}

/** Makes the tables of an empty store, all or none. */
export function createTables(db: Database, owner: Owner): void {
  db.exec("BEGIN IMMEDIATE");
  db.exec(`PRAGMA application_id = ${applicationId}`);
  db.exec("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID");
  db.exec(`CREATE TABLE log (first INTEGER PRIMARY KEY,${segmentColumns}) STRICT`);
  for (const table of [stateTable, certificateTable, displacedTable, evidenceTable]) db.exec(table);
  const insert = db.prepare("INSERT INTO meta VALUES (?, ?)");
  insert.run("format", String(formatVersion));
  insert.run("cluster", bytesToHex(owner.cluster));
  insert.run("node", String(owner.node));
  db.prepare(stateUpsert).run(...stateValues(owner, emptyState(owner.cluster)));
  db.exec("COMMIT");
}

/** What a node that has done nothing yet remembers. */
function emptyState(cluster: Digest): State {
  return {
    term: 0 as Term,
    vote: undefined,
    lock: undefined,
    acknowledged: undefined,
    lastIndex: 0 as LogIndex,
    lastHash: cluster,
    bytes: 0,
    commitIndex: 0 as LogIndex,
    certificates: 0,
    displaced: 0,
    evidence: 0,
  };
}

/** Reads whose store this is; refuses another cluster's, a newer format and what is no store. */
export function ownerOf(db: Database, cluster: Digest): Outcome<Owner> {
  if (pragma(db, "application_id") !== applicationId) return { ok: false, reason: "is not a Juno store" };
  const meta = new Map(
    db
      .prepare("SELECT name, value FROM meta")
      .all()
      .map((row) => [row.name, textOf(row.value)]),
  );
  const format = meta.get("format");
  if (format === undefined) return { ok: false, reason: "is damaged: its format version is missing" };
  if (format !== String(formatVersion)) {
    const reason = `has format ${format}, this program reads format ${formatVersion}; use the program that wrote it`;
    return { ok: false, reason };
  }
  const found = meta.get("cluster");
  if (found !== bytesToHex(cluster)) {
    const reason = `belongs to cluster ${found}, not to ${bytesToHex(cluster)}: give it the genesis it was made with`;
    return { ok: false, reason };
  }
  const node = meta.get("node");
  if (node === undefined || String(Number(node)) !== node)
    return { ok: false, reason: "is damaged: its node is missing" };
  return { ok: true, value: { cluster, node: Number(node) as NodeId } };
}
