/**
 * Chaos by hand: `npm run chaos -- --scenarios 20 --seed 1`. The first failure ends it with code 1, and a line that says
 * where everything is kept.
 */
import { parseArgs } from "node:util";
import { runScenario } from "./run-scenario.ts";
import { describeFault, scenarioOf } from "./scenario.ts";

const { values } = parseArgs({
  options: {
    scenarios: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "0" },
    seconds: { type: "string", default: "20" },
    cycles: { type: "string", default: "0" },
    floods: { type: "string", default: "0" },
    verbose: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => {
  if (values.verbose) say(`  ${line}`);
};

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number; is ${text}\n`);
  process.exit(2);
}

const seed = wholeNumber("seed", values.seed);
const minutes = wholeNumber("minutes", values.minutes);
const count = wholeNumber("scenarios", values.scenarios);
const lengthMs = wholeNumber("seconds", values.seconds) * 1000;
const until = minutes === 0 ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;

let run = 0;
for (; run < count && performance.now() < until; run++) {
  const scenario = scenarioOf(seed + run, lengthMs);
  const report = await runScenario(scenario, note);
  const { flaws, kept, convergedMs, acknowledged, unknown, entries, searchSteps, corrupted, slowestEndMs } = report;
  const facts = `${scenario.nodes} nodes, ${scenario.faults.length} faults; ${acknowledged} acknowledged, ${unknown} unknown, ${entries} entries, converged in ${(convergedMs / 1000).toFixed(1)} s, ended in ${slowestEndMs.toFixed(0)} ms, ${corrupted.chunks} chunks corrupted, ${searchSteps} steps of search`;
  say(`seed ${scenario.seed}: ${flaws.length === 0 ? "ok" : "FAILED"}; ${facts}`);
  if (flaws.length === 0) continue;
  for (const fault of scenario.faults) say(`  ${describeFault(fault)}`);
  for (const flaw of flaws) say(`  ${flaw}`);
  say(`kept in ${kept}`);
  say(`again: npm run chaos -- --scenarios 1 --seed ${scenario.seed} --seconds ${lengthMs / 1000} --verbose`);
  process.exit(1);
}
say(`${run} scenarios kept every promise`);
