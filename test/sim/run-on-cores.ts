/** Runs schedules on all cores: threads that take one seed after the other. */
import { Worker } from "node:worker_threads";
import type { Options } from "./options.ts";
import type { SeedResult } from "./run-seed.ts";
import { shared, type WorkerData } from "./seed-worker.ts";

export type Batch = {
  readonly first: number;
  readonly schedules: number;
  readonly options: Partial<Options>;
  readonly cores: number;
  /** No seed is begun after so long. */
  readonly budgetMs: number;
  /** Ends the batch early: no seed is begun any more. */
  readonly signal: AbortSignal;
  readonly onProgress: (summary: Summary) => void;
};

export type Summary = {
  passed: number;
  failed: number;
  deliveries: number;
  events: number;
  commands: number;
  crashes: number;
  /** Virtual milliseconds. */
  ms: number;
  /** Runs on real signatures, and runs that were run twice. */
  real: number;
  twice: number;
  readonly failures: SeedResult[];
  readonly markers: Map<string, number>;
};

/** Failures that are kept with what they say; others are counted. */
const failuresMax = 100;

/** Resolves with what all threads have done; rejects where one of them dies of something else than a broken invariant. */
export async function runOnCores(batch: Batch): Promise<Summary> {
  const counters = new SharedArrayBuffer(4 * shared.words);
  const view = new Int32Array(counters);
  const stop = (): void => void Atomics.store(view, shared.stop, 1);
  const timer = Number.isFinite(batch.budgetMs) ? setTimeout(stop, batch.budgetMs) : undefined;
  batch.signal.addEventListener("abort", stop);
  const summary: Summary = {
    passed: 0,
    failed: 0,
    deliveries: 0,
    events: 0,
    commands: 0,
    crashes: 0,
    ms: 0,
    real: 0,
    twice: 0,
    failures: [],
    markers: new Map(),
  };
  const { first, schedules, options } = batch;
  const workerData: WorkerData = { counters, first, schedules, options };
  const threads = Array.from({ length: Math.min(batch.cores, schedules) }, (_, i) => {
    const worker = new Worker(new URL("./seed-worker.ts", import.meta.url), { workerData, name: `schedules ${i}` });
    worker.on("message", (result: SeedResult) => {
      add(summary, result);
      batch.onProgress(summary);
    });
    return new Promise<void>((resolve, reject) => {
      worker.once("error", (error) => {
        stop();
        reject(error);
      });
      worker.once("exit", () => resolve());
    });
  });
  try {
    await Promise.all(threads);
  } finally {
    clearTimeout(timer);
    batch.signal.removeEventListener("abort", stop);
  }
  return summary;
}

function add(summary: Summary, result: SeedResult): void {
  if (result.failure === undefined) summary.passed++;
  else {
    summary.failed++;
    if (summary.failures.length < failuresMax) summary.failures.push(result);
  }
  summary.deliveries += result.deliveries;
  summary.events += result.events;
  summary.commands += result.commands;
  summary.crashes += result.crashes;
  summary.ms += result.ms;
  if (result.real) summary.real++;
  if (result.twice) summary.twice++;
  for (const [marker, count] of result.markers) {
    summary.markers.set(marker, (summary.markers.get(marker) ?? 0) + count);
  }
}
