/** Rare events that a run's own counts tell: each kind of fault, by its row of the catalogue, and what it met. */
import { amidBroadcast } from "./crash-points.ts";
import type { Report } from "./simulation.ts";

type Counts = Pick<
  Report,
  "options" | "network" | "cuts" | "faults" | "points" | "clients" | "commands" | "terms" | "driftMost"
>;

const tells: Readonly<Record<string, (counts: Counts) => number | undefined>> = {
  "N01 a frame is lost": ({ network }) => network.lost,
  "N02 a frame takes a hundred times as long": ({ network }) => network.late,
  "N03 a frame overtakes another": ({ network }) => network.overtaking,
  "N04 a frame arrives twice": ({ network }) => network.doubled,
  "N04 an old frame arrives again": ({ network }) => network.replayed,
  "N05 halves": ({ cuts }) => cuts.halves,
  "N05 groups": ({ cuts }) => cuts.groups,
  "N05 one alone": ({ cuts }) => cuts.isolate,
  "N06 only one way": ({ cuts }) => cuts.oneWay,
  "N07 a ring": ({ cuts }) => cuts.ring,
  "N07 a bridge": ({ cuts }) => cuts.bridge,
  "N08 a clogged link": ({ cuts }) => cuts.clog,
  "N09 a swizzle": ({ cuts }) => cuts.swizzle,
  "N10 a link flaps": ({ cuts }) => cuts.flap,
  "N11 a link's queue is full": ({ network }) => network.full,
  "N12 a damaged frame arrives": ({ network }) => network.damaged,
  "N13 the leader alone": ({ cuts }) => cuts.leader,
  "N14 a heal in parts": ({ cuts }) => cuts.partialHeal,
  "N14 old frames arrive in a burst": ({ network }) => network.bursts,
  "P01 a node falls between two effects": ({ points }) => points.size,
  "P01 a node falls amid a broadcast": ({ points }) => points.get(amidBroadcast),
  "P01 a node falls while it leads": ({ faults }) => faults.leaders,
  "P01 a candidate falls": ({ faults }) => faults.candidates,
  "P01 a node falls between a lock and its commit": ({ faults }) => faults.locked,
  "P01 a node falls with a sync on its way": ({ faults }) => faults.syncing,
  "P02 a node is back at once": ({ faults }) => faults.quick,
  "P03 all nodes fall at once": ({ faults }) => faults.allAtOnce,
  "P04 all nodes fall one after the other": ({ faults }) => faults.rolling,
  "P05 a node pauses for longer than an election timeout": ({ faults }) => faults.longPauses,
  "P06 a leader pauses": ({ faults }) => faults.leadersPaused,
  "C01 a client asks all nodes again": ({ clients }) => clients.again,
  "C03 eight clients": ({ options }) => (options.clients >= 8 ? 1 : 0),
  "C05 a batch with a forged command": ({ clients }) => clients.badBatches,
  "C07 many commands at once": ({ clients }) => clients.burst,
  "B32 a clock jumps": ({ faults }) => faults.jumps,
  "B32 a clock goes half as fast again as another": ({ driftMost }) => (driftMost >= 1.5 ? 1 : 0),
  "D01 a sync is torn": ({ faults }) => faults.torn,
  "D03 a sync is kept that nobody was told of": ({ faults }) => faults.keptUntold,
  "D06 a disk fails": ({ faults }) => faults.failedSyncs,
  "a cluster of one": ({ options, commands }) => (options.nodes === 1 ? commands : 0),
  "a cluster of thirteen": ({ options, commands }) => (options.nodes === 13 ? commands : 0),
  "nodes stay away for good": ({ options }) => (options.coreOnly && options.nodes > 3 ? 1 : 0),
  "L8 all nodes stop after healing": ({ options }) => (options.totalRestart ? 1 : 0),
  "a tenth term": ({ terms }) => (terms >= 10 ? 1 : 0),
};

export const runMarkers: readonly string[] = Object.keys(tells);

/** Those that the run has seen, and how often. */
export function countRunMarkers(counts: Counts): [string, number][] {
  return Object.entries(tells).flatMap(([name, tell]): [string, number][] => {
    const count = tell(counts) ?? 0;
    return count > 0 ? [[name, count]] : [];
  });
}
