/**
 * Makes a failing run small: the same invariant has to break with milder options, fewer choices, and smaller ones. What is left
 * of the tape is what the failure needs; the rest of it are zeros, the mildest choices.
 */
import type { Adversary } from "./adversary.ts";
import { milder, type Options } from "./options.ts";
import type { Failure, Report, Run } from "./simulation.ts";
import { replayTape, seededTape } from "./tape.ts";

type Streams = Readonly<Record<string, readonly number[]>>;

/** A run that is wholly written down. */
export type Small = {
  readonly seed: number;
  readonly options: Options;
  readonly streams: Streams;
  readonly failure: Failure;
  readonly traceHash: number;
  readonly events: number;
};

export type Shrinking = {
  readonly seed: number;
  readonly options?: Partial<Options>;
  readonly adversary?: Adversary;
  /** More of the run that stays as it is: a broken rule, a watcher. */
  readonly rest?: Omit<Partial<Run>, "seed" | "options" | "tape" | "adversary">;
  readonly budgetMs: number;
  /** The simulator: the one of this tree, or one with a broken rule. */
  readonly simulate: (run: Run) => Report;
  readonly onProgress?: (doneMs: number, small: Small) => void;
};

/** Undefined where the run does not fail. */
export function shrink(shrinking: Shrinking): Small | undefined {
  const { seed, adversary, rest, simulate } = shrinking;
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt > shrinking.budgetMs;
  const who = adversary === undefined ? {} : { adversary };
  const tape = seededTape(seed, true);
  const given = shrinking.options === undefined ? {} : { options: shrinking.options };
  const first = simulate({ ...rest, ...who, ...given, seed, tape });
  if (first.failure === undefined) return undefined;
  const kind = kindOf(first.failure);
  // All options are written down: what they were drawn from is not asked any more.
  let best: Small = smallOf(first, first.failure, { ...tape.recorded(), options: [] });

  /** Takes the smaller run if it fails alike. */
  function attempt(options: Options, streams: Streams): boolean {
    if (isOver()) return false;
    const tried = replayTape(streams);
    const report = simulate({ ...rest, ...who, seed, options, tape: tried });
    shrinking.onProgress?.(performance.now() - startedAt, best);
    if (report.failure === undefined || kindOf(report.failure) !== kind) return false;
    best = smallOf(report, report.failure, streams);
    return true;
  }

  function milderOptions(): void {
    for (let changed = true; changed && !isOver(); ) {
      changed = false;
      for (const options of milder(best.options)) {
        if (options.faultMs < 1) continue;
        if (!attempt(options, best.streams)) continue;
        changed = true;
        break;
      }
    }
  }

  function withStream(name: string, values: readonly number[]): boolean {
    return attempt(best.options, { ...best.streams, [name]: values });
  }

  /** Cuts chunks out, and where that fails sets them to zero; halves, quarters, and so on. */
  function thinOut(name: string): void {
    const lengthOf = (): number => best.streams[name]?.length ?? 0;
    if (lengthOf() === 0) return;
    for (let size = Math.ceil(lengthOf() / 2); size >= 1 && !isOver(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < lengthOf() && !isOver(); ) {
        const values = best.streams[name] ?? [];
        const [before, chunk, after] = [
          values.slice(0, from),
          values.slice(from, from + size),
          values.slice(from + size),
        ];
        if (chunk.every((value) => value === 0)) {
          from += size;
          continue;
        }
        if (withStream(name, [...before, ...after])) continue;
        withStream(name, [...before, ...chunk.map(() => 0), ...after]);
        from += size;
      }
    }
  }

  function halve(name: string): void {
    for (let at = 0; at < (best.streams[name]?.length ?? 0) && !isOver(); at++) {
      for (;;) {
        const values = best.streams[name] ?? [];
        const value = values[at] ?? 0;
        if (value === 0 || !withStream(name, values.with(at, value >>> 1))) break;
      }
    }
  }

  milderOptions();
  const names = Object.keys(best.streams).sort(
    (a, b) => (best.streams[b]?.length ?? 0) - (best.streams[a]?.length ?? 0),
  );
  for (const name of names) withStream(name, []);
  for (const name of names) thinOut(name);
  milderOptions();
  for (const name of [...names].reverse()) halve(name);
  return best;
}

/** What breaks, without the numbers in it. */
export function kindOf({ invariant, message }: Pick<Failure, "invariant" | "message">): string {
  const isOneOfMany = invariant === "Liveness" || invariant === "NoThrow";
  return isOneOfMany ? (message.split("\n")[0] ?? "").replaceAll(/\d+/g, "#") : invariant;
}

function smallOf(report: Report, failure: Failure, streams: Streams): Small {
  const { seed, options, traceHash, events } = report;
  return { seed, options, streams: withoutZeros(streams), failure, traceHash, events };
}

/** A tape says zeros once it has come to its end. */
function withoutZeros(streams: Streams): Streams {
  return Object.fromEntries(
    Object.entries(streams).flatMap(([name, values]) => {
      const end = values.findLastIndex((value) => value !== 0) + 1;
      return end === 0 ? [] : [[name, values.slice(0, end)]];
    }),
  );
}
