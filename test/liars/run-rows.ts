/** Runs the liars by hand: `npm run liars -- --rounds 100 --seed 1`, or one with its trace: `--row B01 --nodes 7 --seed 3 --trace`. */
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { loadEngine } from "../../pools/engine.ts";
import { perform } from "./perform.ts";
import { rows } from "./registry.ts";
import { runRow } from "./run-row.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    row: { type: "string" },
    nodes: { type: "string" },
    minutes: { type: "string", default: "1000000" },
    trace: { type: "boolean", default: false },
  },
});
const seed = wholeNumber("seed", values.seed);
const rounds = wholeNumber("rounds", values.rounds);
const endsAt = performance.now() + minutesOf(values.minutes) * 60_000;
const chosen = rows.filter(({ id }) => values.row === undefined || values.row === id);
if (chosen.length === 0) refuse(`--row must be one of ${rows.map(({ id }) => id).join(" ")}; is ${values.row}`);

if (values.trace) await traceOne();
else await runAll();

async function traceOne(): Promise<void> {
  const [row] = chosen;
  if (values.row === undefined || row?.how !== "simulator") refuse("--trace needs --row with a row of the simulator's");
  const nodes = wholeNumber("nodes", values.nodes ?? String(row.nodes[0]));
  const engine = await loadEngine("sodium");
  const trace = (line: string): void => void process.stdout.write(`${line}\n`);
  const { report, told } = perform(row, { nodes, seed, engine, trace });
  process.stdout.write(`${JSON.stringify({ ...report, told: Object.fromEntries(told) })}\n`);
  process.exitCode = report.failure === undefined ? 0 : 1;
}

async function runAll(): Promise<void> {
  const progress = createProgress(process.stderr, "rows", process.env.NO_COLOR);
  let schedules = 0;
  let done = 0;
  let untoldCount = 0;
  for (let round = 0; round < rounds && performance.now() < endsAt; round++) {
    for (const row of chosen) {
      const result = await runRow(row, seed + round, 1);
      schedules += result.schedules;
      done++;
      // Under other seeds than the tests' a liar may find no occasion for its lie.
      const untold = /the lie was not told|was done in no run/.test(result.failure ?? "");
      if (untold) untoldCount++;
      if (result.failure !== undefined && !untold) {
        progress.finish();
        process.stderr.write(`${result.failure}\n`);
        process.exit(1);
      }
      progress.update(done, rounds * chosen.length);
    }
  }
  progress.finish();
  const untold = untoldCount === 0 ? "" : `; ${untoldCount} times a lie found no occasion`;
  process.stdout.write(`${schedules} schedules of ${chosen.length} rows: all was observed as it must be${untold}\n`);
}

function minutesOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0) return value;
  process.stderr.write(`--minutes must be a number; is ${text}\n`);
  process.exit(2);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  return refuse(`--${name} must be a whole number; is ${text}`);
}

function refuse(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
