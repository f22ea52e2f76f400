/**
 * One measurement of `juno bench cores` in a process of its own, so that its mask of processors holds for all its
 * threads and for the nodes it starts. Takes the job as JSON, prints the figures as JSON.
 */
import { type EngineName, loadEngine } from "../pools/engine.ts";
import { startPiscinaVerifier } from "../pools/piscina-verifier.ts";
import { startBenchCluster } from "./bench-cluster.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { answerJob } from "./measuring-process.ts";
import { commandBatch } from "./signed-commands.ts";

export type CoresJob =
  | { readonly part: "pool"; readonly engine: EngineName; readonly threads: number; readonly seconds: number }
  | { readonly part: "cluster"; readonly engine: EngineName; readonly nodes: number; readonly commands: number };

export type CoresFigure = { readonly series: string; readonly unit: string; readonly value: number };
/** Signatures in one batch of the pool: what a busy receiver packs. */
const batchChecks = 256;

if (import.meta.main) {
  await answerJob((job: CoresJob, signal) => (job.part === "pool" ? measurePool(job) : measureCluster(job, signal)));
}

async function measurePool({ engine, threads, seconds }: CoresJob & { part: "pool" }): Promise<CoresFigure[]> {
  const batch = commandBatch(await loadEngine(engine), batchChecks, true, "shared");
  const verifier = await startPiscinaVerifier({ engine, threads, name: "bench" });
  try {
    await keepBusy(0.5);
    const { checks, ms } = await keepBusy(seconds);
    return [{ series: "verifier pool", unit: "signatures/s", value: (checks * 1000) / ms }];
  } finally {
    await verifier.close();
  }

  /** Two batches for each thread are under way at any time, so that none waits for work. */
  async function keepBusy(forSeconds: number): Promise<{ checks: number; ms: number }> {
    const startedAt = performance.now();
    const until = startedAt + forSeconds * 1000;
    let checks = 0;
    const feed = async () => {
      while (performance.now() < until) {
        const { valid } = await verifier.verify(batch);
        if (valid.includes(0)) throw new Error("a valid signature was refused");
        checks += valid.length;
      }
    };
    await Promise.all(Array.from({ length: threads * 2 }, feed));
    return { checks, ms: performance.now() - startedAt };
  }
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
