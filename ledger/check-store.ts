/** Checks all that a store's file holds, for a node's start and for an audit alike. */
import type { Allocate, Segment } from "../wire/entries.ts";
import { type Certificate, type Genesis, sameBytes } from "../wire/types.ts";
import { flawOfCertificate, type VerifySignature } from "./certificate-flaw.ts";
import { checkLog, type Flaw, type LogEnd, type OnEntry } from "./check-log.ts";
import { readDisplaced } from "./displaced-rows.ts";
import { readEvidence } from "./evidence-rows.ts";
import { readCertificates } from "./kept-certificates.ts";
import type { SegmentRow } from "./segment-row.ts";
import { type Database, pragma } from "./sqlite.ts";
import { type Owner, readState, type State } from "./state-row.ts";

export type CheckOptions = {
  readonly db: Database;
  readonly genesis: Genesis;
  readonly owner: Owner;
  readonly verify: VerifySignature;
  readonly allocate: Allocate;
  /** What to look at beyond the chain; it is told of the commit certificate kept for that entry. */
  readonly onEntry?: (...entry: [...Parameters<OnEntry>, certificate: Certificate | undefined]) => string | undefined;
};

export type CheckedStore = {
  readonly state: State;
  readonly end: LogEnd;
  /** The newest. */
  readonly commit: Certificate | undefined;
  /** The rows with entries above the commit index. */
  readonly tailRows: readonly { readonly row: SegmentRow; readonly leaves: Uint8Array }[];
  readonly displaced: readonly Segment[];
};

/** What the file holds, or its first wrong index and why; the index is 0 where it is not an entry that is wrong. */
export function checkStore(options: CheckOptions): CheckedStore | Flaw {
  const { db, owner, onEntry } = options;
  const kept = readCertificates(db);
  const commitIndex = Math.max(0, ...kept.keys());
  const tailRows: { row: SegmentRow; leaves: Uint8Array }[] = [];
  const end = checkLog(
    db,
    owner.cluster,
    (index, command, hash) => {
      const certificate = kept.get(index);
      if (typeof certificate === "string") return certificate;
      const flaw = onEntry?.(index, command, hash, certificate);
      if (flaw !== undefined || certificate === undefined || sameBytes(certificate.hash, hash)) return flaw;
      return "the log up to here is not the one that the validators committed";
    },
    (row, leaves) => {
      if (row.last > commitIndex) tailRows.push({ row, leaves });
    },
  );
  if ("reason" in end) return end;
  if (commitIndex > end.last) {
    return { index: end.last + 1, reason: `the log ends before it, but is committed up to ${commitIndex}` };
  }
  const commit = kept.get(commitIndex);
  const state = readState(db, owner);
  if (state === undefined) return { index: 0, reason: "the row with term, vote and lock is damaged" };
  const flaw =
    flawOfEnd(end, state) ??
    flawOfCommit(kept, commitIndex, state) ??
    flawOfProof(options, "commit", typeof commit === "string" ? undefined : commit) ??
    flawOfProof(options, "replication", state.lock);
  if (flaw !== undefined) return flaw;
  const displaced = readDisplaced(db, state.displaced, owner.cluster, options.allocate);
  if (!displaced.ok) return { index: 0, reason: `the displaced suffix is damaged: ${displaced.reason}` };
  const evidence = readEvidence(db, state.evidence);
  if (!evidence.ok) return { index: 0, reason: evidence.reason };
  const verdict = pragma(db, "quick_check(1)");
  if (verdict !== "ok") return { index: 0, reason: `SQLite finds: ${verdict}` };
  return { state, end, commit: typeof commit === "string" ? undefined : commit, tailRows, displaced: displaced.value };
}

function flawOfEnd(end: LogEnd, state: State): Flaw | undefined {
  if (end.last < state.lastIndex) {
    return { index: end.last + 1, reason: `the log ends before it, but was written up to ${state.lastIndex}` };
  }
  if (end.last > state.lastIndex) return { index: state.lastIndex + 1, reason: "it is above the end of the log" };
  if (!sameBytes(end.head, state.lastHash)) return { index: end.last, reason: "it is not the entry that was written" };
  return end.bytes === state.bytes ? undefined : { index: 0, reason: "the byte count of the log is wrong" };
}

function flawOfCommit(kept: ReadonlyMap<number, unknown>, commitIndex: number, state: State): Flaw | undefined {
  if (commitIndex !== state.commitIndex)
    return { index: state.commitIndex, reason: "its commit certificate is missing" };
  if (kept.size === state.certificates) return undefined;
  return { index: 0, reason: `${kept.size} of ${state.certificates} commit certificates are there` };
}

function flawOfProof(
  { genesis, owner, verify }: CheckOptions,
  kind: "commit" | "replication",
  certificate: Certificate | undefined,
): Flaw | undefined {
  if (certificate === undefined) return undefined;
  const flaw = flawOfCertificate(genesis, owner.cluster, { kind, certificate }, verify);
  return flaw === undefined
    ? undefined
    : { index: certificate.index, reason: `its ${kind} certificate does not hold: ${flaw}` };
}
