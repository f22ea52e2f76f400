/** Sends one command after the other, each when the one before is agreed upon: what a lone client waits. */
import type { JunoClient } from "../client/client.ts";
import { floodCommand } from "../client/flood.ts";
import { decodeOutcome } from "../hopper/demo/outcome-bytes.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { createLatencyHistogram, percentileMs, recordMs } from "./hdr.ts";

export type OneByOneFigures = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly commandsPerSecond: number;
  /** Processor microseconds of all nodes together, for each command; an idle cluster's heartbeats are among them. */
  readonly cpuUsPerCommand: number;
  readonly error: string | undefined;
};

export async function measureOneByOne(
  cluster: BenchCluster,
  client: JunoClient,
  count: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<OneByOneFigures> {
  const latencies = createLatencyHistogram();
  const cpuBefore = await cluster.cpuMs();
  const startedAt = performance.now();
  let refused = 0;
  for (let done = 1; done <= count; done++) {
    const { latencyMs, outcome } = await client.send(floodCommand, { signal: cluster.signal });
    recordMs(latencies, latencyMs);
    const decoded = decodeOutcome(outcome);
    if (!decoded.ok || !decoded.outcome.ok) refused++;
    onProgress(done);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMs = (await cluster.cpuMs()) - cpuBefore;
  return {
    p50Ms: percentileMs(latencies, 50),
    p99Ms: percentileMs(latencies, 99),
    commandsPerSecond: count / seconds,
    cpuUsPerCommand: (cpuMs * 1000) / count,
    error: refused > 0 ? `${refused} of ${count} commands were refused` : undefined,
  };
}
