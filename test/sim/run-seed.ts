/** Runs one seed as the runner does: some on real signatures, some twice. */
import { loadEngine } from "../../pools/engine.ts";
import { realCrypto, type SimCrypto } from "./crypto.ts";
import type { Options } from "./options.ts";
import { type Failure, type Report, simulate } from "./simulation.ts";

/** One seed in so many runs on Ed25519. */
const realCryptoEvery = 50;
/** One seed in so many is run twice, and has to give the same trace. */
const twiceEvery = 20;

export type SeedResult = {
  readonly seed: number;
  readonly failure: Failure | undefined;
  readonly real: boolean;
  readonly twice: boolean;
  readonly deliveries: number;
  readonly events: number;
  readonly commands: number;
  readonly crashes: number;
  readonly ms: number;
  readonly markers: readonly (readonly [string, number])[];
};

let real: SimCrypto | undefined;

export async function runSeed(seed: number, options: Partial<Options> = {}): Promise<SeedResult> {
  const isReal = seed % realCryptoEvery === 0;
  if (isReal && real === undefined) real = realCrypto(await loadEngine("sodium"));
  const crypto = isReal && real !== undefined ? { crypto: real } : {};
  const report = simulate({ seed, options, ...crypto });
  const isTwice = seed % twiceEvery === 1;
  const again = isTwice && report.failure === undefined ? simulate({ seed, options, ...crypto }) : undefined;
  const { deliveries, events, commands, ms, faults, markers } = report;
  return {
    seed,
    failure: report.failure ?? (again === undefined ? undefined : differing(report, again)),
    real: isReal,
    twice: isTwice,
    deliveries,
    events,
    commands,
    crashes: faults.crashes,
    ms,
    markers: [...markers],
  };
}

/** A failure where two runs of one seed are not the same run. */
export function differing(one: Report, other: Report): Failure | undefined {
  const isSame = one.traceHash === other.traceHash && one.events === other.events && one.ms === other.ms;
  if (isSame) return undefined;
  const message = `invariant Determinism is broken: seed ${one.seed} gives the traces ${one.traceHash} and ${other.traceHash}`;
  return { invariant: "Determinism", message, atMs: one.ms, event: Math.min(one.events, other.events) };
}
