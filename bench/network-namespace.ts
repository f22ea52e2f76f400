/** A network of its own for a measurement: a namespace of Linux whose loopback may be narrow, and counts its bytes. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Outcome } from "../wire/types.ts";

export type NetworkNamespace = Disposable & {
  readonly name: string;
  /** A program and its first arguments; what follows them is run inside. */
  readonly enter: readonly string[];
  /** Takes it away; processes inside keep it until they end. May be called again. */
  readonly remove: () => void;
};

/** One packet of the loopback must fit, or it would never go out. */
const burst = "256kb";
let made = 0;

/**
 * Makes a namespace whose loopback is up, and limited to `rateMbit` megabits a second for all that is in it where that
 * is given. The reason says what is lacking: Linux, root, or a program.
 */
export function makeNetworkNamespace(rateMbit?: number): Outcome<NetworkNamespace> {
  if (process.platform !== "linux") return { ok: false, reason: "network namespaces need Linux" };
  if (process.getuid?.() !== 0) return { ok: false, reason: "network namespaces need root; run this as root" };
  const name = `juno-bench-${process.pid}-${++made}`;
  const enter = ["ip", "netns", "exec", name];
  const remove = () => void spawnSync("ip", ["netns", "del", name], { stdio: "ignore" });
  const steps = [
    ["ip", "netns", "add", name],
    [...enter, "ip", "link", "set", "lo", "up"],
  ];
  if (rateMbit !== undefined) {
    const tbf = ["root", "tbf", "rate", `${rateMbit}mbit`, "burst", burst, "latency", "400ms"];
    steps.push([...enter, "tc", "qdisc", "add", "dev", "lo", ...tbf]);
  }
  for (const step of steps) {
    const flaw = flawOf(step);
    if (flaw === undefined) continue;
    remove();
    return { ok: false, reason: flaw };
  }
  return { ok: true, value: { name, enter, remove, [Symbol.dispose]: remove } };
}

function flawOf([program = "", ...args]: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  // Inside a namespace it is `ip` that finds no `tc`.
  if (error !== undefined || /exec of .* failed/.test(stderr)) {
    return "ip and tc are not installed (Debian: apt-get install iproute2)";
  }
  if (status === 0) return undefined;
  return `${[program, ...args].join(" ")}: ${stderr.trim().split("\n", 1)[0] ?? `ended with ${status}`}`;
}

/** Bytes that went over the loopback of this process' network since that was made, packet heads included. */
export function loopbackBytes(): number {
  const fields = /^\s*lo:\s*(.*)$/m.exec(readFileSync("/proc/self/net/dev", "utf8"))?.[1]?.split(/\s+/);
  // Received bytes stand first; on a loopback all that is sent is received.
  return Number(fields?.[0] ?? Number.NaN);
}
