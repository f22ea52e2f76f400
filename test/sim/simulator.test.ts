/** The simulator itself: it is deterministic, and its invariants can break. */
import test from "ava";
import type { Durable } from "../../wire/durable.ts";
import type { Term } from "../../wire/types.ts";
import { type Run, simulate } from "./simulation.ts";
import { replayTape, seededTape } from "./tape.ts";

function traced(run: Run): string[] {
  const lines: string[] = [];
  const { traceHash, events } = simulate({ ...run, trace: (line) => lines.push(line) });
  return [...lines, `${traceHash} ${events}`];
}

test("one seed gives one run, to the last event", (t) => {
  for (const seed of [3, 14, 159, 265]) t.deepEqual(traced({ seed }), traced({ seed }));
  t.notDeepEqual(traced({ seed: 3 }), traced({ seed: 4 }));
});

test("what a tape has recorded gives the same run without the seed", (t) => {
  for (const seed of [3, 14, 159]) {
    const tape = seededTape(seed, true);
    const first = simulate({ seed, tape });
    const again = simulate({ seed: 0, tape: replayTape(tape.recorded()) });
    t.is(again.traceHash, first.traceHash);
    t.is(again.events, first.events);
  }
});

test("a tape of nothing is a calm run", (t) => {
  const { failure, faults, network, commands } = simulate({ seed: 0, tape: replayTape({}) });
  t.is(failure, undefined);
  t.is(faults.crashes + (network.lost ?? 0) + (network.damaged ?? 0), 0);
  t.true(commands > 0);
});

/** Runs schedules with a rule broken until an invariant breaks, and says which. */
function firstBreak(run: Omit<Run, "seed">): string {
  for (let seed = 1; seed <= 300; seed++) {
    const { failure } = simulate({ ...run, seed });
    if (failure !== undefined) return failure.message;
  }
  return "nothing broke";
}

test("canary: a node that forgets its term and vote breaks an invariant", (t) => {
  const remember = (durable: Durable): Durable => ({ ...durable, term: 0 as Term, vote: undefined });
  t.regex(firstBreak({ remember }), /^invariant (OneVotePerTerm|DurableBeforeSent|NoThrow)/);
});

test("canary: a node that forgets its lock breaks an invariant", (t) => {
  const remember = (durable: Durable): Durable => ({ ...durable, lock: undefined, displaced: [] });
  t.regex(firstBreak({ remember }), /^invariant (ElectionSafety|DurableBeforeSent|LockChainKept)/);
});

test("canary: a node that loses entries it acknowledged breaks an invariant", (t) => {
  const remember = (durable: Durable): Durable => ({ ...durable, tail: [], lock: undefined, displaced: [] });
  t.regex(firstBreak({ remember }), /gap|^invariant/);
});

test("canary: a disk that tears a transaction breaks an invariant", (t) => {
  t.regex(firstBreak({ atomicity: "none" }), /^invariant/);
});
