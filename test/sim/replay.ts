/** Runs simulated schedules by hand: `npm run sim -- --schedules 1000 --from 1`, or one with its trace: `--seed 42 --trace`. */
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    schedules: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    nodes: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

const first = wholeNumber("seed", values.seed ?? values.from);
const count = values.seed === undefined ? wholeNumber("schedules", values.schedules) : 1;
const nodes = values.nodes === undefined ? {} : { nodes: wholeNumber("nodes", values.nodes) };
const trace = values.trace ? { trace: (line: string) => process.stdout.write(`${line}\n`) } : {};
const progress = createProgress(process.stderr, "schedules", process.env.NO_COLOR);
let events = 0;
const started = Date.now();
for (let seed = first; seed < first + count; seed++) {
  const report = simulate({ seed, options: nodes, ...trace });
  events += report.events;
  if (count === 1) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failure !== undefined) {
    progress.finish();
    process.stderr.write(`seed ${seed}: ${report.failure.message}\n`);
    process.stderr.write(`replay: npm run sim -- --seed ${seed} --trace\n`);
    process.exit(1);
  }
  if (!values.trace) progress.update(seed - first + 1, count);
}
progress.finish();
const seconds = (Date.now() - started) / 1000;
process.stdout.write(`${count} schedules kept every invariant: ${events} events in ${seconds.toFixed(1)} s\n`);

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number; is ${text}\n`);
  process.exit(2);
}
