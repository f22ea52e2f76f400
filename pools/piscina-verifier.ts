/** The verifier on threads: a Piscina pool of `verify-worker` threads, fed by priority. */
import { extname } from "node:path";
import { Piscina } from "piscina";
import type { EngineName } from "./engine.ts";
import { inLane, LaneQueue } from "./lane-queue.ts";
import { emptyBatch, sharedBatch } from "./shared-batch.ts";
import {
  assertBatch,
  type BatchVerdict,
  checkCount,
  leafCount,
  type SignatureBatch,
  verdictFor,
} from "./signature-batch.ts";
import { type BatchPart, splitBatch, taskLimits } from "./split-batch.ts";
import { type Lane, lanes, type Verifier } from "./verifier.ts";
import type { VerifyReply, VerifyTask, VerifyWorkerData } from "./verify-worker.ts";

export type PiscinaVerifierConfig = {
  readonly engine: EngineName;
  /** Threads, from 1. */
  readonly threads: number;
  /** Prefix of the threads' names, such as `n0/verify`; Linux shows 15 bytes with the number that follows. */
  readonly name: string;
};

/** Nothing to do: tells whether a thread's engine could be loaded. */
const nothing: BatchPart = { checkStart: 0, checkEnd: 0, leafStart: 0, leafEnd: 0 };

/** Starts the threads and resolves when each has loaded its engine; rejects with one clear line where it cannot. */
export async function startPiscinaVerifier(config: PiscinaVerifierConfig): Promise<Verifier> {
  const workerData: VerifyWorkerData = { engine: config.engine, name: config.name };
  const queue = new LaneQueue();
  const pool = new Piscina<VerifyTask, VerifyReply>({
    // Node strips no types under node_modules: there the compiled file is the one beside this.
    filename: new URL(`./verify-worker${extname(import.meta.filename)}`, import.meta.url).href,
    // Piscina's name for the export to call, not for the thread.
    name: "verifyTask",
    minThreads: config.threads,
    maxThreads: config.threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    // An idle thread sleeps on a futex: no CPU, and awake sooner than by its event loop.
    atomics: "sync",
    taskQueue: queue,
    // Otherwise a task taken too early goes back behind all others of its lane.
    stricterFIFO: true,
    recordTiming: false,
    trackUnmanagedFds: false,
    workerData,
  });

  const open: Set<Promise<unknown>> = new Set();
  const count = { open: 0, tasks: 0, checks: 0, invalid: 0, leaves: 0, busyMs: 0 };
  let failure: Error | undefined;
  let closing: Promise<void> | undefined;
  // A thread that dies at work rejects its task; one that dies idle is heard of here.
  pool.on("error", (error: Error) => {
    failure = error;
  });

  async function run(task: VerifyTask, lane: Lane): Promise<number> {
    count.open += 1;
    try {
      const reply = await pool.run(inLane(task, lane));
      if (!reply.ok) throw new Error(reply.reason);
      count.tasks += 1;
      count.checks += reply.checkReached - task.checkStart;
      count.leaves += task.leafEnd - task.leafStart;
      count.busyMs += reply.busyMs;
      return reply.checkReached;
    } finally {
      count.open -= 1;
    }
  }

  async function verifyPart(batch: SignatureBatch, verdict: BatchVerdict, part: BatchPart, lane: Lane): Promise<void> {
    let reached = await run({ batch, verdict, ...part }, lane);
    // What was too much work goes to the end of its lane: a batch of invalid signatures makes others wait the least.
    while (reached < part.checkEnd) {
      reached = await run({ batch, verdict, ...part, checkStart: reached, leafStart: part.leafEnd }, lane);
    }
  }

  async function verifyAll(given: SignatureBatch, lane: Lane): Promise<BatchVerdict> {
    if (closing !== undefined) throw new Error("verifier is closed");
    if (failure !== undefined) throw failure;
    assertBatch(given);
    const batch = sharedBatch(given);
    const verdict = verdictFor(batch, "shared");
    // A half costs more by check than the whole: where all threads have work, nothing is split that need not be.
    const idle = Math.max(1, config.threads - count.open);
    const parts = splitBatch(checkCount(batch), leafCount(batch), idle, taskLimits(config.engine));
    await Promise.all(parts.map((part) => verifyPart(batch, verdict, part, lane)));
    for (const valid of verdict.valid) count.invalid += 1 - valid;
    return verdict;
  }

  try {
    const empty = sharedBatch(emptyBatch);
    const verdict = verdictFor(empty, "shared");
    const ready = Array.from({ length: config.threads }, () =>
      pool.run(inLane({ batch: empty, verdict, ...nothing }, lanes.votes)),
    );
    for (const reply of await Promise.all(ready)) if (!reply.ok) throw new Error(reply.reason);
  } catch (error) {
    await pool.destroy();
    throw error;
  }

  return {
    verify: (batch, lane = lanes.commands) => {
      const verdict = verifyAll(batch, lane);
      const settled: Promise<unknown> = verdict.then(
        () => open.delete(settled),
        () => open.delete(settled),
      );
      open.add(settled);
      return verdict;
    },
    stats: () => ({
      threads: pool.threads.length,
      queued: queue.size,
      queuedByLane: queue.sizes,
      running: count.open - queue.size,
      tasks: count.tasks,
      checks: count.checks,
      invalid: count.invalid,
      leaves: count.leaves,
      busyMs: count.busyMs,
    }),
    close: () => {
      closing ??= Promise.all(open).then(() => pool.destroy());
      return closing;
    },
  };
}
