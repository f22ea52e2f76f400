/** Scenarios that are the same each time, for what must be seen to happen rather than left to a seed. */
import type { Scenario } from "./scenario.ts";

export type ScenarioName = "quick" | "pauses" | "corruption" | "silence";

export const namedScenarios: Readonly<Record<ScenarioName, Scenario>> = {
  /** Something of everything, in the time that a test may take. */
  quick: {
    seed: 1,
    nodes: 4,
    lengthMs: 4_000,
    faults: [
      {
        atMs: 0,
        forMs: 2_000,
        kind: "weather",
        target: "all",
        clients: true,
        weather: { kind: "corrupt", probability: 0.05 },
      },
      { atMs: 2_000, forMs: 1_000, kind: "kill", target: "follower" },
      { atMs: 2_200, forMs: 1_500, kind: "mute", target: "leader" },
      { atMs: 3_700, forMs: 1_500, kind: "pause", target: "leader" },
      { atMs: 4_000, forMs: 500, kind: "cutClients" },
    ],
  },
  /** SIGSTOP for ten seconds: of the leader, of a follower, of both. */
  pauses: {
    seed: 2,
    nodes: 4,
    lengthMs: 36_000,
    faults: [
      { atMs: 1_000, forMs: 10_000, kind: "pause", target: "leader" },
      { atMs: 13_000, forMs: 10_000, kind: "pause", target: "follower" },
      { atMs: 25_000, forMs: 10_000, kind: "pause", target: "leader" },
      { atMs: 26_000, forMs: 10_000, kind: "pause", target: "follower" },
    ],
  },
  /** A tenth of all chunks on all links, for half a minute. */
  corruption: {
    seed: 3,
    nodes: 4,
    lengthMs: 30_000,
    faults: [
      {
        atMs: 1_000,
        forMs: 30_000,
        kind: "weather",
        target: "all",
        clients: true,
        weather: { kind: "corrupt", probability: 0.1 },
      },
    ],
  },
  /** Nodes hear nothing of each other for so long that their timers are at their longest, and the leader is killed meanwhile. */
  silence: {
    seed: 4,
    nodes: 4,
    lengthMs: 75_000,
    faults: [
      {
        atMs: 500,
        forMs: 75_000,
        kind: "weather",
        target: "all",
        clients: false,
        weather: { kind: "blackHole" },
      },
      { atMs: 1_500, forMs: 3_000, kind: "kill", target: "leader" },
    ],
  },
};

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(namedScenarios, name);
}
