/**
 * Golden scenarios: what the nodes of some schedules tell of themselves, line by line. A change of the rules shows as a
 * change of these files: read it, then write them anew with UPDATE_GOLDEN=1.
 */
import { readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { simulate } from "./simulation.ts";

const scenarios: readonly { readonly name: string; readonly seed: number; readonly nodes: number }[] = [
  { name: "one node", seed: 11, nodes: 1 },
  { name: "four nodes, crashes", seed: 3, nodes: 4 },
  { name: "four nodes, partitions and loss", seed: 2, nodes: 4 },
  { name: "seven nodes, partitions", seed: 1, nodes: 7 },
];

for (const { name, seed, nodes } of scenarios) {
  test(`${name} (seed ${seed})`, (t) => {
    const lines: string[] = [];
    const report = simulate({ seed, nodes, trace: (line) => lines.push(line) });
    const text = `${[...lines, JSON.stringify(report)].join("\n")}\n`;
    const file = new URL(`./golden/${name.replaceAll(/\W+/g, "-")}.txt`, import.meta.url);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
    t.is(text, readFileSync(file, "utf8"));
  });
}
