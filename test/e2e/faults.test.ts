/** The faults that a cluster has to live through, on real processes: each stage goes on where the one before ended. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import test from "ava";
import type { JunoClient } from "../../client/client.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { eventually, junoEntry, makeCluster, type TestCluster } from "./cluster-processes.ts";

let cluster: TestCluster;
let client: JunoClient;
let sent = 0;

test.before(async () => {
  cluster = await makeCluster(4);
  for (let node = 0; node < 4; node++) cluster.start(node);
  client = await cluster.client();
});

test.after.always(async () => {
  await client?.close();
  await cluster?.dispose();
});

async function say(command: string): Promise<string> {
  const { outcome } = await client.send(command);
  const decoded = decodeOutcome(outcome);
  return decoded.ok ? decoded.outcome.text : decoded.reason;
}

const one = "transfer(Acct1->Acct2, 1%1)";

async function flood(commands: number, batched: boolean): Promise<void> {
  sent += commands;
  let texts = 0;
  await client.flood(
    Array.from({ length: commands }, () => one),
    {
      batched,
      onReceipt: ({ outcome }) => {
        const decoded = decodeOutcome(outcome);
        if (decoded.ok && decoded.outcome.ok) texts++;
      },
    },
  );
  if (texts !== commands) throw new Error(`${texts} of ${commands} transfers succeeded`);
}

test.serial("accounts and transfers: every node agrees on the result", async (t) => {
  t.is(await say("CreateAccount Acct1"), 'Created Account: "Acct1"');
  t.is(await say("CreateAccount Acct2"), 'Created Account: "Acct2"');
  t.is(await say("AdjustAccount Acct1 100000%1"), 'Adjusted Account "Acct1" by 100000 % 1');
  await flood(500, true);
  await flood(200, false);
  t.is(await say("ObserveAccount Acct2"), "Just (700 % 1)");
  const { appliedIndex } = await cluster.agreement();
  t.is(appliedIndex, 704);
});

test.serial("kill -9 of the leader under load: every command takes effect exactly once", async (t) => {
  const leader = await cluster.leader();
  const floods = Promise.all([flood(3000, false), flood(1000, true)]);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await cluster.end(leader, "SIGKILL");
  await floods;
  t.is(await say("ObserveAccount Acct2"), `Just (${sent} % 1)`);
  t.is(await say("ObserveAccount Acct1"), `Just (${100_000 - sent} % 1)`);
  t.not(await cluster.leader(), leader);
  const before = await cluster.agreement();
  cluster.start(leader);
  const after = await cluster.agreement();
  t.is(after.logHash, before.logHash);
  t.is((await cluster.status(leader))?.stateHash, before.stateHash);
});

test.serial("a follower that was away for a flood catches up", async (t) => {
  const leader = await cluster.leader();
  const follower = (leader + 1) % 4;
  t.is(await cluster.end(follower, "SIGTERM"), 0);
  await flood(5000, true);
  cluster.start(follower);
  const { commitIndex, logHash } = await cluster.agreement();
  const caughtUp = await cluster.status(follower);
  t.is(caughtUp?.commitIndex, commitIndex);
  t.is(caughtUp?.logHash, logHash);
});

test.serial("kill -9 of all, start of all: nothing acknowledged is lost", async (t) => {
  await flood(300, false);
  await Promise.all([0, 1, 2, 3].map((node) => cluster.end(node, "SIGKILL")));
  for (const node of [0, 1, 2, 3]) cluster.start(node);
  t.is(await say("ObserveAccount Acct2"), `Just (${sent} % 1)`);
  const { appliedIndex } = await cluster.agreement();
  t.true(appliedIndex >= sent + 4);
});

test.serial("a second start on the same folder is refused", async (t) => {
  const running = cluster.processes[0];
  const second = cluster.start(0);
  cluster.processes[0] = running;
  t.is(await second.exited, 1);
  t.regex(second.output, /data is in use by a running node \(.*\d+.*\); stop that one first/);
  t.truthy(await cluster.status(0));
});

test.serial("SIGUSR2 shows mailboxes and counters", async (t) => {
  const node = cluster.processes[0];
  node?.child.kill("SIGUSR2");
  const line = await eventually("the report", async () =>
    node?.output.split("\n").find((text) => text.includes('"mailboxes"')),
  );
  const { status } = JSON.parse(line);
  t.like(status, { name: "node0", rejects: {} });
  t.true(status.counters.applier.applied > 0);
  t.true(status.mailboxes.consensus.max > 0);
});

test.serial("audit: ok on every node; a changed byte is found by audit and by the node at its start", async (t) => {
  await cluster.agreement();
  const codes = await Promise.all([0, 1, 2, 3].map((node) => cluster.end(node, "SIGTERM")));
  t.deepEqual(codes, [0, 0, 0, 0]);
  const file = (node: number): string => join(cluster.layout.nodes[node]?.dir ?? "", "data", "ledger.sqlite");
  const run = promisify(execFile);
  const audit = (path: string) =>
    run(process.execPath, [junoEntry, "audit", path, "--genesis", cluster.layout.genesis]).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  const good = await audit(file(1));
  t.is(good.code, 0, good.text);
  t.regex(good.text, /ok/);

  const copy = `${file(1)}.damaged`;
  const db = new DatabaseSync(file(1));
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  copyFileSync(file(1), copy);
  const bytes = readFileSync(copy);
  const at = bytes.indexOf("transfer(Acct1->Acct2", bytes.length >> 1);
  t.true(at > 0);
  bytes[at] = 0x54;
  writeFileSync(copy, bytes);
  const bad = await audit(copy);
  t.is(bad.code, 5, bad.text);
  t.regex(bad.text, /\d+/);

  copyFileSync(copy, file(1));
  const damaged = cluster.start(1);
  t.is(await damaged.exited, 1);
  t.regex(damaged.output, /ledger\.sqlite/);
  cluster.processes[1] = undefined;
});

test.serial("a node whose whole data folder was removed does not start, and makes no other store", async (t) => {
  const data = join(cluster.layout.nodes[2]?.dir ?? "", "data");
  rmSync(data, { recursive: true });
  const emptied = cluster.start(2);
  t.is(await emptied.exited, 1);
  cluster.processes[2] = undefined;
  t.regex(emptied.output, /ledger\.sqlite: this node's store is missing; restore it from a copy of its latest state/);
  t.false(existsSync(join(data, "ledger.sqlite")));
});
