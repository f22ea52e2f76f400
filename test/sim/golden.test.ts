/**
 * Golden scenarios: space-time traces of some schedules. A change of the rules shows as a change of these files: read it, then
 * write them anew with UPDATE_GOLDEN=1.
 */
import { readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { calm, type Options } from "./options.ts";
import { simulate } from "./simulation.ts";

const short: Options = { ...calm, commands: 4, faultMs: 1_000 };

const scenarios: readonly { readonly name: string; readonly seed: number; readonly options: Options }[] = [
  { name: "one node", seed: 11, options: { ...short, nodes: 1 } },
  { name: "four nodes, crashes", seed: 3, options: { ...short, crashEveryMs: 200, crashAtPoint: 0.5 } },
  {
    name: "four nodes, partitions and loss",
    seed: 2,
    options: { ...short, loss: 0.1, cutEveryMs: 200, cuts: ["halves"] },
  },
  {
    name: "seven nodes, the leader alone",
    seed: 1,
    options: { ...short, nodes: 7, cutEveryMs: 300, cuts: ["leader"] },
  },
];

for (const { name, seed, options } of scenarios) {
  test(`${name} (seed ${seed})`, (t) => {
    const lines: string[] = [];
    const { failure, traceHash, events, ms } = simulate({ seed, options, trace: (line) => lines.push(line) });
    t.is(failure, undefined);
    // Deliveries fill pages; what nodes say of themselves, and what befalls them, tells the story.
    const told = lines.filter((line) => !line.includes(" <- "));
    const text = `${[...told, JSON.stringify({ traceHash, events, ms })].join("\n")}\n`;
    const file = new URL(`./golden/${name.replaceAll(/\W+/g, "-")}.txt`, import.meta.url);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
    t.is(text, readFileSync(file, "utf8"));
  });
}
