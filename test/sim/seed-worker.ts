/** A thread of the runner: takes the next seed, runs it, until there are none or it is to stop. */
import { parentPort, workerData } from "node:worker_threads";
import type { Options } from "./options.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

/** Places of the shared counters. */
export const shared = { next: 0, stop: 1, done: 2, words: 4 } as const;

export type WorkerData = {
  readonly counters: SharedArrayBuffer;
  readonly first: number;
  readonly schedules: number;
  readonly options: Partial<Options>;
};

/** What a thread says of each seed. */
export type Said = SeedResult;

if (parentPort !== null) await work(workerData as WorkerData, (said) => parentPort?.postMessage(said));

async function work(data: WorkerData, say: (said: Said) => void): Promise<void> {
  const counters = new Int32Array(data.counters);
  while (Atomics.load(counters, shared.stop) === 0) {
    const place = Atomics.add(counters, shared.next, 1);
    if (place >= data.schedules) return;
    say(await runSeed(data.first + place, data.options));
    Atomics.add(counters, shared.done, 1);
  }
}
