/** Runs `juno bench` as people do: as a process with a folder for temporary files of its own, stopped by Ctrl-C. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";

const entry = fileURLToPath(new URL("../../client/juno.ts", import.meta.url));

/** What takes longer is ended, and its test fails by that. */
const endsWithinMs = 120_000;

export type BenchFolders = {
  /** Where clusters have their files: empty, as soon as the process is gone. */
  readonly temporary: string;
  /** For `--out`; there only when something is written. */
  readonly out: string;
};

export type BenchEnd = {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Removed after the test. */
export function benchFolders(t: ExecutionContext): BenchFolders {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-e2e-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  return { temporary, out: join(folder, "out") };
}

/** `interruptWhen` is looked at all the time, with the standard error so far; then its whole group gets SIGINT, as from a terminal. */
export async function runBench(
  { temporary }: BenchFolders,
  args: readonly string[],
  interruptWhen?: (stderr: string) => boolean,
): Promise<BenchEnd> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(JUNO_|FORCE_COLOR)/.test(name)));
  const child = spawn(process.execPath, [entry, "bench", ...args], {
    env: { ...env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("juno bench did not start");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  const late = setTimeout(() => process.kill(-pid, "SIGKILL"), endsWithinMs);
  while (interruptWhen !== undefined && child.exitCode === null && child.signalCode === null) {
    if (interruptWhen(stderr)) {
      process.kill(-pid, "SIGINT");
      break;
    }
    await sleep(20);
  }
  const [code, signal] = await closed;
  clearTimeout(late);
  return { pid, code, signal, stdout, stderr };
}

/** Nodes of a cluster have begun to write there. */
export function hasNodes({ temporary }: BenchFolders): boolean {
  try {
    return readdirSync(temporary, { recursive: true }).some((path) => String(path).endsWith("ledger.sqlite"));
  } catch {
    // A folder that goes away while it is listed.
    return false;
  }
}

/** Commands of the processes that a benchmark has left behind: they have its folder in their environment. Linux only. */
export function processesOf({ temporary }: BenchFolders): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const own = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`TMPDIR=${temporary}`);
        const running = !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
        return own && running ? [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
      } catch {
        // Gone meanwhile.
        return [];
      }
    });
}
