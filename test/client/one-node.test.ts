import { join } from "node:path";
import test from "ava";
import { type Ended, runJuno, temporaryFolder } from "./juno-process.ts";

test("juno up makes and runs a cluster that send, status and audit work with, and ends with 0 on SIGTERM", async (t) => {
  const folder = temporaryFolder();
  t.teardown(folder.remove);
  const dir = join(folder.path, "cluster");
  let stop: () => void = () => undefined;
  const cluster = runJuno(["up", "-n", "1", "--clients", "1", "--base-port", "0", "--dir", dir], {
    onStart: (kill) => {
      stop = () => kill("SIGTERM");
    },
  });
  let up: Ended | undefined;
  try {
    await Promise.race([cluster, until(async () => (await runJuno(["status", "--dir", dir])).code === 0)]);
    const sent = await runJuno(["send", "--dir", dir, "CreateAccount Acct1", "ObserveAccount Acct1"]);
    t.deepEqual(sent, { code: 0, stdout: 'Created Account: "Acct1"\nJust (0 % 1)\n', stderr: "" });
    const status = await runJuno(["status", "--dir", dir, "-o", "ndjson"]);
    const { name, up: answers, role, commitIndex } = JSON.parse(status.stdout);
    t.deepEqual({ name, answers, role, commitIndex }, { name: "node0", answers: true, role: "leader", commitIndex: 2 });
    const audit = await runJuno(["audit", "--dir", dir, "-o", "json", join(dir, "node0/data")]);
    t.is(audit.code, 0);
    const [report] = JSON.parse(audit.stdout);
    t.deepEqual([report.ok, report.entries, report.clients], [true, 2, { 0: 2 }]);
  } finally {
    stop();
    up = await cluster;
  }
  t.is(up.code, 0);
  t.regex(up.stderr, /^Made a cluster of 1 node in .*\nStarting 1 node of .*juno repl/);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 200));
}
