/** Floods a cluster and tells what it took: rate, latency, and the nodes' processor time. */
import type { JunoClient } from "../client/client.ts";
import { runFlood } from "../client/flood.ts";
import type { BenchCluster } from "./bench-cluster.ts";

export type FloodFigures = {
  readonly commandsPerSecond: number;
  readonly seconds: number;
  /** Milliseconds from a command's send to f+1 equal answers, under the flood. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor microseconds of all nodes together, for each command. */
  readonly cpuUsPerCommand: number;
  /** Why these figures must not be used. */
  readonly error: string | undefined;
};

/** A flood without an answer for so long will not end. */
const silenceMs = 60_000;

/** Makes the two accounts that floods transfer between; enough to transfer for days. */
export async function openAccounts(client: JunoClient, signal: AbortSignal): Promise<void> {
  for (const command of ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 1000000000%1"]) {
    await client.send(command, { signal });
  }
}

/** Rejects where the measurement is given up, a node ends, or the cluster is silent. */
export async function measureFlood(
  cluster: BenchCluster,
  client: JunoClient,
  flood: { readonly batched: boolean; readonly count: number },
  onProgress: (done: number) => void = () => undefined,
): Promise<FloodFigures> {
  const cpuBefore = await cluster.cpuMs();
  const silence = new AbortController();
  const tooSilent = () => silence.abort(new Error(`no command was agreed upon for ${silenceMs / 1000} s`));
  const timer = setTimeout(tooSilent, silenceMs);
  const signal = AbortSignal.any([cluster.signal, silence.signal]);
  try {
    const report = await runFlood(client, flood, signal, (done) => {
      // A call of `refresh` costs nothing worth measuring, one a hundred answers still less.
      if (done % 100 === 0) timer.refresh();
      onProgress(done);
    });
    const cpuMs = (await cluster.cpuMs()) - cpuBefore;
    const { count, seconds, p50Ms, p99Ms, failed, firstFailure } = report;
    const error =
      failed > 0 ? `${failed} of ${count} commands were refused, the first with: ${firstFailure}` : undefined;
    return {
      commandsPerSecond: count / seconds,
      seconds,
      p50Ms,
      p99Ms,
      cpuUsPerCommand: (cpuMs * 1000) / count,
      error,
    };
  } catch (error) {
    // What was under way may still take effect, which matters to nobody here; the reason for giving up does.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
