/** The quick form: a bounded number of worlds keeps every invariant and reaches what has to be reached; broken rules are found. */
import test from "ava";
import { allMutants } from "../mutants/catalogue/all.ts";
import { explorerWith } from "../mutants/load-mutant.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { configurations } from "./configurations.ts";
import { explore } from "./explore.ts";
import { replay, shorten } from "./replay.ts";

const order = { depthMax: 60, seed: 1, restartEvery: 300 };

for (const { name, about, bounds, quick, goals } of configurations) {
  test(`${name}: ${quick} worlds of ${about}`, (t) => {
    const found = explore({ bounds, statesMax: quick, ...order });
    t.deepEqual(found.counterexample, undefined);
    t.is(found.distinct, quick);
    for (const goal of goals) t.true(found.goals.has(goal), `not reached: ${goal}`);
  });
}

test("the same seed explores the same worlds, another seed others", (t) => {
  const [configuration] = configurations;
  if (configuration === undefined) throw new Error("no configuration");
  const goalsBy = (seed: number) =>
    [...explore({ bounds: configuration.bounds, statesMax: 1500, ...order, seed }).goals].join();
  t.is(goalsBy(1), goalsBy(1));
  t.not(goalsBy(1), goalsBy(2));
});

/** As the rule once was: where a SYNC brings nothing new, its end was taken for a difference. The explorer found it. */
const prefixSilences: Mutant = {
  name: "prefix-silences",
  breaks: "an honest node acknowledges nothing more under an honest leader",
  file: "consensus/sync.ts",
  find: "from <= Math.min(endIndex, state.acknowledged, lastIndex(state.tail))",
  replace: "from <= Math.min(state.acknowledged, lastIndex(state.tail))",
};
const canaries = [
  { name: "two-votes", within: "liar", flaw: "VoteOnce" },
  { name: "vote-not-written", within: "liar", flaw: "DurableBeforeSent" },
  { name: "second-log-taken", within: "liar", flaw: "SignOnce" },
  { name: "late-append-cuts", within: "liar", flaw: "NoFraming" },
  { name: prefixSilences.name, within: "honest", flaw: "SilencedByLies" },
];

for (const { name, within, flaw } of canaries) {
  test(`canary: the broken rule ${name} has a counterexample, told move by move`, async (t) => {
    const mutant = [...allMutants, prefixSilences].find((one) => one.name === name);
    const bounds = configurations.find((one) => one.name === within)?.bounds;
    if (mutant === undefined || bounds === undefined) throw new Error(`no mutant ${name}`);
    const { explore: exploreIt, shorten: shortenIt, replay: replayIt } = await explorerWith(mutant);
    const { counterexample } = exploreIt({ bounds, statesMax: 60_000, ...order });
    t.true(counterexample?.flaw.startsWith(flaw), counterexample?.flaw);
    const path = shortenIt(bounds, counterexample?.path ?? []);
    t.true(path.length > 3 && path.length < (counterexample?.path.length ?? 0));
    t.true(replayIt(bounds, path).flaw?.startsWith(flaw));
    // No move of the short path can be left out, and with the rule as it is nothing breaks on it.
    t.true(path.every((_, at) => replayIt(bounds, path.toSpliced(at, 1)).flaw?.startsWith(flaw) !== true));
    t.is(replay(bounds, path).flaw, undefined);
    t.deepEqual(shorten(bounds, []), []);
  });
}
