/**
 * Sees to it that no node outlives a chaos run, whatever becomes of it. A stopped process (SIGSTOP) does not notice that
 * its launcher is gone, so a process of its own waits for that, and ends those it was told of.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export type Reaper = {
  /** From now on the process ends with this one. */
  readonly watch: (child: ChildProcess) => void;
  /** Ends all that are left, and the reaper itself. */
  readonly close: () => Promise<void>;
};

const entry = fileURLToPath(new URL("./reaper-process.ts", import.meta.url));

export function startReaper(): Reaper {
  // A session of its own: Ctrl-C and the end of a terminal do not reach it before it has done its work.
  const child = spawn(process.execPath, [entry], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const exited = once(child, "exit");
  child.stdin.on("error", () => undefined);
  return {
    watch: (watched) => {
      const { pid } = watched;
      if (pid === undefined) return;
      child.stdin.write(`+${pid}\n`);
      watched.once("exit", () => child.stdin.write(`-${pid}\n`));
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
