/** The simulator itself: it is deterministic, and its invariants can break. */
import test from "ava";
import type { Durable } from "../../wire/durable.ts";
import type { Term } from "../../wire/types.ts";
import { type Options, simulate } from "./simulation.ts";

function traced(seed: number): string[] {
  const lines: string[] = [];
  const report = simulate({ seed, trace: (line) => lines.push(line) });
  return [...lines, JSON.stringify(report)];
}

test("one seed gives one run, to the last event", (t) => {
  for (const seed of [3, 14, 159, 265]) t.deepEqual(traced(seed), traced(seed));
  t.notDeepEqual(traced(3), traced(4));
});

/** Runs schedules with a rule broken until an invariant breaks, and says which. */
function firstBreak(remember: Options["remember"]): string {
  for (let seed = 1; seed <= 300; seed++) {
    try {
      simulate({ seed, ...(remember === undefined ? {} : { remember }) });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return "nothing broke";
}

test("canary: a node that forgets its term and vote breaks an invariant", (t) => {
  const forget = (durable: Durable): Durable => ({ ...durable, term: 0 as Term, vote: undefined });
  t.regex(firstBreak(forget), /^invariant OneVotePerTerm/);
});

test("canary: a node that forgets its lock breaks an invariant", (t) => {
  t.regex(
    firstBreak((durable) => ({ ...durable, lock: undefined, displaced: [] })),
    /^invariant (ElectionSafety|DurableBeforeSent)/,
  );
});

test("canary: a node that loses entries it acknowledged breaks an invariant", (t) => {
  t.regex(
    firstBreak((durable) => ({ ...durable, tail: [], lock: undefined, displaced: [] })),
    /gap|^invariant/,
  );
});
