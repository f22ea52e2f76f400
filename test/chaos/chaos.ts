/**
 * Chaos by hand: `npm run chaos -- --scenarios 20 --seed 1`, `-- --cycles 200`, or `-- --floods 30` (seconds). The first
 * failure ends it with code 1, and a line that says where everything is kept. docs/chaos.md has more.
 */
import { parseArgs } from "node:util";
import { startConnectionStorm, startSignatureFlood } from "./floods.ts";
import type { Judgement } from "./judge.ts";
import { runKillCycles } from "./kill-cycles.ts";
import { flawsOfFlood, measureFlood } from "./measure-flood.ts";
import { isScenarioName, namedScenarios } from "./named-scenarios.ts";
import { runScenario } from "./run-scenario.ts";
import { describeFault, type Scenario, scenarioOf } from "./scenario.ts";

const { values } = parseArgs({
  options: {
    scenarios: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "0" },
    seconds: { type: "string", default: "20" },
    cycles: { type: "string", default: "0" },
    floods: { type: "string", default: "0" },
    named: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

const cyclesOfSlice = 25;

// An exit like any other: what runs is ended, and its folder removed.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => process.exit(code));

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
const until = minutes === 0 ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
const cycles = wholeNumber("cycles", values.cycles);
const floodSeconds = wholeNumber("floods", values.floods);
if (cycles > 0) await killCycles(cycles);
else if (floodSeconds > 0) await floods(floodSeconds * 1000);
else if (values.named !== undefined) await oneScenario(named(values.named), `--named ${values.named} --verbose`);
else await scenarios(wholeNumber("scenarios", values.scenarios), wholeNumber("seconds", values.seconds) * 1000);

function named(name: string): Scenario {
  if (isScenarioName(name)) return namedScenarios[name];
  process.stderr.write(`--named must be one of ${Object.keys(namedScenarios).join(", ")}; is ${name}\n`);
  process.exit(2);
}

async function scenarios(count: number, lengthMs: number): Promise<void> {
  let run = 0;
  for (; run < count && performance.now() < until; run++) {
    const scenario = scenarioOf(seed + run, lengthMs);
    await oneScenario(scenario, `--scenarios 1 --seed ${scenario.seed} --seconds ${lengthMs / 1000} --verbose`);
  }
  say(`${run} scenarios kept every promise`);
}

async function oneScenario(scenario: Scenario, again: string): Promise<void> {
  const report = await runScenario(scenario, note);
  const { flaws, convergedMs, corrupted } = report;
  say(
    `seed ${scenario.seed}: ${flaws.length === 0 ? "ok" : "FAILED"}; ${scenario.nodes} nodes, ` +
      `${scenario.faults.length} faults; converged in ${(convergedMs / 1000).toFixed(1)} s, ` +
      `${corrupted.chunks} chunks corrupted; ${factsOf(report)}`,
  );
  if (flaws.length === 0) return;
  for (const fault of scenario.faults) say(`  ${describeFault(fault)}`);
  fail(report, again);
}

/** In slices of a cluster each, so that a log does not become so long that starting takes the time. */
async function killCycles(wanted: number): Promise<void> {
  let [done, kills, allAtOnce] = [0, 0, 0];
  for (let slice = 0; done < wanted && performance.now() < until; slice++) {
    const options = { cycles: Math.min(cyclesOfSlice, wanted - done), seed: seed + slice, allEvery: 8, note };
    const report = await runKillCycles(options);
    const { flaws, recoveredMs } = report;
    say(
      `seed ${options.seed}: ${flaws.length === 0 ? "ok" : "FAILED"}; ${report.cycles} cycles, ${report.kills} kills, ` +
        `${report.allAtOnce} times all at once; equal ledgers ${recoveredMs.median.toFixed(0)} ms after the start ` +
        `(median), ${recoveredMs.max.toFixed(0)} (longest); ${factsOf(report)}`,
    );
    if (flaws.length > 0) fail(report, `--cycles ${options.cycles} --seed ${options.seed} --verbose`);
    done += report.cycles;
    kills += report.kills;
    allAtOnce += report.allAtOnce;
  }
  say(`${done} cycles of kill -9 and restart kept every promise: ${kills} kills, ${allAtOnce} times all at once`);
}

async function floods(floodMs: number): Promise<void> {
  for (const [name, start] of [
    ["signature flood", startSignatureFlood],
    ["connection storm", startConnectionStorm],
  ] as const) {
    const report = await measureFlood({ start, calmMs: floodMs, floodMs, seed });
    const { rssMb, calmPerSecond, floodPerSecond } = report;
    say(
      `${name}: ${report.attacksPerSecond.toFixed(0)} a second; honest commands ${calmPerSecond.toFixed(0)}/s before, ` +
        `${floodPerSecond.toFixed(0)}/s under it; memory ${rssMb.before.toFixed(0)} MB before, ` +
        `${rssMb.max.toFixed(0)} at most, slope ${rssMb.slopePerMinute.toFixed(1)} MB a minute; ${report.terms} elections`,
    );
    for (const flaw of [...report.flaws, ...flawsOfFlood(report)]) say(`  ${flaw}`);
    if (report.flaws.length + flawsOfFlood(report).length > 0) process.exit(1);
  }
}

type Facts = { readonly acknowledged: number; readonly unknown: number; readonly sentAgain: number };

function factsOf(report: Judgement & Facts): string {
  const { acknowledged, unknown, sentAgain, entries, repeats, searchSteps, slowestEndMs } = report;
  return (
    `${acknowledged} acknowledged, ${unknown} unknown, ${sentAgain} sent again, ${entries} entries, ${repeats} of them ` +
    `repeats, ${searchSteps} steps of search; ` +
    `ended in ${slowestEndMs.toFixed(0)} ms`
  );
}

function fail(report: Judgement & { readonly kept: string | undefined }, again: string): never {
  for (const flaw of report.flaws) say(`  ${flaw}`);
  say(`kept in ${report.kept}`);
  say(`again: npm run chaos -- ${again}`);
  process.exit(1);
}
