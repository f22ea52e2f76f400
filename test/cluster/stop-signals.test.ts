/** Stop signals in real processes, which tell on stdout what reaches them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import test, { type ExecutionContext } from "ava";
import { launchedMark } from "../../cluster/stop-signals.ts";
import { waitUntil } from "./nng/wait-until.ts";

const file = new URL("../../cluster/stop-signals.ts", import.meta.url).href;

/** Listens, then does `then`; tells `stop` and `kill` with their reasons. */
function run(t: ExecutionContext, launched: boolean, then: string) {
  const script = `
    import { listenToStopSignals } from ${JSON.stringify(file)};
    const signals = listenToStopSignals();
    for (const name of ["stop", "kill"]) {
      signals[name].addEventListener("abort", () => console.log(name, signals[name].reason));
    }
    ${then}`;
  const { JUNO_LAUNCHED: _, ...env } = process.env;
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: launched ? { ...env, ...launchedMark } : env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout?.on("data", (data: Buffer) => {
    output += data.toString();
  });
  const exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  t.teardown(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return { child, exited, said: () => output.trimEnd().split("\n") };
}

const stays = "console.log('ready'); setInterval(() => undefined, 1000);";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} asks to stop, the second time to end at once, and never ends the process itself`, async (t) => {
    const { child, said } = run(t, false, stays);
    await waitUntil("the start", () => said().includes("ready"));
    child.kill(signal);
    await waitUntil("the stop", () => said().length === 2);
    child.kill("SIGTERM");
    await waitUntil("the kill", () => said().length === 3);
    t.deepEqual(said(), ["ready", `stop ${signal}`, "kill SIGTERM"]);
    t.is(child.exitCode, null);
    t.is(child.signalCode, null);
  });
}

test("what was launched stops when its launcher's end of the pipe closes; others do not care", async (t) => {
  const launched = run(t, true, stays);
  const other = run(t, false, stays);
  await waitUntil("both starts", () => launched.said().includes("ready") && other.said().includes("ready"));
  launched.child.stdin?.end();
  other.child.stdin?.end();
  await waitUntil("the stop", () => launched.said().length === 2);
  t.deepEqual(launched.said(), ["ready", "stop the launcher is gone"]);
  t.deepEqual(other.said(), ["ready"]);
});

test("a launched process that is done ends, though its launcher lives", async (t) => {
  const { exited } = run(t, true, "");
  t.deepEqual(await exited, { code: 0, signal: null });
});

test("after dispose a signal does what it always did", async (t) => {
  const { child, exited, said } = run(t, true, `signals.dispose(); ${stays}`);
  await waitUntil("the start", () => said().includes("ready"));
  child.stdin?.end();
  child.kill("SIGTERM");
  t.deepEqual(await exited, { code: null, signal: "SIGTERM" });
  t.deepEqual(said(), ["ready"]);
});
