/** The quick form: a bounded number of worlds keeps every invariant and reaches what has to be reached; broken rules are found. */
import test from "ava";
import { allMutants } from "../mutants/catalogue/all.ts";
import { explorerWith } from "../mutants/load-mutant.ts";
import { configurations } from "./configurations.ts";
import { explore } from "./explore.ts";

const statesMax = 12_000;
const order = { depthMax: 60, seed: 1, restartEvery: 300 };

for (const { name, about, bounds, goals } of configurations) {
  test(`${name}: ${statesMax} worlds of ${about}`, (t) => {
    const found = explore({ bounds, statesMax, ...order });
    t.deepEqual(found.counterexample, undefined);
    t.is(found.distinct, statesMax);
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

for (const name of ["two-votes", "second-log-taken"]) {
  test(`canary: the broken rule ${name} has a counterexample, told move by move`, async (t) => {
    const mutant = allMutants.find((one) => one.name === name);
    const [configuration] = configurations;
    if (mutant === undefined || configuration === undefined) throw new Error(`no mutant ${name}`);
    const exploreWith = await explorerWith(mutant);
    const { counterexample } = exploreWith({ bounds: configuration.bounds, statesMax: 60_000, ...order });
    t.not(counterexample, undefined);
    t.is(counterexample?.path[0], "start");
    t.true((counterexample?.path.length ?? 0) > 3);
  });
}
