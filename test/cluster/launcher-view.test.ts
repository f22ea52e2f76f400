import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import test, { type ExecutionContext } from "ava";
import { launcherView } from "../../cluster/launcher-view.ts";
import type { Watched } from "../../cluster/node-polling.ts";
import { supervise } from "../../cluster/supervisor.ts";
import { capturedOutput } from "./captured-output.ts";
import { sampleStatus } from "./sample-status.ts";

/** A node that was started and has ended: its supervisor is down. */
async function watchedNode(t: ExecutionContext, name: string): Promise<Watched> {
  const command = {
    args: ["-e", ""],
    env: process.env,
    backOff: { firstMs: 1, maxMs: 1, recoveredMs: 1 },
    stopMs: 1000,
  };
  const supervisor = supervise(command, { onLine: () => undefined, onCrash: () => undefined, onGone: () => undefined });
  t.teardown(() => supervisor.kill());
  await supervisor.down;
  return { name, dataFolder: "", supervisor, status: undefined, before: undefined };
}

function view(
  terminal?: { readonly columns: number; readonly rows: number },
  env: Record<string, string> = {},
  summaryMs = 10_000,
) {
  const [stdout, stderr] = [capturedOutput(terminal), capturedOutput()];
  const holds: boolean[] = [];
  const shown = launcherView({
    names: ["node0", "node1"],
    env,
    stdout: stdout.output,
    stderr: stderr.output,
    summaryMs,
    hold: (held) => holds.push(held),
  });
  return { shown, stdout, stderr, holds };
}

const record = '{"level":30,"time":1,"msg":"hello"}';

test("without a terminal, records go to stdout as they are and the rest to stderr", (t) => {
  const { shown, stdout, stderr } = view();
  shown.log(0, record);
  shown.log(1, "oops");
  shown.log(undefined, "stopping 2 nodes");
  shown.close();
  t.is(stdout.text(), `${record}\n`);
  t.is(stderr.text(), "node1 | oops\njuno  | stopping 2 nodes\n");
});

test("a reader of stdout that is slow holds the nodes until it has read", (t) => {
  const { shown, stdout, holds } = view();
  shown.log(0, record);
  t.deepEqual(holds, []);
  stdout.block();
  shown.log(0, record);
  shown.log(1, "talk goes elsewhere");
  t.deepEqual(holds, [true]);
  stdout.drain();
  t.deepEqual(holds, [true, false]);
  shown.close();
  stdout.drain();
  t.deepEqual(holds, [true, false], "a closed view asks for nothing");
});

test("a line tells at once who is there and who leads; numbers alone wait their time", async (t) => {
  const [one, two] = [await watchedNode(t, "node0"), await watchedNode(t, "node1")];
  const { shown, stderr } = view();
  const told = () => stderr.text().trimEnd().split("\n");
  shown.watch([one, two], false);
  one.status = sampleStatus({ role: "leader", leader: 0 });
  two.status = sampleStatus({ name: "node1", commitIndex: 1300, appliedIndex: 1300 });
  two.before = sampleStatus({ appliedIndex: 1200, uptimeMs: 89_000 });
  shown.watch([one, two], false);
  two.status = sampleStatus({ name: "node1", commitIndex: 1400 });
  shown.watch([one, two], false);
  // A deposed leader that does not know yet: the newest term counts.
  two.status = sampleStatus({ name: "node1", role: "leader", term: 4 });
  two.before = undefined;
  shown.watch([one, two], false);
  shown.watch([one, two], true);
  t.deepEqual(told(), [
    "juno  | 0 of 2 nodes answer, no leader, commit index 0, 0 commands/s",
    "juno  | 2 of 2 nodes answer, leader node0, term 3, commit index 1300, 100 commands/s",
    "juno  | 2 of 2 nodes answer, leader node1, term 4, commit index 1200, 0 commands/s",
  ]);
});

test("the numbers are told again when their time has come and they have changed", async (t) => {
  const one = await watchedNode(t, "node0");
  const { shown, stderr } = view(undefined, {}, 50);
  for (const commitIndex of [1, 2, 2, 3]) {
    one.status = sampleStatus({ commitIndex });
    shown.watch([one], false);
    await sleep(60);
  }
  t.deepEqual(
    [...stderr.text().matchAll(/commit index (\d+)/g)].map(([, index]) => index),
    ["1", "2", "3"],
  );
});

test("on a terminal: the logs, then the table with what each node does, then what Ctrl-C does", async (t) => {
  const [one, two] = [await watchedNode(t, "node0"), await watchedNode(t, "node1")];
  const { shown, stdout, stderr } = view({ columns: 60, rows: 24 }, { NO_COLOR: "1" });
  one.status = sampleStatus();
  shown.log(0, record);
  shown.log(1, "oops");
  shown.watch([one, two], false);
  await sleep(100);
  const lines = stripVTControlCharacters(stdout.text()).replaceAll("\r", "").split("\n");
  t.regex(lines[0] ?? "", /^node0 \| \[.*\] INFO: hello$/);
  t.deepEqual(lines.slice(1), [
    "node1 | oops",
    "",
    "NODE   ROLE      TERM  COMMIT  CMD/S  CPU  PEERS  RESTARTS",
    "node0  follower     3    1200      -  50%    2/3         0",
    "node1  down         -       -      -    -      -         0",
    "Ctrl-C stops all nodes.",
    "",
  ]);
  shown.watch([one, two], true);
  shown.close();
  t.true(stripVTControlCharacters(stdout.text()).endsWith("Stopping; Ctrl-C again kills.\n"));
  t.is(stderr.text(), "");
});

test("NO_COLOR is honoured, where it is not empty", (t) => {
  const coloured = (env: Record<string, string>) => {
    const { shown, stdout } = view({ columns: 80, rows: 24 }, env);
    shown.log(0, "x");
    shown.close();
    return stdout.text().includes("\u001b[36m");
  };
  t.deepEqual([coloured({}), coloured({ NO_COLOR: "" }), coloured({ NO_COLOR: "1" })], [true, true, false]);
});
