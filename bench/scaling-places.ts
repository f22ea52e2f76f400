/** What is predicted for which machines and networks, under which names it stands in a run file, and how it is read from there. */
import { nodeDefaults } from "../cluster/config.ts";
import { byThread, type CostModel, things, threadNames, threadUs } from "./scaling-model.ts";
import { ofMetric, type Summary } from "./series.ts";

/** All but the first have 3f+1 nodes, for which a quorum is the same share of all. */
export const predictedFor = { nodes: [4, 7, 10, 16, 31, 64], cores: [16, 64], gigabits: [1, 25] } as const;

/** One way, through a switch or between regions. */
export const sites = [
  { site: "one site", oneWayMs: 0.1 },
  { site: "regions", oneWayMs: 20 },
] as const;

export function placeName(cores: number, gigabits: number): string {
  return `${cores} cores, ${gigabits} Gbit/s`;
}

/** A limit's name with what of machine and network it depends on. */
export function limitName(name: string, place: string, site: string): string {
  const [cores, rate] = place.split(", ");
  if (name === "window of batches") return `${name}, ${site}, ${place}`;
  if (name === "the leader's uplink") return `${name}, ${rate}`;
  // Which one is the busiest changes with the nodes.
  if (name.startsWith("thread ")) return "busiest thread";
  return `${name}, ${cores}`;
}

/** The constants that a run fitted. */
export function fittedModel(summary: readonly Summary[]): CostModel {
  const fitted = ofMetric(summary, "fitted processor time");
  return byThread((thread) => {
    const own = fitted.filter(({ series }) => series === thread);
    return things.map((thing) => own.find(({ x }) => x === thing)?.median ?? 0);
  });
}

/** Microseconds of the threads of a node for each command in full batches: where the time goes. */
export function threadShares(summary: readonly Summary[]): { series: string; x: number; y: number }[] {
  const model = fittedModel(summary);
  const commands = nodeDefaults(0, "node0").consensus.batchCommandsMax;
  return threadNames.flatMap((thread) =>
    predictedFor.nodes.map((nodes) => {
      const us = threadUs(model, thread, { nodes, leads: true, commands, batches: 1 });
      return { series: thread, x: nodes, y: us / commands };
    }),
  );
}
