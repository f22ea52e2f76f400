import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import test, { type ExecutionContext } from "ava";
import { initCluster } from "../../cluster/init.ts";
import { type UpOptions, type UpReport, up } from "../../cluster/launcher.ts";
import { capturedOutput } from "./captured-output.ts";
import { waitUntil } from "./nng/wait-until.ts";
import { accepted } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const entry = fileURLToPath(new URL("tiny-node.ts", import.meta.url));

type Setting = {
  readonly task?: string;
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly spoil?: string;
} & Partial<UpOptions>;

async function launched(t: ExecutionContext, { task = "", terminal, spoil, ...changes }: Setting = {}) {
  const layout = accepted(await initCluster({ dir: temporaryFolder(t), nodes: 2, clients: 0, basePort: 14_000 }));
  if (spoil !== undefined) appendFileSync(layout.nodes[1]?.config ?? "", spoil);
  const [stdout, stderr] = [capturedOutput(terminal), capturedOutput()];
  const [stop, kill] = [new AbortController(), new AbortController()];
  const running: Promise<UpReport> = up({
    nodes: layout.nodes,
    env: { ...process.env, NO_COLOR: "1", TINY_NODE: task },
    stop: stop.signal,
    kill: kill.signal,
    stdout: stdout.output,
    stderr: stderr.output,
    entry,
    backOff: { firstMs: 50, maxMs: 100, recoveredMs: 60_000 },
    pollMs: 50,
    stopMs: 15_000,
    ...changes,
  });
  t.teardown(async () => {
    stop.abort();
    kill.abort();
    await running;
  });
  /** Each process that was started, by what it told. */
  const pids = () =>
    [...(stderr.text() + stdout.text()).matchAll(/start --config, process (\d+)/g)].map(([, pid]) => Number(pid));
  return { layout, stdout, stderr, stop, kill, running, pids };
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const allAnswer = /juno {2}\| 2 of 2 nodes answer, leader node0, term 3, /;

test("all nodes are started with their configuration, told of, and stopped in order; none is left", async (t) => {
  const { stdout, stderr, stop, running, pids } = await launched(t);
  await waitUntil("both nodes answer", () => allAnswer.test(stderr.text()), 15_000);
  const started = pids();
  t.is(started.length, 2);
  t.deepEqual(started.map(alive), [true, true]);
  stop.abort();
  const report = await running;
  const end = { code: 0, signal: null, how: "exit code 0" };
  t.deepEqual(report, {
    exitCode: 0,
    nodes: [
      { name: "node0", restarts: 0, end },
      { name: "node1", restarts: 0, end },
    ],
  });
  t.deepEqual(started.map(alive), [false, false]);
  t.deepEqual(
    stdout
      .text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).node)
      .toSorted(),
    ["node0", "node1"],
  );
  t.true(stderr.text().includes("juno  | stopping 2 nodes; once more kills\n"));
  for (const name of ["node0", "node1"]) t.true(stderr.text().includes(`${name} | stops\n`));
});

test("a node that crashes is told of and started again; the other one runs on", async (t) => {
  const { stderr, stop, running, pids } = await launched(t, {
    task: "crash",
    backOff: { firstMs: 300, maxMs: 300, recoveredMs: 60_000 },
  });
  const crashed = /juno {2}\| node1 crashed \(exit code 3\) after \d+\.\d s; starts again in 0\.3 s\n/g;
  await waitUntil("three crashes", () => (stderr.text().match(crashed)?.length ?? 0) >= 3, 15_000);
  stop.abort();
  const { nodes, exitCode } = await running;
  t.is(nodes[0]?.restarts, 0);
  t.true((nodes[1]?.restarts ?? 0) >= 2);
  t.is(exitCode, 1, "the second one did not end in order");
  t.deepEqual(
    pids().map(alive),
    pids().map(() => false),
  );
});

test("a configuration that a node refuses is told with its file, and ends with 2", async (t) => {
  const { layout, stderr, stop, running } = await launched(t, { task: "misconfigured" });
  const told = `juno  | node1 is down for good (exit code 2): correct ${layout.nodes[1]?.config}, then start the cluster again\n`;
  await waitUntil("it is told", () => stderr.text().includes(told), 15_000);
  stop.abort();
  t.is((await running).exitCode, 2);
});

test("when every node has left by itself, the launcher ends too", async (t) => {
  const { stderr, running } = await launched(t, { task: "leave" });
  t.is((await running).exitCode, 0);
  t.true(stderr.text().includes("juno  | node0 is down for good (exit code 0): it was stopped by somebody else\n"));
});

test("a node that does not end in time is killed, and that is not in order", async (t) => {
  const { stderr, stop, running, pids } = await launched(t, { task: "hang", stopMs: 300 });
  await waitUntil("both nodes answer", () => allAnswer.test(stderr.text()), 15_000);
  stop.abort();
  const { exitCode, nodes } = await running;
  t.is(exitCode, 1);
  t.deepEqual(
    nodes.map(({ end }) => end.signal),
    ["SIGKILL", "SIGKILL"],
  );
  t.deepEqual(pids().map(alive), [false, false]);
});

test("once more kills at once", async (t) => {
  const { stderr, stop, kill, running } = await launched(t, { task: "hang", stopMs: 600_000 });
  await waitUntil("both nodes answer", () => allAnswer.test(stderr.text()), 15_000);
  stop.abort();
  await waitUntil("both were asked", () => (stderr.text().match(/ stops\n/g)?.length ?? 0) === 2);
  kill.abort();
  t.deepEqual(
    (await running).nodes.map(({ end }) => end.signal),
    ["SIGKILL", "SIGKILL"],
  );
});

test("a node that fails while it stops makes the exit code 1", async (t) => {
  const { stderr, stop, running } = await launched(t, { task: "fail" });
  await waitUntil("both nodes answer", () => allAnswer.test(stderr.text()), 15_000);
  stop.abort();
  t.is((await running).exitCode, 1);
});

test("a reader that has gone away stops the cluster", async (t) => {
  const { stdout, stderr, running, pids } = await launched(t);
  await waitUntil("both nodes answer", () => allAnswer.test(stderr.text()), 15_000);
  stdout.fail(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  t.is((await running).exitCode, 0);
  t.deepEqual(pids().map(alive), [false, false]);
});

test("a reader that reads no more does not keep the cluster from stopping", async (t) => {
  const { stdout, stderr, stop, running, pids } = await launched(t);
  stdout.block();
  await waitUntil("both nodes answer", () => /2 of 2 nodes answer/.test(stderr.text()), 15_000);
  stop.abort();
  t.is((await running).exitCode, 0);
  t.deepEqual(
    pids().map(alive),
    pids().map(() => false),
  );
});

test("a stop that came before the start ends at once", async (t) => {
  const { running } = await launched(t, { stop: AbortSignal.abort() });
  const { nodes } = await running;
  t.is(nodes.length, 2);
});

test("where one configuration is wrong nothing is started", async (t) => {
  const { layout, stderr, running } = await launched(t, { spoil: "\n[consensu]\n" });
  t.deepEqual(await running, { exitCode: 2, nodes: [] });
  t.is(stderr.text(), `${layout.nodes[1]?.config}: [consensu]: unknown section; did you mean "consensus"?\n`);
});

test("on a terminal: a table of both nodes that stays at the end", async (t) => {
  const { stdout, stderr, stop, running } = await launched(t, { terminal: { columns: 100, rows: 30 } });
  const shown = () => stripVTControlCharacters(stdout.text());
  await waitUntil("both nodes are shown", () => /node0 {2}leader .*\nnode1 {2}follower /.test(shown()), 15_000);
  t.true(shown().includes("Ctrl-C stops all nodes.\n"));
  stop.abort();
  t.is((await running).exitCode, 0);
  t.true(shown().endsWith("Stopping; Ctrl-C again kills.\n"));
  t.regex(shown(), /node1 \| \[.*\] INFO: ready\n/);
  t.is(stderr.text(), "");
});
