/** Which processors a process may use, by `taskset` of util-linux. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Outcome } from "../wire/types.ts";

/** The processors that this process may use; the reason says what is lacking. */
export function usableProcessors(): Outcome<readonly number[]> {
  const probe = spawnSync("taskset", ["--version"], { stdio: "ignore" });
  if (probe.status !== 0) return { ok: false, reason: "taskset is not installed (Debian: apt-get install util-linux)" };
  try {
    const line = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
    return { ok: true, value: processorsOf(line?.[1] ?? "") };
  } catch {
    return { ok: false, reason: "/proc/self/status does not tell which processors may be used; this needs Linux" };
  }
}

/** Reads a list such as `0-2,6`. */
export function processorsOf(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number);
    if (!Number.isInteger(first) || !Number.isInteger(last)) throw new RangeError(`not a list of processors: ${list}`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** How many processors are worth a measurement: each up to 4, then powers of two, and all. */
export function coreCounts(all: number): number[] {
  const counts = Array.from({ length: all }, (_, i) => i + 1);
  return counts.filter((count) => count <= 4 || count === all || Number.isInteger(Math.log2(count)));
}
