/** Fuzzes one target: the examples and the corpus as they are, then as many changed inputs as asked for. */
import { seededTape } from "../sim/tape.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./target.ts";
import { watched } from "./watched.ts";

export type FuzzReport = {
  readonly target: string;
  readonly inputs: number;
  /** Kinds of verdicts, and how many inputs had each. */
  readonly verdicts: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** The first input that broke a rule, in base64, and how. */
  readonly failure: { readonly input: Uint8Array; readonly flaw: string } | undefined;
  /** One input for each kind of verdict that neither examples nor corpus had: worth keeping. */
  readonly fresh: readonly Uint8Array[];
};

export type FuzzOptions = {
  readonly inputs: number;
  readonly seed: number;
  readonly corpus: readonly Uint8Array[];
  /** Milliseconds on the clock of `performance.now`; there it ends, however few inputs there were. */
  readonly until?: number;
  readonly onProgress?: (done: number) => void;
};

/** Reasons may repeat a part of the input, so that kinds have no end. */
const freshMax = 40;

export function fuzzTarget(target: Target, options: FuzzOptions): FuzzReport {
  const { seed, until = Number.POSITIVE_INFINITY } = options;
  const random = seededTape(seed, false).stream(target.name);
  const pool = [...target.examples, ...options.corpus];
  const verdicts = new Map<string, number>();
  const fresh: Uint8Array[] = [];
  let inputs = 0;
  let slowestMs = 0;
  const known = pool.length;
  while (inputs < known + options.inputs && (inputs < known || performance.now() < until)) {
    const input = pool[inputs] !== undefined && inputs < known ? pool[inputs] : mutate(target, pool, random);
    inputs++;
    if (input === undefined) continue;
    const outcome = watched(target, input);
    if (!outcome.ok) {
      return { target: target.name, inputs, verdicts, slowestMs, failure: { input, flaw: outcome.flaw }, fresh };
    }
    slowestMs = Math.max(slowestMs, outcome.ms);
    const kind = kindOf(outcome.verdict);
    const count = verdicts.get(kind) ?? 0;
    if (count === 0 && inputs > known && fresh.length < freshMax) {
      // What was taken in a new way is a good start for more.
      pool.push(input);
      fresh.push(input);
    }
    verdicts.set(kind, count + 1);
    if (inputs % 500 === 0) options.onProgress?.(inputs);
  }
  return { target: target.name, inputs, verdicts, slowestMs, failure: undefined, fresh };
}

/** A verdict without what is particular to its input. */
function kindOf(verdict: string): string {
  return verdict
    .replaceAll(/"(?:[^"\\]|\\.)*"/gs, '"…"')
    .replaceAll(/[0-9a-f]{8,}|\d+/g, "#")
    .slice(0, 60);
}
