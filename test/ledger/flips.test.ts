import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { audit } from "../../ledger/audit.ts";
import { openStore } from "../../ledger/store.ts";
import type { LogIndex } from "../../wire/types.ts";
import { history } from "./history.ts";
import { folderFor, genesis, opened, optionsFor, plain, plainEntries, verify } from "./signed-cluster.ts";

/** A number from a seed and a counter, so that a failure can be repeated. */
function random(seed: string, n: number, below: number): number {
  return createHash("sha256").update(`${seed} ${n}`).digest().readUInt32BE() % below;
}

/** All that a node would read of a store, or the reason why it is refused. Throws only where that does. */
function contentOf(file: string): { readonly content: string } | { readonly refused: string } {
  const store = openStore(optionsFor(file));
  if (!store.ok) return { refused: store.reason };
  try {
    const durable = store.value.load();
    if (!durable.ok) return { refused: durable.reason };
    const log = plainEntries(store.value.read(1 as LogIndex, store.value.lastIndex));
    return { content: JSON.stringify([plain(durable.value), log, store.value.evidence()]) };
  } finally {
    store.value.close();
  }
}

function contentOrFail(file: string): string {
  const found = contentOf(file);
  if ("refused" in found) throw new Error(found.refused);
  return found.content;
}

const flips = 250;

test(`each of ${flips} flipped bits of the file is reported, or changes nothing that is read`, (t) => {
  const folder = folderFor(t);
  const file = join(folder, "store");
  const store = opened(file, { create: true });
  for (const write of history()) store.write(write);
  store.close();
  const bytes = readFileSync(file);
  const intact = contentOrFail(file);
  const intactAudit = audit({ file, genesis, verify });
  t.true(intactAudit.ok);

  const seed = process.env.FLIP_SEED ?? `${Date.now()}`;
  let reported = 0;
  for (let n = 0; n < flips; n++) {
    const at = random(seed, 2 * n, bytes.length);
    const bit = random(seed, 2 * n + 1, 8);
    const replay = `FLIP_SEED=${seed} ava test/ledger/flips.test.ts: bit ${bit} of byte ${at}`;
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
    const copy = join(folder, "flipped");
    writeFileSync(copy, flipped);
    const report = audit({ file: copy, genesis, verify });
    t.deepEqual(readFileSync(copy), flipped, `${replay}: the audit wrote`);
    const found = contentOf(copy);
    if ("refused" in found) reported++;
    else t.true(found.content === intact, `${replay}: load and read`);
    if (report.ok) t.deepEqual(report, intactAudit, `${replay}: audit`);
  }
  t.log(`${reported} of ${flips} flips reported, the others in places that nothing reads`);
  t.true(reported > flips / 10);
});

test("a flipped bit of the write-ahead log takes back no commit that was synced behind it", (t) => {
  const folder = folderFor(t);
  const file = join(folder, "store");
  const store = opened(file, { create: true });
  const copy = join(folder, "copy");
  let beforeLast = 0;
  for (const write of history()) {
    beforeLast = walSize(file);
    store.write(write);
  }
  const wal = readFileSync(`${file}-wal`);
  store.close();
  const main = join(folder, "main");
  // The main file as it was while the log beside it was not yet copied into it.
  const young = opened(main, { create: true });
  young.close();
  const restore = (bytes: Buffer): void => {
    copyFileSync(main, copy);
    writeFileSync(`${copy}-wal`, bytes);
  };
  restore(wal);
  const intact = contentOrFail(copy);
  // The frame that ends the last transaction but one: when it is damaged, it cannot be told from a torn last one.
  const ambiguous = beforeLast - 4096 - 24;

  const seed = process.env.FLIP_SEED ?? `${Date.now()}`;
  let reported = 0;
  for (let n = 0; n < 150; n++) {
    const at = random(seed, 2 * n, ambiguous);
    const flipped = Buffer.from(wal);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random(seed, 2 * n + 1, 8)), at);
    restore(flipped);
    const replay = `FLIP_SEED=${seed} ava test/ledger/flips.test.ts: byte ${at} of ${wal.length}`;
    t.false(audit({ file: copy, genesis, verify }).ok, replay);
    const found = contentOf(copy);
    if ("refused" in found) reported++;
    else t.true(found.content === intact, replay);
  }
  t.is(reported, 150);

  for (const cut of [wal.length - 1, wal.length - 4000, beforeLast + 10]) {
    restore(wal.subarray(0, cut));
    t.true("content" in contentOf(copy), `a log that a crash cut at ${cut} is no damage`);
  }
});

function walSize(file: string): number {
  return readFileSync(`${file}-wal`).length;
}
