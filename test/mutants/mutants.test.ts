/** The tester is tested: the simulator notices each broken rule, by the schedule that noticed it before. */
import { readFileSync } from "node:fs";
import test from "ava";
import { simulate } from "../sim/simulation.ts";
import { allMutants } from "./catalogue/all.ts";
import { hunt, runOf, seedsFrom } from "./hunt.ts";
import { mutated } from "./load-mutant.ts";
import { readResults, readTable, renderTable } from "./results.ts";

const results = readResults();
/** Where a change of the program has shifted the schedules, another one has to do. */
const moreMax = 150;

test("there are at least 40, each with a name of its own, and each place is in its file just once", (t) => {
  t.true(allMutants.length >= 40);
  t.is(new Set(allMutants.map(({ name }) => name)).size, allMutants.length);
  for (const mutant of allMutants) {
    const source = readFileSync(new URL(`../../${mutant.file}`, import.meta.url), "utf8");
    t.notThrows(() => mutated(mutant, source), mutant.name);
  }
});

test("the table in docs is what was found", (t) => {
  t.is(readTable(), renderTable(results));
});

test("without a mutant the same liars break nothing, by the same seeds", (t) => {
  for (const mutant of allMutants.filter((_, place) => place % 4 === 0)) {
    const seed = results[mutant.name]?.seed ?? 1;
    t.is(simulate(runOf(mutant, seed)).failure?.message, undefined, `seed ${seed}`);
  }
});

test("commands that come again under the second form of their signature take effect once", (t) => {
  const mutant = allMutants.find(({ malleable }) => malleable === true);
  if (mutant === undefined) throw new Error("no mutant with malleable signatures");
  for (const seed of seedsFrom(1, 20)) t.is(simulate(runOf(mutant, seed)).failure?.message, undefined, `seed ${seed}`);
});

for (const mutant of allMutants) {
  test(`${mutant.name}: ${mutant.breaks}`, async (t) => {
    const known = results[mutant.name];
    if (known === undefined) {
      t.fail("it was never caught: npm run mutants -- --write");
      return;
    }
    const { caught } = await hunt(mutant, [known.seed, ...seedsFrom(1, moreMax)]);
    t.not(caught, undefined, "the simulator does not notice it any more: npm run mutants -- --write");
  });
}
