/**
 * A measurement in a process of its own: what holds for the process (a mask of processors, a network namespace) then holds for
 * all that it starts. The job travels as JSON in its last argument, the figures as JSON on its standard output.
 */
import { spawn } from "node:child_process";
import { launchedMark, listenToStopSignals } from "../cluster/stop-signals.ts";

type Reply<Figures> =
  | { readonly ok: true; readonly figures: Figures }
  | { readonly ok: false; readonly reason: string };

/** Starts one, as `program` with `args` and the job behind them; rejects with its reason, or where it is given up. */
export async function askProcess<Job, Figures>(
  [program, ...args]: readonly [string, ...string[]],
  job: Job,
  signal: AbortSignal,
): Promise<Figures> {
  signal.throwIfAborted();
  // The open pipe ties its life to ours, as with a node.
  const child = spawn(program, [...args, JSON.stringify(job)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...launchedMark },
  });
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
  // Printed by `answerJob` of this checkout.
  const reply = JSON.parse(text) as Reply<Figures>;
  if (!reply.ok) throw new Error(reply.reason);
  return reply.figures;
}

/** The other end: measures what the last argument asks for, and prints the answer. */
export async function answerJob<Job, Figures>(
  measure: (job: Job, signal: AbortSignal) => Promise<Figures>,
): Promise<void> {
  const signals = listenToStopSignals();
  let reply: Reply<Figures>;
  try {
    // Written by `askProcess` of this checkout.
    reply = { ok: true, figures: await measure(JSON.parse(process.argv[2] ?? "null") as Job, signals.stop) };
  } catch (error) {
    reply = { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  signals.dispose();
  process.stdout.write(JSON.stringify(reply));
}
