/**
 * One measurement of `juno bench cores` in a process of its own, so that its mask of processors holds for all its
 * threads and for the nodes it starts. Takes the job as JSON, prints the figures as JSON.
 */
import { setImmediate as turn } from "node:timers/promises";
import { type EngineName, loadEngine } from "../pools/engine.ts";
import { startPiscinaVerifier } from "../pools/piscina-verifier.ts";
import type { BatchVerdict } from "../pools/signature-batch.ts";
import { verifyBatch } from "../pools/verify-batch.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { answerJob } from "./measuring-process.ts";
import { commandBatch } from "./signed-commands.ts";

export type CoresJob =
  | { readonly part: "pool"; readonly engine: EngineName; readonly threads: number; readonly seconds: number }
  /** `from` is when to measure, in milliseconds from 1970: all that know nothing of each other then work at the same time. */
  | { readonly part: "alone"; readonly engine: EngineName; readonly from: number; readonly seconds: number }
  | { readonly part: "cluster"; readonly engine: EngineName; readonly nodes: number; readonly commands: number };

export type CoresFigure = {
  readonly series: string;
  readonly unit: string;
  readonly value: number;
  /** Processor microseconds of the whole process for each signature. */
  readonly cpuUs?: number;
};

export const poolSeries = "verifier pool";
export const aloneSeries = "independent processes";
/** Signatures in one batch: what a busy receiver packs at most (actors/receiver.ts). */
const batchChecks = 1024;
/** Batches of each thread before the first measured one: on a busy machine half a second is not enough for the compilers. */
const warmUpBatches = 40;
/** How long each works on, so that nobody's last batches find the machine empty. */
const afterMs = 200;

if (import.meta.main) await answerJob(measure);

function measure(job: CoresJob, signal: AbortSignal): Promise<CoresFigure[]> {
  switch (job.part) {
    case "pool":
      return measurePool(job, signal);
    case "alone":
      return measureAlone(job, signal);
    case "cluster":
      return measureCluster(job, signal);
  }
}

async function measurePool(
  { engine, threads, seconds }: CoresJob & { part: "pool" },
  signal: AbortSignal,
): Promise<CoresFigure[]> {
  const batch = commandBatch(await loadEngine(engine), batchChecks, true, "shared");
  const verifier = await startPiscinaVerifier({ engine, threads, name: "bench" });
  try {
    await keepBusy(0.5, warmUpBatches * threads);
    return [checkFigure(poolSeries, await keepBusy(seconds))];
  } finally {
    await verifier.close();
  }

  /** Two batches for each thread are under way at any time, so that none waits for work. */
  async function keepBusy(forSeconds: number, batchesMin = 0): Promise<Checked> {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const until = startedAt + forSeconds * 1000;
    let checks = 0;
    const feed = async () => {
      while (performance.now() < until || checks < batchesMin * batchChecks) {
        signal.throwIfAborted();
        const verdict = await verifier.verify(batch);
        // Not in one with the line above: the sum is the others' too, and they go on meanwhile.
        checks += countValid(verdict);
      }
    };
    await Promise.all(Array.from({ length: threads * 2 }, feed));
    return { checks, ms: performance.now() - startedAt, cpu: process.cpuUsage(cpuBefore) };
  }
}

/** The same work on one thread, without a pool: no messages, no shared memory, nobody to wait for. */
async function measureAlone(
  { engine: name, from, seconds }: CoresJob & { part: "alone" },
  signal: AbortSignal,
): Promise<CoresFigure[]> {
  const engine = await loadEngine(name);
  const batch = commandBatch(engine, batchChecks, true, "own");
  await keepBusy(from - Date.now(), warmUpBatches);
  const checked = await keepBusy(seconds * 1000);
  await keepBusy(afterMs);
  return [checkFigure(aloneSeries, checked)];

  async function keepBusy(forMs: number, batchesMin = 0): Promise<Checked> {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    let checks = 0;
    while (performance.now() - startedAt < forMs || checks < batchesMin * batchChecks) {
      checks += countValid(verifyBatch(engine, batch));
      // Lets a signal in.
      await turn();
      signal.throwIfAborted();
    }
    return { checks, ms: performance.now() - startedAt, cpu: process.cpuUsage(cpuBefore) };
  }
}

type Checked = { readonly checks: number; readonly ms: number; readonly cpu: NodeJS.CpuUsage };

function checkFigure(series: string, { checks, ms, cpu }: Checked): CoresFigure {
  return { series, unit: "signatures/s", value: (checks * 1000) / ms, cpuUs: (cpu.user + cpu.system) / checks };
}

function countValid({ valid }: BatchVerdict): number {
  if (valid.includes(0)) throw new Error("a valid signature was refused");
  return valid.length;
}

async function measureCluster(
  { engine, nodes, commands }: CoresJob & { part: "cluster" },
  signal: AbortSignal,
): Promise<CoresFigure[]> {
  await using cluster = await startBenchCluster({ engine, nodes, signal });
  const client = await cluster.client();
  await openAccounts(client, cluster.signal);
  const figures: CoresFigure[] = [];
  for (const count of [Math.min(1000, commands), commands]) {
    figures.length = 0;
    for (const batched of [true, false]) {
      const { commandsPerSecond, error } = await measureFlood(cluster, client, { batched, count });
      if (error !== undefined) throw new Error(error);
      const series = `${nodes} nodes, ${batched ? "client batching" : "leader batching"}`;
      figures.push({ series, unit: "commands/s", value: commandsPerSecond });
    }
  }
  return figures;
}
