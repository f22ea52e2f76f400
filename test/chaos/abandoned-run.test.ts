/** No process outlives a run, also one that is killed while a node of it is stopped and cannot notice. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { eventually } from "../e2e/cluster-processes.ts";

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`${signal} to the run ends its nodes, the stopped one too`, async (t) => {
    const entry = fileURLToPath(new URL("./abandoned-run.ts", import.meta.url));
    const run = spawn(process.execPath, [entry], { stdio: ["ignore", "pipe", "inherit"] });
    t.teardown(() => run.kill("SIGKILL"));
    let told = "";
    run.stdout.on("data", (data: Buffer) => {
      told += data.toString();
    });
    const { pids, dir } = await eventually("the ids", async () =>
      told.endsWith("\n") ? (JSON.parse(told) as { pids: number[]; dir: string }) : undefined,
    );
    t.teardown(() => rmSync(dir, { recursive: true, force: true }));
    t.is(pids.length, 2);
    t.true(pids.every(isAlive));
    run.kill(signal);
    await once(run, "exit");
    await eventually("the end of all nodes", async () => (pids.some(isAlive) ? undefined : true));
    t.false(pids.some(isAlive));
  });
}
