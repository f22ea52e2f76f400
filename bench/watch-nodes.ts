/** Watches the nodes of a cluster under load: their status at moments, and what it comes to. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeStatus } from "../cluster/control.ts";
import type { BenchCluster } from "./bench-cluster.ts";

/** All nodes at one moment, in milliseconds on the clock of `performance.now`. */
export type Sample = { readonly atMs: number; readonly statuses: readonly NodeStatus[] };

/** Looks at all nodes every so many milliseconds until stopped, and once more then: however short it was, there are two looks. */
export function watchNodes(cluster: BenchCluster, everyMs: number): { stop: () => void; samples: Promise<Sample[]> } {
  const over = new AbortController();
  const watch = async (): Promise<Sample[]> => {
    const samples: Sample[] = [];
    let last = false;
    while (!last && !cluster.signal.aborted) {
      last = over.signal.aborted;
      const startedAt = performance.now();
      // A node too busy to answer in time is itself a finding, and shows as a gap.
      const statuses = await cluster.statuses().catch(() => undefined);
      if (statuses !== undefined) samples.push({ atMs: (startedAt + performance.now()) / 2, statuses });
      const rest = Math.max(1, startedAt + everyMs - performance.now());
      await sleep(rest, undefined, { signal: over.signal }).catch(() => undefined);
    }
    return samples;
  };
  return { stop: () => over.abort(), samples: watch() };
}

/** MiB of the largest node at its largest. */
export function peakMemoryMiB(samples: readonly Sample[]): number {
  return Math.max(0, ...samples.flatMap(({ statuses }) => statuses.map(({ rssBytes }) => rssBytes / 2 ** 20)));
}

/** Terms that began while the nodes were watched: each is a leader that was given up. */
export function electionsIn(samples: readonly Sample[]): number {
  const terms = samples.flatMap(({ statuses }) => statuses.map(({ term }) => term));
  return terms.length === 0
    ? 0
    : Math.max(...terms) - Math.max(...(samples[0]?.statuses ?? []).map(({ term }) => term));
}
