/** Fuzzes by hand: `npm run fuzz -- --inputs 1000000`, or `--target row-state --minutes 5 --seed 7 --keep`. */
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { allTargets } from "./all-targets.ts";
import { corpusOf, keepInput } from "./corpus.ts";
import { fuzzTarget } from "./run-target.ts";

const help = `Fuzzes what takes bytes from outside.

  npm run fuzz -- [--target NAME] [--inputs N] [--seed S] [--minutes M] [--keep] [--list]

  --target   one target by name, or all whose name begins so; all unless given
  --inputs   inputs for each target (20000)
  --seed     other seed, other inputs (1)
  --minutes  ends after this time in any case, shared by the targets
  --keep     adds an input of each new kind to the corpus
  --list     names the targets

Ends with 1 where an input broke a rule; that input is in the corpus then.
`;

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "" },
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string" },
    keep: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const targets = allTargets.filter(({ name }) => name.startsWith(values.target));
if (values.list || targets.length === 0) {
  process.stdout.write(`${allTargets.map(({ name }) => name).join("\n")}\n`);
  process.exit(values.list ? 0 : 2);
}
const inputs = numberOf("inputs", values.inputs);
const seed = numberOf("seed", values.seed);
const budgetMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : numberOf("minutes", values.minutes) * 60_000;
const endsAt = performance.now() + budgetMs;

let failed = 0;
let total = 0;
for (const [place, target] of targets.entries()) {
  const progress = createProgress(process.stderr, `inputs for ${target.name}`, process.env.NO_COLOR);
  // What one target does not use is the others'.
  const until = performance.now() + (endsAt - performance.now()) / (targets.length - place);
  const onProgress = (done: number) => progress.update(done, inputs);
  const report = fuzzTarget(target, { inputs, seed, corpus: corpusOf(target.name), until, onProgress });
  progress.finish();
  total += report.inputs;
  const kinds = `${report.verdicts.size} kinds of verdicts, slowest ${report.slowestMs.toFixed(1)} ms`;
  if (values.keep) for (const input of report.fresh) keepInput(target.name, input);
  if (report.failure === undefined) {
    process.stdout.write(`${target.name.padEnd(32)} ${report.inputs} inputs, ${kinds}\n`);
    continue;
  }
  failed++;
  const path = keepInput(target.name, report.failure.input);
  process.stdout.write(
    `${target.name.padEnd(32)} FAILED after ${report.inputs} inputs: ${report.failure.flaw}\n  kept as ${path}\n`,
  );
}
process.stdout.write(`${total} inputs; ${targets.length - failed} targets passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a number from 0; is ${text}\n`);
  process.exit(2);
}
