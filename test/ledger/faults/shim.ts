/** A small C library of the tests, to be loaded before libc's own calls: built once a process, in a folder that goes with it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the library made from a source beside this file; undefined where there is no C compiler, or this is not Linux. */
export function builtShim(source: "failing-calls.c" | "recorded-calls.c"): string | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = mkdtempSync(join(tmpdir(), "juno-shim-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const library = join(folder, "shim.so");
  const file = fileURLToPath(new URL(source, import.meta.url));
  const built = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, file, "-ldl"]);
  return built.status === 0 ? library : undefined;
}

/** A disk's fault, for failing-calls.c: which of a process's calls on which files fail, or are slow. */
export type Fault = {
  readonly call: "sync" | "write" | "read" | "slow";
  /** With * as in a shell. */
  readonly path: string;
  /** The first call that is hit, counted from 1 since the fault is there; 1 where it is left out. */
  readonly first?: number;
  /** Calls that are hit; all where it is left out. */
  readonly count?: number;
  /** What a slow call takes. */
  readonly ms?: number;
};

/** The environment of a process whose disk gets the faults that `file` says. */
export function faultyEnvironment(shim: string, file: string): Readonly<Record<string, string>> {
  return { LD_PRELOAD: shim, JUNO_FAULT_FILE: file };
}

/** Lets a fault begin; it ends when the file is removed. */
export function writeFault(file: string, { call, path, first = 1, count = 1e9, ms = 0 }: Fault): void {
  writeFileSync(file, `${call} ${path} ${first} ${count} ${ms}\n`);
}
