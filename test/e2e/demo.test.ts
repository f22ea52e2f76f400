/** The demo, as a person runs it: without a terminal it plays its acts, stops the cluster and ends with 0. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { eventually } from "./cluster-processes.ts";

const demo = fileURLToPath(new URL("../../scripts/demo.sh", import.meta.url));

test("plays three acts with the old texts, and leaves nothing behind", async (t) => {
  const env = { ...process.env, JUNO_DEMO_SIZES: "100 300", NO_COLOR: "1" };
  const { stdout } = await promisify(execFile)("bash", [demo], { env, timeout: 120_000 });
  const shown = [
    "hopper>> CreateAccount Acct1",
    'result>> Created Account: "Acct1"',
    "hopper>> transfer(Acct1->Acct2, 1%1)",
    "## Transaction Log ##",
    "Sending 300 'transfer(Acct1->Acct2, 1%1)' transactions batched",
    "Sending 300 'transfer(Acct1->Acct2, 1%1)' transactions individually",
  ];
  for (const line of shown) t.true(stdout.includes(line), line);
  t.is(stdout.match(/^Completed in [0-9.e-]+sec \(\d+ per sec\)$/gm)?.length, 4);
  t.regex(stdout, /node3 +(leader|follower)/);
  const folder = /under (\S+)/.exec(stdout)?.[1] ?? "";
  t.regex(folder, /juno-demo-[^/]+\/cluster$/);
  t.false(existsSync(dirname(folder)));
});

const tmux = has("tmux");
const inTmux = tmux ? test : test.skip;

inTmux(`lays out the prompt and the nodes in panes${tmux ? "" : " (skipped: tmux is not installed)"}`, async (t) => {
  const running = execFile("bash", [demo, "--tmux"], { timeout: 120_000 });
  let session = "";
  running.stdout?.on("data", (data) => {
    session += data;
  });
  const ended = new Promise<number | null>((resolve) => running.once("exit", resolve));
  const name = await eventually("the session", async () => (session.includes("\n") ? session.trim() : undefined));
  const pane = (number: number): string =>
    execFileSync("tmux", ["capture-pane", "-p", "-J", "-t", `${name}:0.${number}`], { encoding: "utf8" });
  t.is(execFileSync("tmux", ["list-panes", "-t", name], { encoding: "utf8" }).trim().split("\n").length, 5);
  await eventually("the prompt", async () => (pane(0).includes("hopper>>") ? true : undefined));
  execFileSync("tmux", ["send-keys", "-t", `${name}:0.0`, "CreateAccount Acct1", "Enter"]);
  await eventually("the answer", async () => (pane(0).includes('Created Account: "Acct1"') ? true : undefined));
  execFileSync("tmux", ["send-keys", "-t", `${name}:0.0`, "C-d"]);
  t.is(await ended, 0);
});

function has(command: string): boolean {
  try {
    execFileSync("which", [command], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
