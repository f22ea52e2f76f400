/**
 * Audit: checks a store against nothing but the genesis, from the first client's signature to the last commit
 * certificate. It never writes to the file, and never throws on what the file holds.
 */

import { resolve } from "node:path";
import { bytesToHex } from "@noble/hashes/utils.js";
import { commandersOf } from "../wire/commanders.ts";
import { open } from "../wire/envelope.ts";
import { clusterIdOf } from "../wire/genesis.ts";
import type { Digest, Genesis, Outcome } from "../wire/types.ts";
import { openForAudit } from "./audit-source.ts";
import { flawOfCertificate, type VerifySignature } from "./certificate-flaw.ts";
import { checkStore } from "./check-store.ts";
import { ownerOf } from "./schema.ts";
import { sha256 } from "./sha256.ts";
import { type Database, explain, integerOf } from "./sqlite.ts";

export type AuditOptions = {
  readonly file: string;
  readonly genesis: Genesis;
  readonly verify: VerifySignature;
  /** Called every `progressEntries` entries and at the end. */
  readonly onProgress?: (entries: number, total: number) => void;
};

export type AuditReport =
  | {
      readonly ok: true;
      readonly entries: number;
      /** Entries that a commit certificate covers; those above are not yet committed. */
      readonly committed: number;
      /** Chain hash after the last entry, in hex. */
      readonly head: string;
      readonly commitIndex: number;
      /** Commit certificates kept, whose signatures were all checked. */
      readonly certificates: number;
      /** Number of entries by client id, ascending. */
      readonly clients: ReadonlyMap<number, number>;
    }
  /** The first wrong index, or 0 where it is not an entry that is wrong. */
  | { readonly ok: false; readonly index: number; readonly reason: string };

/** Entries between two calls of `onProgress`: some 50 ms of signature checks. */
export const progressEntries = 1000;

/** Checks a store's file, or a copy of it with or without its write-ahead log; works beside a running node too. */
export function audit(options: AuditOptions): AuditReport {
  const file = resolve(options.file);
  try {
    const source = openForAudit(file);
    if (!source.ok) return { ok: false, index: 0, reason: source.reason };
    try {
      return auditDatabase(source.value.db, file, options);
    } finally {
      source.value.close();
    }
  } catch (error) {
    return { ok: false, index: 0, reason: explain(error, file) };
  }
}

function auditDatabase(db: Database, file: string, { genesis, verify, onProgress }: AuditOptions): AuditReport {
  // One transaction sees one moment, even of a running node's file.
  db.exec("BEGIN");
  const cluster = clusterIdOf(sha256, genesis);
  const owner = ownerOf(db, cluster);
  if (!owner.ok) return { ok: false, index: 0, reason: `${file} ${owner.reason}` };

  const total = integerOf(db.prepare("SELECT max(last) AS last FROM log").get()?.last) ?? 0;
  const keys = commandersOf(genesis);
  const counts = new Map<number, number>();
  let certificates = 0;
  const checked = checkStore({
    db,
    genesis,
    owner: owner.value,
    verify,
    allocate: (bytes) => new Uint8Array(bytes),
    onEntry: (index, command, _hash, certificate) => {
      const client = signerOf(command, cluster, keys, verify);
      if (!client.ok) return client.reason;
      counts.set(client.value, (counts.get(client.value) ?? 0) + 1);
      if (index % progressEntries === 0) onProgress?.(index, total);
      if (certificate === undefined) return undefined;
      certificates++;
      const flaw = flawOfCertificate(genesis, cluster, { kind: "commit", certificate }, verify);
      return flaw === undefined ? undefined : `its commit certificate does not hold: ${flaw}`;
    },
  });
  if ("reason" in checked) return { ok: false, ...checked };

  const { last, head } = checked.end;
  if (last % progressEntries !== 0) onProgress?.(last, total);
  const commitIndex = checked.state.commitIndex;
  const clients = new Map([...counts].sort(([a], [b]) => a - b));
  return {
    ok: true,
    entries: last,
    committed: commitIndex,
    head: bytesToHex(head),
    commitIndex,
    certificates,
    clients,
  };
}

/** The client that signed a stored command, or why it is not a client's command. */
function signerOf(
  command: Uint8Array,
  cluster: Digest,
  keys: ReadonlyMap<number, Uint8Array>,
  verify: VerifySignature,
): Outcome<number> {
  const opened = open(command, cluster);
  if (!opened.ok) return opened;
  const { signed, signature, signer, body } = opened.value;
  if (body.$case !== "command") return { ok: false, reason: `a message of another kind (${body.$case})` };
  const key = keys.get(signer);
  if (key === undefined) return { ok: false, reason: `client ${signer} is not in the genesis` };
  if (!verify(signature, signed, key)) return { ok: false, reason: `client ${signer}'s signature is not valid` };
  return { ok: true, value: signer };
}
