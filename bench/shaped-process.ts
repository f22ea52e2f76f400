/** Starts a measured cluster in a process of its own, inside a network of its own where that can be had. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { launchedMark } from "../cluster/stop-signals.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { ShapedFigures, ShapedJob, ShapedReply } from "./shaped-run.ts";

const part = fileURLToPath(new URL("shaped-run.ts", import.meta.url));

/** Rejects with the reason where the measurement fails or is given up. */
export async function runShapedProcess(
  job: Omit<ShapedJob, "ownNetwork">,
  network: NetworkNamespace | undefined,
  signal: AbortSignal,
): Promise<ShapedFigures> {
  signal.throwIfAborted();
  const whole: ShapedJob = { ...job, ownNetwork: network !== undefined };
  const [program = "", ...args] = [...(network?.enter ?? []), process.execPath, part, JSON.stringify(whole)];
  // The open pipe ties its life to ours, as with a node.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...launchedMark } });
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const text = await new Promise<string>((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
    });
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (text === "") throw new Error("the measurement ended without an answer");
  // Printed by shaped-run.ts of this checkout.
  const reply = JSON.parse(text) as ShapedReply;
  if (!reply.ok) throw new Error(reply.reason);
  return reply.figures;
}
