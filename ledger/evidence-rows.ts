/** Evidence of members' faults on disk: kept for ever, each kind of proof once, and never so much that it fills the disk. */
import type { Evidence } from "../wire/durable.ts";
import { type NodeId, type Outcome, sameBytes } from "../wire/types.ts";
import { checksumOf } from "./sha256.ts";
import { bytesOf, type Database, integerOf, textOf } from "./sqlite.ts";

/** Guesses: what a person may still want to look through, and what a disk can spare for a liar. */
export const evidenceMax = 1000;
export const evidenceBytesMax: number = 256 * 1024 * 1024;

export const evidenceTable = `CREATE TABLE evidence (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  accused TEXT NOT NULL,
  frames BLOB NOT NULL
) STRICT`;

/** Adds evidence unless the same is there or the table is full; returns the number of rows then. */
export function keepEvidence(db: Database, evidence: Evidence): number {
  const totals = db.prepare("SELECT count(*) AS count, coalesce(sum(length(frames)), 0) AS bytes FROM evidence").get();
  const count = integerOf(totals?.count) ?? 0;
  const frames = packed(evidence.frames);
  const values = [evidence.kind, evidence.accused.join(" "), frames];
  const digest = checksumOf("evidence", values);
  if (count >= evidenceMax || (integerOf(totals?.bytes) ?? 0) + frames.length > evidenceBytesMax) return count;
  if (db.prepare("SELECT 1 FROM evidence WHERE digest = ?").get(digest) !== undefined) return count;
  db.prepare("INSERT INTO evidence VALUES (?, ?, ?, ?, ?)").run(count + 1, digest, ...values);
  return count + 1;
}

/** Reads evidence back, the oldest first; refuses where a row is damaged or missing. */
export function readEvidence(db: Database, count: number): Outcome<Evidence[]> {
  const found: Evidence[] = [];
  for (const row of db.prepare("SELECT * FROM evidence ORDER BY number").iterate()) {
    const kind = kindOf(textOf(row.kind));
    const accused = textOf(row.accused);
    const bytes = bytesOf(row.frames);
    const digest = bytesOf(row.digest);
    const frames = bytes === undefined ? undefined : unpacked(bytes);
    const place = `evidence ${found.length + 1}`;
    if (kind === undefined || accused === undefined || bytes === undefined || digest === undefined) {
      return { ok: false, reason: `${place} has columns of other types` };
    }
    const sum = checksumOf("evidence", [kind, accused, bytes]);
    if (frames === undefined || !sameBytes(digest, sum) || integerOf(row.number) !== found.length + 1) {
      return { ok: false, reason: `${place} does not match its digest` };
    }
    const nodes = accused === "" ? [] : accused.split(" ").map((node) => Number(node) as NodeId);
    found.push({ kind, accused: nodes, frames });
  }
  return found.length === count
    ? { ok: true, value: found }
    : { ok: false, reason: `${found.length} of ${count} pieces of evidence are there` };
}

function kindOf(text: string | undefined): Evidence["kind"] | undefined {
  return text === "equivocation" || text === "invalid append" || text === "conflicting commit" ? text : undefined;
}

/** Each frame behind its length, u32 big-endian. */
function packed(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + 4 + frame.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const frame of frames) {
    view.setUint32(at, frame.length);
    bytes.set(frame, at + 4);
    at += 4 + frame.length;
  }
  return bytes;
}

function unpacked(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    frames.push(bytes.slice(at + 4, end));
    at = end;
  }
  return frames;
}
