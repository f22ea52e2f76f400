/**
 * D05 to D16 on the real store: calls that fail, pages in the wrong place or of the past, files that are gone, folders that cannot be
 * written. Either nothing is lost, or the store says so with the file and the mend; it never gives back something else.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { openStore } from "../../../ledger/store.ts";
import type { LogIndex } from "../../../wire/types.ts";
import { history } from "../history.ts";
import { folderFor, loaded, opened, optionsFor, plain } from "../signed-cluster.ts";
import { builtShim, type Fault, faultyEnvironment, writeFault } from "./shim.ts";

const writer = fileURLToPath(new URL("../crashing-writer.ts", import.meta.url));
const shim = builtShim("failing-calls.c");
const withShim = (title: string, run: (t: ExecutionContext, library: string) => void): void => {
  if (shim === undefined) test.skip(`${title} (skipped: needs Linux and a C compiler)`, (t) => t.fail());
  else test(title, (t) => run(t, shim));
};

/** Writes in a process of its own on a faulty disk; returns its end, and the last index it had been told is safe. */
function writeWith(
  library: string,
  file: string,
  fault: Fault,
  writes = 40,
): { status: number | null; stderr: string; safe: number } {
  const faults = `${file}.faults`;
  writeFault(faults, fault);
  const env = { ...process.env, ...faultyEnvironment(library, faults) };
  const { status, stderr, stdout } = spawnSync(process.execPath, [writer, file, `${writes}`], {
    encoding: "utf8",
    env,
  });
  return { status, stderr, safe: Number(stdout.trim().split("\n").at(-1) ?? 0) };
}

for (const [row, call, afters] of [
  ["D05 a sync fails", "sync", [3, 12, 20]],
  ["D06 a write fails", "write", [20, 60, 200]],
] as const) {
  for (const after of afters) {
    withShim(
      `${row}, at the ${after}th: the process ends with file and mend, and all that it had acknowledged is there`,
      (t, library) => {
        const file = join(folderFor(t), "store");
        const { status, stderr, safe } = writeWith(library, file, { call, path: `${file}*`, first: after });
        t.is(status, 1, stderr);
        t.regex(stderr, /store could not be read or written by the disk; check the disk/);
        if (safe === 0) return;
        const store = opened(file);
        t.true(store.lastIndex >= safe, `${store.lastIndex} of ${safe}`);
        t.is(loaded(store).acknowledged?.index, store.lastIndex);
        store.close();
      },
    );
  }
}

for (const [row, call, after] of [
  ["D05 the sync", "sync", 3],
  ["D06 a write", "write", 20],
] as const) {
  withShim(`${row} of the database fails while its log still works: the process ends all the same`, (t, library) => {
    const file = join(folderFor(t), "store");
    const { status, stderr, safe } = writeWith(library, file, { call, path: file, first: after }, 400);
    t.is(status, 1, stderr);
    t.regex(stderr, /store could not be read or written by the disk; check the disk/);
    const store = opened(file);
    t.true(store.lastIndex >= safe && safe > 0, `${store.lastIndex} of ${safe}`);
    t.is(loaded(store).acknowledged?.index, store.lastIndex);
    store.close();
  });
}

withShim(
  "D05 the sync of the folder, which brings the log's name to the disk, fails: the store is not opened",
  (t, library) => {
    const { file } = filled(t);
    const { status, stderr } = writeWith(library, file, { call: "sync", path: dirname(file), count: 1 });
    t.is(status, 1, stderr);
    t.regex(stderr, /store could not be read or written by the disk; check the disk/);
    const store = opened(file);
    t.is(store.lastIndex, 46 as LogIndex);
    store.close();
  },
);

withShim("D07 a read fails: the store is not opened, and says what to look at", (t, library) => {
  const { file } = filled(t);
  const { status, stderr } = writeWith(library, file, { call: "read", path: `${file}*`, first: 3 }, 1);
  t.is(status, 1);
  t.regex(stderr, /store could not be read or written by the disk; check the disk/);
  const store = opened(file);
  t.is(store.lastIndex, 46 as LogIndex);
  store.close();
});

/** A closed store with the whole history in one file, and what it holds. */
function filled(t: ExecutionContext): { file: string; state: string } {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  for (const writes of history()) store.write(writes);
  const state = plain(loaded(store));
  store.close();
  return { file, state };
}

/** Opens and loads; the state, or the reason. */
function found(file: string): { readonly state: string } | { readonly refused: string } {
  const outcome = openStore(optionsFor(file));
  if (!outcome.ok) return { refused: outcome.reason };
  try {
    const read = outcome.value.load();
    return read.ok ? { state: plain(read.value) } : { refused: read.reason };
  } finally {
    outcome.value.close();
  }
}

const pageBytes = 4096;

test("D12 a page written to another's place, and D13 a page of the past: refused with a reason, or nothing is different", (t) => {
  const { file, state } = filled(t);
  const whole = readFileSync(file);
  const past = join(folderFor(t), "store");
  const earlier = opened(past, { create: true });
  for (const writes of history().slice(0, 3)) earlier.write(writes);
  earlier.close();
  const old = readFileSync(past);
  const pages = whole.length / pageBytes;
  let refused = 0;
  for (let page = 0; page < pages; page++) {
    const misdirected = Buffer.from(whole);
    whole.copy(
      misdirected,
      page * pageBytes,
      ((page + 1) % pages) * pageBytes,
      ((page + 1) % pages) * pageBytes + pageBytes,
    );
    const lost = Buffer.from(whole);
    old.copy(lost, page * pageBytes, page * pageBytes, (page + 1) * pageBytes);
    for (const image of [misdirected, lost]) {
      writeFileSync(file, image);
      const result = found(file);
      if ("refused" in result) {
        refused++;
        t.regex(result.refused, /store|index|damaged|checksum|missing|certificate|evidence/);
      } else t.is(result.state, state, `page ${page} gave back something else`);
      for (const end of ["-wal", "-shm", "-lock"]) rmSync(`${file}${end}`, { force: true });
    }
  }
  t.true(refused >= pages, `${refused} of ${2 * pages} images refused`);
});

test("D13 an old copy of the whole store is what no file can tell by itself: the key's mark and the audit are for that", (t) => {
  const { file } = filled(t);
  const copy = `${file}-copy`;
  copyFileSync(file, copy);
  const outcome = found(copy);
  t.true("state" in outcome);
});

test("D16 the file is missing, empty, cut, or another name's: never an empty store in its place", (t) => {
  const { file, state } = filled(t);
  const away = `${file}.away`;
  renameSync(file, away);
  t.like(found(file), {
    refused: `${file}: this node's store is missing; restore it from a copy of its latest state or replace this validator (only a key that never signed may start with an empty store: a file beside it, its name with .unused, says so)`,
  });
  t.false(existsSync(file), "nothing was made in its place");
  writeFileSync(file, "");
  t.regex(String(Reflect.get(found(file), "refused")), /this node's store is missing/);
  for (const bytes of [100, 4096, 5000]) {
    copyFileSync(away, file);
    truncateSync(file, bytes);
    t.true("refused" in found(file), `${bytes} bytes`);
    for (const end of ["-wal", "-shm", "-lock"]) rmSync(`${file}${end}`, { force: true });
  }
  renameSync(away, file);
  t.deepEqual(found(file), { state });
});

const notRoot = process.getuid?.() === 0 ? test.skip : test;
notRoot("D14 a folder that cannot be written is told with the mend (skipped for root, who may write anything)", (t) => {
  const { file } = filled(t);
  const folder = join(file, "..");
  chmodSync(folder, 0o500);
  t.teardown(() => chmodSync(folder, 0o700));
  t.regex(String(Reflect.get(found(file), "refused")), /cannot be (written|opened)/);
});

/** Whether small disks can be made here. */
const mounts = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "juno-mount-"));
  const may = process.platform === "linux" && mount(folder);
  if (may) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return may;
})();

function mount(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
}

const onTmpfs = mounts ? test : test.skip;
onTmpfs(
  "D14 a full disk ends the node with the mend, and all that it had acknowledged is there (skipped where no tmpfs can be mounted: needs root on Linux)",
  (t) => {
    const folder = join(folderFor(t), "small");
    mkdirSync(folder);
    t.true(mount(folder));
    t.teardown(() => spawnSync("umount", [folder]));
    const file = join(folder, "store");
    const child = spawnSync(process.execPath, [writer, file, "500"], { encoding: "utf8" });
    t.is(child.status, 1);
    t.regex(child.stderr, /has no room to grow; make room on the disk/);
    const safe = Number(child.stdout.trim().split("\n").at(-1));
    t.true(safe > 37);
    const roomy = join(folderFor(t), "store");
    for (const end of ["", "-wal"]) copyFileSync(`${file}${end}`, `${roomy}${end}`);
    const store = opened(roomy);
    t.true(store.lastIndex >= safe);
    store.close();
  },
);
