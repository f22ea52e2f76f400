/** A scenario: which faults begin when, whom they hit and how long they last. It follows from a seed alone. */
import type { Random } from "../sim/random.ts";
import type { Weather } from "./link-proxy.ts";
import { seeded } from "./seeded.ts";

/** Whom a fault hits: known only when it begins, since leaders change. */
export type Target = "leader" | "follower" | "any";

export type Fault = { readonly atMs: number; readonly forMs: number } & (
  | { readonly kind: "kill" | "pause" | "terminate" | "isolate"; readonly target: Target }
  | { readonly kind: "killAll" | "halve" | "cutClients" }
  /** Others do not hear it, but it hears them; or the other way round. */
  | { readonly kind: "mute" | "deafen"; readonly target: Target }
  /** On all links of one node, or of all nodes; `clients` too, or not. */
  | { readonly kind: "weather"; readonly target: Target | "all"; readonly clients: boolean; readonly weather: Weather }
  | { readonly kind: "signatureFlood" | "connectionStorm"; readonly target: Target }
);

export type Scenario = {
  readonly seed: number;
  readonly nodes: number;
  /** How long faults may begin; they heal soon after. */
  readonly lengthMs: number;
  readonly faults: readonly Fault[];
};

const targets: readonly Target[] = ["any", "leader", "follower"];

export function scenarioOf(seed: number, lengthMs: number): Scenario {
  const random = seeded(seed, "scenario");
  const nodes = random.pick([4, 4, 4, 4, 5, 7]);
  const count = random.between(2, 3 + Math.floor(lengthMs / 3_000));
  const faults = Array.from({ length: count }, () => faultOf(random, lengthMs));
  return { seed, nodes, lengthMs, faults: faults.sort((a, b) => a.atMs - b.atMs) };
}

function faultOf(random: Random, lengthMs: number): Fault {
  const time = { atMs: random.between(0, lengthMs), forMs: random.between(200, 5_000) };
  const target = random.pick(targets);
  switch (random.between(0, 13)) {
    case 0:
    case 1:
      return { ...time, kind: "kill", target };
    case 2:
      return { ...time, kind: "killAll" };
    case 3:
      // Long enough for others to have gone on without it, and for every timer of its own to be over.
      return { ...time, forMs: random.pick([500, 2_000, 10_000]), kind: "pause", target };
    case 4:
      return { ...time, kind: "terminate", target };
    case 5:
      return { ...time, kind: "isolate", target };
    case 6:
      return { ...time, kind: "halve" };
    case 7:
      return { ...time, kind: random.pick(["mute", "deafen"]), target };
    case 8:
      return { ...time, kind: "cutClients" };
    case 9:
      return { ...time, kind: random.pick(["signatureFlood", "connectionStorm"]), target };
    default:
      return {
        ...time,
        kind: "weather",
        target: random.pick([...targets, "all"]),
        clients: random.chance(0.5),
        weather: weatherOf(random),
      };
  }
}

function weatherOf(random: Random): Weather {
  switch (random.between(0, 5)) {
    case 0:
      return { kind: "delay", ms: random.between(5, 500), jitterMs: random.between(0, 300) };
    case 1:
      return { kind: "throttle", bytesPerSecond: random.pick([2_000, 20_000, 200_000]) };
    case 2:
      return { kind: "drip", bytes: random.between(1, 64), everyMs: random.between(1, 20) };
    case 3:
      return { kind: "blackHole" };
    default:
      return { kind: "corrupt", probability: random.between(1, 10) / 100 };
  }
}

/** One line for a person. */
export function describeFault({ atMs, forMs, ...fault }: Fault): string {
  const target = "target" in fault ? ` ${fault.target}` : "";
  const weather =
    fault.kind === "weather" ? ` ${JSON.stringify(fault.weather)}${fault.clients ? " clients too" : ""}` : "";
  return `${(atMs / 1000).toFixed(1)} s: ${fault.kind}${target}${weather} for ${(forMs / 1000).toFixed(1)} s`;
}
