import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { audit } from "../../ledger/audit.ts";
import { lockFolder } from "../../ledger/lock.ts";
import type { LogIndex, Term } from "../../wire/types.ts";
import { folderFor, genesis, loaded, opened, plainEntries, verify } from "./signed-cluster.ts";

const writer = fileURLToPath(new URL("crashing-writer.ts", import.meta.url));
const holder = fileURLToPath(new URL("folder-holder.ts", import.meta.url));

for (const count of [1, 7, 60]) {
  test(`all ${count} writes that had returned are there after kill -9`, (t) => {
    const file = join(folderFor(t), "store");
    const child = spawnSync(process.execPath, [writer, file, String(count)], { encoding: "utf8" });
    t.is(child.signal, "SIGKILL", child.stderr);
    const reported = Number(child.stdout.trim().split("\n").at(-1));
    t.is(reported, count * 37);
    t.true(existsSync(`${file}-wal`), "the log of the dead process is what this test is about");
    const store = opened(file);
    const durable = loaded(store);
    t.deepEqual([store.lastIndex, store.commitIndex], [reported as LogIndex, reported as LogIndex]);
    t.deepEqual(durable.acknowledged, { term: count as Term, index: reported as LogIndex });
    t.is(plainEntries(store.read(1 as LogIndex, store.lastIndex)).length, reported);
    store.close();
  });
}

const limited = process.platform === "win32" ? test.skip : test;

limited(
  "a file that may not grow ends the node with one clear line, and all that was written is there (not on Windows)",
  (t) => {
    const file = join(folderFor(t), "store");
    const script = 'ulimit -f 1000 && exec "$0" "$@"';
    const child = spawnSync("sh", ["-c", script, process.execPath, writer, file, "500"], { encoding: "utf8" });
    t.is(child.status, 1);
    t.regex(
      child.stderr,
      /Error: .*store (could not be read or written by the disk; check|has no room to grow; make room)/,
    );
    const reported = Number(child.stdout.trim().split("\n").at(-1));
    t.true(reported > 37);
    const store = opened(file);
    t.is(loaded(store).commit?.index, reported as LogIndex);
    store.close();
  },
);

test("an audit reads what a crash left in the write-ahead log, and not what only the main file has", (t) => {
  const folder = folderFor(t);
  const file = join(folder, "store");
  spawnSync(process.execPath, [writer, file, "3"]);
  const withWal = audit({ file, genesis, verify });
  t.is(withWal.ok && withWal.entries, 111);
  const copy = join(folder, "copy");
  copyFileSync(file, copy);
  const without = audit({ file: copy, genesis, verify });
  t.is(without.ok && without.entries, 0, "without its write-ahead log this copy is of an older state");
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  t.deepEqual(audit({ file: copy, genesis, verify }), withWal);
});

test("a folder is one node's, until that ends however it may", async (t) => {
  const folder = join(folderFor(t), "made", "on demand");
  const child = spawn(process.execPath, ["--expose-gc", holder, folder], { stdio: ["pipe", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  t.is(String(line), "held\n");
  const second = lockFolder(folder);
  t.is(
    second.ok ? "locked" : second.reason,
    `${folder} is in use by a running node (process ${child.pid}, says ${join(folder, "node.pid")}); stop that one first`,
  );
  child.kill("SIGKILL");
  await once(child, "exit");
  const third = lockFolder(folder);
  if (!third.ok) return t.fail(third.reason);
  const fourth = lockFolder(folder);
  t.regex(
    fourth.ok ? "locked" : fourth.reason,
    new RegExp(`process ${process.pid}`),
    "this process is refused as well",
  );
  third.value.release();
  const fifth = lockFolder(folder);
  t.true(fifth.ok);
  if (fifth.ok) fifth.value.release();
});
