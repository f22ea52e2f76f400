/** Explores by hand: `npm run model -- --states 5000000`, or `--only liar --minutes 10 --seed 7`. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { configurations } from "./configurations.ts";
import { explore } from "./explore.ts";
import { replay, shorten } from "./replay.ts";

const help = `Explores the consensus core, move by move.

  npm run model -- [--only NAME] [--states N] [--minutes M] [--depth D] [--seed S]

  --only     one configuration: ${configurations.map(({ name }) => name).join(", ")}
  --states   distinct worlds of each (5000000)
  --minutes  ends each after this time in any case
  --depth    moves in a row at most (60)
  --seed     another order (1)
  --out      file for the counterexample, shortened (model-counterexample.json)
  --replay   plays such a file again, ends with 1 where an invariant breaks, 2 where a move is no more

Ends with 1 where an invariant breaks, or a goal is not reached.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    states: { type: "string", default: "5000000" },
    minutes: { type: "string", default: "1000000" },
    depth: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "model-counterexample.json" },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [states, minutes, depth, seed] = [values.states, values.minutes, values.depth, values.seed].map(Number);
const sound = [states, minutes, depth, seed].every((one) => one !== undefined && Number.isFinite(one) && one > 0);
if (
  values.help ||
  !sound ||
  states === undefined ||
  minutes === undefined ||
  depth === undefined ||
  seed === undefined
) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}

if (values.replay !== undefined) process.exit(replayFile(values.replay));

let passed = 0;
let failed = 0;
for (const { name, about, bounds, goals, moreGoals } of configurations.filter((one) =>
  one.name.includes(values.only),
)) {
  process.stdout.write(`${name}: ${about}\n`);
  const progress = createProgress(process.stderr, "worlds", process.env.NO_COLOR);
  const started = performance.now();
  const found = explore({
    bounds,
    statesMax: states,
    depthMax: depth,
    seed,
    until: started + minutes * 60_000,
    restartEvery: 1500,
    onProgress: (distinct) => progress.update(distinct, states),
  });
  progress.finish();
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `  ${found.distinct} distinct worlds, ${found.moves} moves, depth ${found.depth}, ${seconds.toFixed(0)} s${found.complete ? ", all there are" : ""}\n`,
  );
  for (const goal of [...goals, ...moreGoals]) {
    const times = found.goals.get(goal) ?? 0;
    if (times === 0) failed++;
    else passed++;
    process.stdout.write(`  ${times === 0 ? "NOT REACHED" : `${times} times`}: ${goal}\n`);
  }
  if (found.counterexample === undefined) {
    passed++;
    continue;
  }
  failed++;
  const path = shorten(bounds, found.counterexample.path);
  tell(found.counterexample.flaw, path);
  writeFileSync(values.out, `${JSON.stringify({ configuration: name, path }, null, 1)}\n`);
  process.stdout.write(`  again: npm run model -- --replay ${values.out}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(flaw: string, path: readonly string[]): void {
  process.stdout.write(`  BROKEN: ${flaw}\n${path.map((step, i) => `  ${i + 1}. ${step}\n`).join("")}`);
}

function replayFile(file: string): number {
  const saved: { configuration: string; path: string[] } = JSON.parse(readFileSync(file, "utf8"));
  const configuration = configurations.find(({ name }) => name === saved.configuration);
  if (configuration === undefined) throw new Error(`${file}: there is no configuration "${saved.configuration}"`);
  const { flaw, played, stuckAt } = replay(configuration.bounds, saved.path);
  if (flaw !== undefined) tell(flaw, played);
  else if (stuckAt === undefined) process.stdout.write(`${played.length} moves, every invariant holds\n`);
  else process.stdout.write(`no such move any more after ${played.length} of them: ${stuckAt}\n`);
  if (flaw !== undefined) return 1;
  return stuckAt === undefined ? 0 : 2;
}
