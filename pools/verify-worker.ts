/**
 * A thread of the verifier pool: does one task after another and knows nothing in between.
 *
 * In    `VerifyTask` from the pool: a part of a batch
 * Out   `VerifyReply`; the verdicts themselves go into the task's shared memory
 * Owns  its engine
 * Rule  no task takes more work than `taskCpuMsMax` and one call of its engine, so that a vote never waits long
 */
import { threadId, workerData } from "node:worker_threads";
import { type EngineName, loadEngine } from "./engine.ts";
import { nameThread } from "./name-thread.ts";
import type { BatchVerdict, SignatureBatch } from "./signature-batch.ts";
import { hashLeaf, verifyChecks } from "./verify-batch.ts";

export type VerifyWorkerData = { readonly engine: EngineName; readonly name: string };

export type VerifyTask = {
  readonly batch: SignatureBatch;
  /** The whole batch's verdict in shared memory; the task writes its own part. */
  readonly verdict: BatchVerdict;
  readonly checkStart: number;
  readonly checkEnd: number;
  readonly leafStart: number;
  readonly leafEnd: number;
};

/** `checkReached` is the task's `checkEnd`, or less where time was up; leaves are always done. */
export type VerifyReply =
  | { readonly ok: true; readonly checkReached: number; readonly busyMs: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Work after which a task hands back what it has not checked yet. A full task of valid signatures takes 3 to 4 ms with
 * simd and sodium and 6 to 8 ms with openssl, so that only signatures that the reference must judge, 1 ms each, come to this.
 * Counted in the thread's own CPU time: on a machine with more threads than cores, time on the clock says little.
 */
const taskCpuMsMax = 10;

const { engine: engineName, name }: VerifyWorkerData = workerData;
nameThread(`${name}-${threadId}`);

/** What Piscina calls for each task; it waits for the engine before it counts the thread as ready. */
export const verifyTask: Promise<(task: VerifyTask) => VerifyReply> = loadEngine(engineName).then(
  (engine) => (task: VerifyTask) => {
    const start = performance.now();
    const cpuStart = process.threadCpuUsage();
    for (let number = task.leafStart; number < task.leafEnd; number++) hashLeaf(task.batch, number, task.verdict);
    let reached = task.checkStart;
    // The clocks are read after each call, so that every task gets on by one check at least.
    while (reached < task.checkEnd) {
      reached = verifyChecks(engine, task.batch, reached, task.checkEnd, task.verdict);
      if (performance.now() - start > taskCpuMsMax && cpuMsSince(cpuStart) > taskCpuMsMax) break;
    }
    return { ok: true, checkReached: reached, busyMs: performance.now() - start };
  },
  // As a value: an Error loses its name and fields on the way between threads.
  (error: unknown) => () => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }),
);

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
