/** Starts a measured cluster in a process of its own, inside a network of its own where that can be had. */
import { fileURLToPath } from "node:url";
import { askProcess } from "./measuring-process.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { ShapedFigures, ShapedJob } from "./shaped-run.ts";

const part = fileURLToPath(new URL("shaped-run.ts", import.meta.url));

/** Rejects with the reason where the measurement fails or is given up. */
export function runShapedProcess(
  job: Omit<ShapedJob, "ownNetwork">,
  network: NetworkNamespace | undefined,
  signal: AbortSignal,
): Promise<ShapedFigures> {
  const whole: ShapedJob = { ...job, ownNetwork: network !== undefined };
  const [program = process.execPath, ...args] = [...(network?.enter ?? []), process.execPath, part];
  return askProcess([program, ...args], whole, signal);
}
