/** The supervisor with real, tiny processes. Each prints what it is asked to, so no test waits on a guess. */
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { type Command, type End, type Supervisor, supervise } from "../../cluster/supervisor.ts";
import { waitUntil } from "./nng/wait-until.ts";

type Watch = {
  readonly supervisor: Supervisor;
  readonly lines: string[];
  readonly crashes: { readonly end: End; readonly livedMs: number; readonly waitMs: number }[];
  readonly gone: End[];
  /** How many lines had come when it was gone. */
  readonly linesAtGone: number[];
};

const quick = { firstMs: 20, maxMs: 80, recoveredMs: 60_000 };

function run(
  t: ExecutionContext,
  script: string,
  changes: Partial<Command> = {},
  onLine: (supervisor: Supervisor) => void = () => undefined,
): Watch {
  const lines: string[] = [];
  const crashes: Watch["crashes"] = [];
  const gone: End[] = [];
  const linesAtGone: number[] = [];
  const command = { args: ["-e", script], env: process.env, backOff: quick, stopMs: 10_000, ...changes };
  const supervisor = supervise(command, {
    onLine: (line) => {
      lines.push(line);
      onLine(supervisor);
    },
    onCrash: (end, livedMs, waitMs) => crashes.push({ end, livedMs, waitMs }),
    onGone: (end) => {
      gone.push(end);
      linesAtGone.push(lines.length);
    },
  });
  t.teardown(async () => {
    supervisor.kill();
    await supervisor.down;
  });
  return { supervisor, lines, crashes, gone, linesAtGone };
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const pidOf = ({ supervisor }: Watch): number => {
  const state = supervisor.state();
  if (state.kind !== "running" || state.pid === undefined) throw new Error(`is ${state.kind}`);
  return state.pid;
};

/** Says that it is ready and waits for a signal. */
const waits = "console.log('ready'); setInterval(() => undefined, 1000);";

test("a process that crashes is started again, after a wait that grows to the most", async (t) => {
  const watch = run(t, "console.log(process.pid); process.exit(3)");
  await waitUntil("five crashes", () => watch.crashes.length === 5);
  t.deepEqual(
    watch.crashes.map(({ waitMs }) => waitMs),
    [20, 40, 80, 80, 80],
  );
  t.deepEqual(watch.crashes[0]?.end, { code: 3, signal: null, how: "exit code 3" });
  t.deepEqual(watch.supervisor.state(), { kind: "waiting" });
  t.is(watch.supervisor.restarts(), 4);
  t.is(new Set(watch.lines).size, 5, "five processes, each with its line");
  watch.supervisor.stop();
  t.like(await watch.supervisor.down, { code: null, signal: null });
  await sleep(150);
  t.is(watch.lines.length, 5, "none is started after the stop");
  t.deepEqual(watch.gone, []);
});

test("it really waits before it starts again", async (t) => {
  const watch = run(t, "process.exit(1)", { backOff: { ...quick, firstMs: 400, maxMs: 400 } });
  await waitUntil("a crash", () => watch.crashes.length === 1);
  await sleep(200);
  t.deepEqual(watch.supervisor.state(), { kind: "waiting" });
  t.is(watch.supervisor.restarts(), 0);
  await waitUntil("the next", () => watch.supervisor.restarts() === 1);
});

test("after a long enough life the wait is the first again", async (t) => {
  const watch = run(t, "setTimeout(() => process.exit(1), 300)", { backOff: { ...quick, recoveredMs: 250 } });
  await waitUntil("three crashes", () => watch.crashes.length === 3);
  t.deepEqual(
    watch.crashes.map(({ waitMs }) => waitMs),
    [20, 20, 20],
  );
  for (const { livedMs } of watch.crashes) t.true(livedMs >= 300);
});

test("an uncaught error and a signal are crashes too, and told in words", async (t) => {
  const thrown = run(t, "throw new Error('no more')", { backOff: { ...quick, firstMs: 60_000 } });
  const killed = run(t, waits, { backOff: { ...quick, firstMs: 60_000 } });
  await waitUntil("the start", () => killed.lines.length === 1);
  process.kill(pidOf(killed), "SIGKILL");
  await waitUntil("both crashes", () => thrown.crashes.length + killed.crashes.length === 2);
  t.deepEqual(thrown.crashes[0]?.end, { code: 1, signal: null, how: "exit code 1" });
  t.true(thrown.lines.includes("Error: no more"));
  t.deepEqual(killed.crashes[0]?.end, { code: null, signal: "SIGKILL", how: "SIGKILL" });
});

for (const code of [0, 2]) {
  test(`a process that ends with ${code} stays down`, async (t) => {
    const watch = run(t, `console.log('last'); process.exitCode = ${code}`);
    const end = { code, signal: null, how: `exit code ${code}` };
    t.deepEqual(await watch.supervisor.down, end);
    t.deepEqual(watch.gone, [end]);
    t.deepEqual(watch.lines, ["last"]);
    await sleep(100);
    t.deepEqual([watch.supervisor.restarts(), watch.crashes.length], [0, 0]);
    watch.supervisor.stop();
    t.deepEqual(watch.supervisor.state(), { kind: "down", end });
  });
}

test("stop ends the process in order, and none is left", async (t) => {
  const watch = run(t, `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); ${waits}`);
  await waitUntil("the start", () => watch.lines.includes("ready"));
  const pid = pidOf(watch);
  t.true(alive(pid));
  watch.supervisor.stop();
  watch.supervisor.stop();
  t.deepEqual(await watch.supervisor.down, { code: 0, signal: null, how: "exit code 0" });
  t.deepEqual(watch.lines, ["ready", "bye"]);
  t.false(alive(pid));
  t.deepEqual([watch.gone.length, watch.crashes.length], [0, 0]);
});

test("a process that fails while it stops is not started again", async (t) => {
  const watch = run(t, `process.on('SIGTERM', () => process.exit(1)); ${waits}`);
  await waitUntil("the start", () => watch.lines.length === 1);
  watch.supervisor.stop();
  t.is((await watch.supervisor.down).code, 1);
  await sleep(100);
  t.deepEqual([watch.supervisor.restarts(), watch.crashes.length], [0, 0]);
});

test("one that ignores SIGTERM gets SIGKILL when its time is over, not before", async (t) => {
  const watch = run(t, `process.on('SIGTERM', () => console.log('no')); ${waits}`, { stopMs: 500 });
  await waitUntil("the start", () => watch.lines.length === 1);
  const began = performance.now();
  watch.supervisor.stop();
  await waitUntil("its refusal", () => watch.lines.includes("no"));
  t.is((await watch.supervisor.down).signal, "SIGKILL");
  t.true(performance.now() - began >= 495);
});

test("kill does not wait", async (t) => {
  const watch = run(t, `process.on('SIGTERM', () => undefined); ${waits}`, { stopMs: 60_000 });
  await waitUntil("the start", () => watch.lines.length === 1);
  watch.supervisor.stop();
  watch.supervisor.kill();
  t.is((await watch.supervisor.down).signal, "SIGKILL");
});

test("both outputs come line by line, the last one without a line end before the process counts as ended", async (t) => {
  const script = "process.stdout.write('a\\nb'); process.stderr.write('c\\r\\nd')";
  const watch = run(t, script);
  await watch.supervisor.down;
  t.deepEqual(watch.lines.toSorted(), ["a", "b", "c", "d"]);
});

test("what is still in the pipe when the process is gone comes before its end", async (t) => {
  // Held, so that nothing is read before; a pipe of Linux takes 64 KiB.
  const watch = run(t, "process.stdout.write('x\\n'.repeat(30_000)); process.exit(0)");
  watch.supervisor.hold(true);
  await watch.supervisor.down;
  t.deepEqual(watch.linesAtGone, [30_000]);
});

test("a process knows that it was launched, and that its launcher is there", async (t) => {
  const watch = run(
    t,
    "console.log(process.env.JUNO_LAUNCHED, process.env.MARK, process.env.MALLOC_ARENA_MAX); process.stdin.on('end', () => console.log('alone')).resume()",
    {
      env: { ...process.env, MARK: "m" },
    },
  );
  await waitUntil("the line", () => watch.lines.length === 1);
  t.deepEqual(watch.lines, ["1 m 2"], "and its memory has two arenas");
  await sleep(100);
  t.is(watch.supervisor.state().kind, "running", "its input stays open");
});

/** Prints far more than a pipe and our buffers hold. */
const floods =
  "const line = 'x'.repeat(1023) + '\\n'; const on = () => { while (process.stdout.write(line)); process.stdout.once('drain', on); }; on();";

test("what is held prints nothing until it may go on", async (t) => {
  const watch = run(t, floods);
  await waitUntil("the first line", () => watch.lines.length > 0);
  watch.supervisor.hold(true);
  const held = watch.lines.length;
  await sleep(200);
  t.is(watch.lines.length, held);
  watch.supervisor.hold(false);
  await waitUntil("more lines", () => watch.lines.length > held);
});

for (const how of ["stop", "kill"] as const) {
  test(`where nobody reads what it prints, ${how} ends it all the same`, async (t) => {
    // As the launcher does while its own output is full: whatever comes holds the node again.
    const watch = run(t, floods, {}, (supervisor) => supervisor.hold(true));
    await waitUntil("the first line", () => watch.lines.length > 0);
    const pid = pidOf(watch);
    watch.supervisor[how]();
    const end = await Promise.race([watch.supervisor.down, sleep(4000)]);
    watch.supervisor.hold(false);
    t.regex(end?.how ?? "is not down", /^SIG(TERM|KILL)$/);
    t.false(alive(pid));
  });
}
