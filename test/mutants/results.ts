/** What became of each mutant: kept as JSON, so that a test need not hunt anew, and as a table for people. */
import { readFileSync, writeFileSync } from "node:fs";
import { allMutants } from "./catalogue/all.ts";
import type { Hunted } from "./hunt.ts";

const jsonFile = new URL("caught.json", import.meta.url);
const tableFile = new URL("../../docs/mutants.md", import.meta.url);

/** By name: after how many schedules, by which seed, and what it broke. */
export type Results = Readonly<Record<string, { schedules: number; seed: number; invariant: string; message: string }>>;

export function readResults(): Results {
  return JSON.parse(readFileSync(jsonFile, "utf8"));
}

/** Adds what was caught to what there is; mutants that are no more are left out. */
export function writeResults(hunted: readonly Hunted[]): void {
  const before = readResults();
  const now = new Map(hunted.map((one) => [one.name, one]));
  const results = Object.fromEntries(
    allMutants.flatMap(({ name }) => {
      const one = now.get(name);
      const entry = one?.caught === undefined ? before[name] : { schedules: one.schedules, ...one.caught };
      return entry === undefined ? [] : [[name, entry]];
    }),
  );
  writeFileSync(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(tableFile, renderTable(results));
}

export function readTable(): string {
  return readFileSync(tableFile, "utf8");
}

export function renderTable(results: Results): string {
  const rows = allMutants.map(({ name, breaks, file, liars }) => {
    const found = results[name];
    const columns = [name, breaks, `\`${file}\``, liars === false ? "none" : "up to f", ...foundColumns(found)];
    return `| ${columns.join(" | ")} |`;
  });
  return [
    "# Mutants",
    "",
    "<!-- Written by `npm run mutants -- --write`. -->",
    "",
    "Each mutant breaks one rule of the program on purpose, by another text in one place of one file; only the tests can load it",
    "(`test/mutants/load-mutant.ts`). The simulator has to notice. Where there are liars, they are those of",
    "`test/mutants/rogue.ts`, which try everything at random. *Schedules* tells how many it took, by seeds 1, 2, 3, ...",
    "",
    "Left out are changes that break nothing that could be noticed, because another rule stands behind the one that is gone:",
    "a follower that does not compare the hash that a leader claims for its entries (it reckons its own), a node that follows a",
    "leader and yet votes for another candidate of the same term (no second quorum can come together).",
    "",
    "| mutant | what is broken | file | liars | schedules | invariant that noticed |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function foundColumns(found: Results[string] | undefined): string[] {
  return found === undefined ? ["", "**got away**"] : [String(found.schedules), found.invariant];
}
