/**
 * Audit: checks a store against nothing but the genesis, from the first client's signature to the last commit
 * certificate. It never writes to the file, and never throws on what the file holds.
 */

import { resolve } from "node:path";
import { bytesToHex } from "@noble/hashes/utils.js";
import { commandersOf } from "../wire/commanders.ts";
import { open } from "../wire/envelope.ts";
import { clusterIdOf } from "../wire/genesis.ts";
import type { ClientId, Digest, Genesis, Outcome, RequestId } from "../wire/types.ts";
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
  /** Called for each committed command in the log's order, once a checked certificate covers it. */
  readonly onCommitted?: (command: CommittedCommand) => void;
  /** Called every `progressEntries` entries and at the end. */
  readonly onProgress?: (entries: number, total: number) => void;
};

export type CommittedCommand = {
  readonly index: number;
  readonly client: ClientId;
  readonly request: RequestId;
  readonly payload: Uint8Array;
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

function auditDatabase(
  db: Database,
  file: string,
  { genesis, verify, onCommitted, onProgress }: AuditOptions,
): AuditReport {
  // One transaction sees one moment, even of a running node's file.
  db.exec("BEGIN");
  const cluster = clusterIdOf(sha256, genesis);
  const owner = ownerOf(db, cluster);
  if (!owner.ok) return { ok: false, index: 0, reason: `${file} ${owner.reason}` };

  const total = integerOf(db.prepare("SELECT max(last) AS last FROM log").get()?.last) ?? 0;
  const keys = commandersOf(genesis);
  const counts = new Map<number, number>();
  let certificates = 0;
  let uncertain: CommittedCommand[] = [];
  const tell = (through: number): void => {
    for (const one of uncertain) if (one.index <= through) onCommitted?.(one);
    uncertain = [];
  };
  const checked = checkStore({
    db,
    genesis,
    owner: owner.value,
    verify,
    allocate: (bytes) => new Uint8Array(bytes),
    onEntry: (index, command, _hash, certificate) => {
      const read = signedCommand(command, cluster, keys, verify);
      if (!read.ok) return read.reason;
      const { client } = read.value;
      counts.set(client, (counts.get(client) ?? 0) + 1);
      if (onCommitted !== undefined) uncertain.push({ ...read.value, index });
      if (index % progressEntries === 0) onProgress?.(index, total);
      if (certificate === undefined) return undefined;
      certificates++;
      const flaw = flawOfCertificate(genesis, cluster, { kind: "commit", certificate }, verify);
      if (flaw !== undefined) return `its commit certificate does not hold: ${flaw}`;
      tell(index);
      return undefined;
    },
  });
  if ("reason" in checked) return { ok: false, ...checked };

  const { last, head } = checked.end;
  if (last % progressEntries !== 0) onProgress?.(last, total);
  const commitIndex = checked.state.commitIndex;
  tell(commitIndex);
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

/** A stored command with the client that signed it, or why it is not a client's command. */
function signedCommand(
  command: Uint8Array,
  cluster: Digest,
  keys: ReadonlyMap<number, Uint8Array>,
  verify: VerifySignature,
): Outcome<Omit<CommittedCommand, "index">> {
  const opened = open(command, cluster);
  if (!opened.ok) return opened;
  const { signed, signature, signer, body } = opened.value;
  if (body.$case !== "command") return { ok: false, reason: `a message of another kind (${body.$case})` };
  const key = keys.get(signer);
  if (key === undefined) return { ok: false, reason: `client ${signer} is not in the genesis` };
  if (!verify(signature, signed, key)) return { ok: false, reason: `client ${signer}'s signature is not valid` };
  const { request, payload } = body.value;
  return { ok: true, value: { client: signer as ClientId, request: request as RequestId, payload } };
}
