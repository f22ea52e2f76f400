import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { runJuno } from "../client/juno-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function folderFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("juno bench first measures a cluster and leaves its files", async (t) => {
  const out = join(folderFor(t), "out");
  const flags = ["--nodes", "1", "--commands", "50", "--runs", "1", "--out", out, "--json"];
  const { code, stdout, stderr } = await runJuno(["bench", "first", ...flags]);
  t.is(code, 0, stderr);
  t.deepEqual(readdirSync(out).sort(), [
    "figures.md",
    "first.csv",
    "first.json",
    "first.png",
    "first.svg",
    "first.vl.json",
  ]);
  const written = JSON.parse(readFileSync(join(out, "first.json"), "utf8"));
  t.deepEqual(JSON.parse(stdout), written);
  t.deepEqual(written.errors, []);
  t.is(written.settings.commands, 50);
  t.regex(
    readFileSync(join(out, "figures.md"), "utf8"),
    /^\| batch test:50 \| {2}\| [\d,.]+ \| .* \| commands\/s \|$/m,
  );
  const metrics: string[] = written.summary.map(({ metric }: { metric: string }) => metric);
  t.true(metrics.includes("batch test:50") && metrics.includes("many test:50"), metrics.join());
  t.true(written.rows.every(({ value }: { value: number }) => value > 0));
});

test("Ctrl-C stops the cluster, writes nothing and leaves nothing", async (t) => {
  const temporary = folderFor(t);
  const flags = ["--nodes", "1", "--commands", "1000000", "--runs", "1", "--out", join(temporary, "out")];
  const child = spawn(process.execPath, [join(root, "client/juno.ts"), "bench", "first", ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TMPDIR: temporary },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close");
  // Once its cluster is there: a folder with a node's log in it.
  await eventually(() => readdirSync(temporary, { recursive: true }).some((path) => String(path).endsWith(".log")));
  child.kill("SIGINT");
  const [code] = await ended;
  t.is(code, 1);
  t.true(stderr.includes("first: stopped; nothing was written"), stderr);
  t.deepEqual(readdirSync(temporary), []);
});

test("wrong flags are told before anything starts", async (t) => {
  for (const args of [
    ["throughput", "--nodes", "4,4"],
    ["first", "--nodes", "33"],
    ["nonsense"],
    ["check", "--bounds", "/nowhere/bounds.json"],
  ]) {
    const { code, stderr } = await runJuno(["bench", ...args]);
    t.is(code, 2, `${args.join(" ")}: ${stderr}`);
  }
});

test("without its folder, as in the package, juno bench says that it needs a checkout", async (t) => {
  const copy = folderFor(t);
  cpSync(join(root, "client"), join(copy, "client"), { recursive: true });
  for (const name of ["wire", "pools", "cluster", "hopper", "ledger", "node_modules", "package.json"]) {
    symlinkSync(join(root, name), join(copy, name));
  }
  const entry = join(copy, "client", "juno.ts");
  const { status, stderr } = spawnSync(process.execPath, [entry, "bench", "first"], { encoding: "utf8" });
  t.is(status, 2);
  t.is(stderr, "juno bench needs a checkout of the repository: there, npm run juno -- bench\n");
});

async function eventually(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("waited 30 s in vain");
    await sleep(50);
  }
}
