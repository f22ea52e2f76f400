import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type AuditReport, audit, progressEntries } from "../../ledger/audit.ts";
import { auditText } from "../../ledger/audit-text.ts";
import { sha256 } from "../../ledger/sha256.ts";
import { type Database, openDatabase } from "../../ledger/sqlite.ts";
import { openStore } from "../../ledger/store.ts";
import { leafHash } from "../../wire/chain.ts";
import { commandAt, type Segment } from "../../wire/entries.ts";
import type { LogIndex, NodeId } from "../../wire/types.ts";
import { history } from "./history.ts";
import {
  certificate,
  chained,
  cluster,
  command,
  entriesOf,
  folderFor,
  genesis,
  headOf,
  opened,
  optionsFor,
  plainEntries,
  segment,
  verify,
} from "./signed-cluster.ts";

type Context = Pick<ExecutionContext, "teardown">;

function auditOf(file: string): AuditReport {
  return audit({ file, genesis, verify });
}

/** A closed store with the segments in it. */
function storeWith(t: Context, segments: readonly Segment[], commit?: ReturnType<typeof certificate>): string {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  for (const append of segments) store.write([{ append }]);
  if (commit !== undefined) store.write([{ commit }]);
  store.close();
  return file;
}

function change(file: string, alter: (db: Database) => void): void {
  const db = openDatabase(file, "write");
  alter(db);
  db.close();
}

/** Expects a bad report of that index and reason. */
function bad(index: number, reason: RegExp): (t: ExecutionContext, report: AuditReport) => void {
  return (t, report) => {
    t.is(report.ok ? "ok" : report.index, index);
    t.regex(report.ok ? "" : report.reason, reason);
  };
}

test("an audit of an intact store says what it holds, and leaves no trace", (t) => {
  const folder = folderFor(t);
  const file = join(folder, "store");
  const store = opened(file, { create: true });
  for (const write of history()) store.write(write);
  const head = Buffer.from(store.hashAt(46 as LogIndex) ?? []).toString("hex");
  const clients = new Map<number, number>();
  for (const { client } of plainEntries(store.read(1 as LogIndex, 46 as LogIndex))) {
    clients.set(client, (clients.get(client) ?? 0) + 1);
  }
  const progress: number[][] = [];
  const beside = audit({ file, genesis, verify, onProgress: (...seen) => progress.push(seen) });
  const expected: AuditReport = {
    ok: true,
    entries: 46,
    committed: 30,
    head,
    commitIndex: 30,
    certificates: 1,
    clients: new Map([...clients].sort(([a], [b]) => a - b)),
  };
  t.deepEqual(beside, expected, "beside the node that has it open");
  t.deepEqual(progress, [[46, 46]]);
  store.close();

  const names = readdirSync(folder);
  const bytes = readFileSync(file);
  t.deepEqual(auditOf(file), expected);
  t.deepEqual(readdirSync(folder), names);
  t.deepEqual(readFileSync(file), bytes);
  t.is(
    auditText(expected).split("\n").slice(0, 3).join("\n"),
    "ok: 46 entries, every hash and every client's signature is right\n" +
      "committed: up to index 30, by 1 certificates kept\nnot yet committed: 16 entries above it",
  );
});

test("progress is told every so many entries", (t) => {
  const file = storeWith(t, [segment(1, cluster, progressEntries + 1)]);
  const progress: number[][] = [];
  audit({ file, genesis, verify: () => true, onProgress: (...seen) => progress.push(seen) });
  t.deepEqual(progress, [
    [progressEntries, progressEntries + 1],
    [progressEntries + 1, progressEntries + 1],
  ]);
});

test("the first altered command is named", (t) => {
  const whole = segment(1, cluster, 5);
  const file = storeWith(t, [whole]);
  change(file, (db) => {
    const commands = whole.entries.data.slice();
    for (const row of [3, 2]) {
      const end = whole.entries.ends[row] ?? 0;
      commands[end - 1] = (commands[end - 1] ?? 0) ^ 1;
    }
    db.prepare("UPDATE log SET commands = ?").run(commands);
  });
  bad(3, /recomputed from the stored bytes is not the stored one/)(t, auditOf(file));
  const store = opened(file);
  const outcome = store.load();
  t.regex(outcome.ok ? "" : outcome.reason, /store: index 3: .*juno audit.*restore the file from a copy/);
  t.throws(() => store.read(1 as LogIndex, 5 as LogIndex), { message: /damaged at index 3/ });
  store.close();
});

test("reordered entries are found, with the chain recomputed or not", (t) => {
  const a = segment(1, cluster, 4);
  const b = segment(5, headOf(a), 4);
  const commit = certificate("commit", 1, 8, headOf(b));
  const file = storeWith(t, [a, b], commit);
  change(file, (db) => {
    db.exec("UPDATE log SET first = 100 WHERE first = 1; UPDATE log SET first = 1, last = 4 WHERE first = 5");
    db.exec("UPDATE log SET first = 5, last = 8 WHERE first = 100");
    db.exec(
      "UPDATE log SET bytes_before = CASE first WHEN 1 THEN 0 ELSE (SELECT length(commands) FROM log WHERE first = 1) END",
    );
  });
  bad(1, /recomputed/)(t, auditOf(file));

  const [c1, c2, c3] = [0, 1, 2].map((row) => commandAt(a.entries, row)) as [Uint8Array, Uint8Array, Uint8Array];
  const honest = chained(1, cluster, entriesOf([c1, c2, c3], [1, 1, 1]));
  const swapped = chained(1, cluster, entriesOf([c1, c3, c2], [1, 1, 1]));
  const forged = forgedStore(t, honest, swapped);
  bad(3, /not the one that the validators committed/)(t, auditOf(forged));
});

/** A store whose log was exchanged behind its certificate, with all of its own sums made anew by the forger. */
function forgedStore(t: Context, honest: Segment, log: Segment): string {
  const commit = certificate("commit", 1, honest.entries.count, headOf(honest));
  const from = storeWith(t, [honest], commit);
  const to = storeWith(t, [log], certificate("commit", 1, log.entries.count, headOf(log)));
  change(to, (db) => {
    db.prepare("ATTACH ? AS other").run(from);
    db.exec("DELETE FROM certificate; INSERT INTO certificate SELECT * FROM other.certificate");
  });
  return to;
}

test("a command that its client did not sign is found, whoever recomputed the chain", (t) => {
  const table: [string, Uint8Array, RegExp][] = [
    ["another client's signature", command(1, 7, new Uint8Array(3), true), /client 1's signature is not valid/],
    ["a stranger", strangersCommand(), /client 9 is not in the genesis/],
    ["no message", new Uint8Array([1, 2, 3]), /malformed envelope/],
  ];
  for (const [what, forged, reason] of table) {
    const good = command(0, 1, new Uint8Array(9));
    const entries = entriesOf([good, good, good], [1, 1, 1]);
    const file = storeWith(t, [chained(1, cluster, withCommand(entries, 1, forged))]);
    const report = auditOf(file);
    t.is(report.ok ? what : report.index, 2, what);
    t.regex(report.ok ? "" : report.reason, reason);
  }
});

test("a log cut short is found, by its certificate or by what the node remembers", (t) => {
  const a = segment(1, cluster, 4);
  const b = segment(5, headOf(a), 4);
  const file = storeWith(t, [a, b], certificate("commit", 1, 8, headOf(b)));
  change(file, (db) => db.exec("DELETE FROM log WHERE first = 5"));
  bad(5, /ends before it, but is committed up to 8/)(t, auditOf(file));
  const uncommitted = storeWith(t, [a, b], certificate("commit", 1, 4, headOf(a)));
  change(uncommitted, (db) => db.exec("DELETE FROM log WHERE first = 5"));
  bad(5, /ends before it, but was written up to 8/)(t, auditOf(uncommitted));
  const holed = storeWith(t, [a, b]);
  change(holed, (db) => db.exec("DELETE FROM log WHERE first = 1"));
  bad(1, /missing or out of order: the next row begins at 5/)(t, auditOf(holed));
});

test("a missing or forged certificate is found", (t) => {
  const a = segment(1, cluster, 4);
  const file = storeWith(t, [a], certificate("commit", 1, 4, headOf(a)));
  change(file, (db) => db.exec("DELETE FROM certificate"));
  bad(4, /certificate is missing/)(t, auditOf(file));

  const short = storeWith(t, [a], certificate("commit", 1, 4, headOf(a), [0, 1]));
  bad(4, /does not hold: 2 of 3 signatures/)(t, auditOf(short));
  const replication = storeWith(t, [a], certificate("replication", 1, 4, headOf(a)));
  bad(4, /does not hold: validator 0's signature is not valid/)(t, auditOf(replication));
  const genuine = certificate("commit", 1, 4, headOf(a));
  const [first, second] = genuine.endorsements;
  if (first === undefined || second === undefined) return t.fail("no endorsements");
  const twice = storeWith(t, [a], { ...genuine, endorsements: [first, second, second] });
  bad(4, /does not hold: signatures not by ascending node/)(t, auditOf(twice));
  const stranger = storeWith(t, [a], { ...genuine, endorsements: [first, second, { ...second, node: 7 as NodeId }] });
  bad(4, /does not hold: a signature by 7, which is no validator/)(t, auditOf(stranger));
  const refused = openStore(optionsFor(stranger));
  if (!refused.ok) return t.fail(refused.reason);
  t.false(refused.value.load().ok);
  refused.value.close();
});

test("what is no store of this cluster is refused in one line", (t) => {
  const folder = folderFor(t);
  const file = storeWith(t, [segment(1, cluster, 1)]);
  bad(0, /no such file/)(t, auditOf(join(folder, "none")));
  const text = join(folder, "text");
  writeFileSync(text, "not a database".repeat(1000));
  bad(0, /damaged or not a Juno store/)(t, auditOf(text));
  const empty = join(folder, "empty");
  writeFileSync(empty, "");
  bad(0, /is not a Juno store/)(t, auditOf(empty));
  const another = { ...genesis, name: "another" };
  bad(0, /belongs to cluster/)(t, audit({ file, genesis: another, verify }));
  const cut = join(folder, "cut");
  copyFileSync(file, cut);
  writeFileSync(cut, readFileSync(cut).subarray(0, 6000));
  t.false(auditOf(cut).ok);
});

function strangersCommand(): Uint8Array {
  const bytes = command(1, 7, new Uint8Array(3));
  // Client 1 becomes client 9 in the signed bytes: as the signer (field 3) and in the body (field 1 of field 10).
  const at = bytes.findIndex((byte, i) => byte === 0x18 && bytes[i + 1] === 1 && bytes[i + 2] === 0x52);
  bytes[at + 1] = 9;
  bytes[at + 5] = 9;
  return bytes;
}

/** The run with one command exchanged for other bytes, and the leaf hashed anew. */
function withCommand(entries: Segment["entries"], row: number, forged: Uint8Array): Segment["entries"] {
  const commands = Array.from({ length: entries.count }, (_, i) => (i === row ? forged : commandAt(entries, i)));
  const data = new Uint8Array(Buffer.concat(commands));
  const starts = Uint32Array.from(commands, (_, i) =>
    commands.slice(0, i).reduce((sum, bytes) => sum + bytes.length, 0),
  );
  const ends = starts.map((start, i) => start + (commands[i]?.length ?? 0));
  const leaves = entries.leaves.slice();
  leaves.set(leafHash(sha256, forged), row * 32);
  return { ...entries, data, starts, ends, leaves };
}
