/** The setup of a measurement: without it, a figure says nothing. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";
import { junoVersion } from "../client/version.ts";
import type { EngineName } from "../pools/engine.ts";

export type Setup = {
  readonly cpu: string;
  /** Processors that this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** How the kernel sets the processors' speed; `unknown` in most virtual machines. */
  readonly governor: string;
  readonly system: string;
  readonly node: string;
  readonly juno: string;
  /** Of the checkout. */
  readonly commit: string;
  /** True where files differ from that commit. */
  readonly dirty: boolean;
  readonly engine: EngineName;
  /** Order of measuring; the same seed gives the same. */
  readonly seed: number;
  readonly startedAt: string;
  /** Work of all programs of the machine in the minute before. */
  readonly load: number;
  /** Where nodes and client sit. */
  readonly placed: string;
  /** Packages that Juno runs on. */
  readonly packages: Readonly<Record<string, string>>;
};

const checkout = fileURLToPath(new URL("..", import.meta.url));

/** Reads the setup of this machine and checkout, now. */
export function readSetup(engine: EngineName, seed: number): Setup {
  const cores = availableParallelism();
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    governor: governor(),
    system: `${type()} ${release()}`,
    node: process.version,
    juno: junoVersion(),
    commit: git("rev-parse", "--short=10", "HEAD") ?? "unknown",
    // What a benchmark writes into docs is no change of what it measures.
    dirty: (git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs") ?? "") !== "",
    engine,
    seed,
    startedAt: new Date().toISOString(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    placed: placement(cores),
    packages: packages(),
  };
}

/** Where nodes and client sit, with the warning that belongs to it. */
export function placement(cores: number): string {
  const where = `all nodes and the client on ${cores === 1 ? "one core" : `the same ${cores} cores`}`;
  return cores < 8 ? `${where}: not a scaling result` : where;
}

/** One line for under a picture's title. */
export function setupLine({ cpu, cores, node, engine, commit, dirty }: Setup): string {
  const mark = dirty ? " with changes" : "";
  return `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, Node ${node.slice(1)}, engine ${engine}, commit ${commit}${mark}`;
}

/** One line for each fact, for people. */
export function setupLines(setup: Setup): string[] {
  return Object.entries(setup).map(([key, value]) => `${key.padEnd(10)} ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

function governor(): string {
  try {
    return readFileSync("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "utf8").trim();
  } catch {
    return "unknown";
  }
}

function git(...args: readonly string[]): string | undefined {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { cwd: checkout, encoding: "utf8", stdio }).trim();
  } catch {
    return undefined;
  }
}

function packages(): Record<string, string> {
  const content: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { dependencies } = Object(content);
  return Object.fromEntries(Object.entries(Object(dependencies)).map(([name, version]) => [name, String(version)]));
}
