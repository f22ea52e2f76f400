/** Explores by hand: `npm run model -- --states 5000000`, or `--only liar --minutes 10 --seed 7`. */
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { configurations } from "./configurations.ts";
import { explore } from "./explore.ts";

const help = `Explores the consensus core, move by move.

  npm run model -- [--only NAME] [--states N] [--minutes M] [--depth D] [--seed S]

  --only     one configuration: ${configurations.map(({ name }) => name).join(", ")}
  --states   distinct worlds of each (5000000)
  --minutes  ends each after this time in any case
  --depth    moves in a row at most (60)
  --seed     another order (1)

Ends with 1 where an invariant breaks, or a goal is not reached.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    states: { type: "string", default: "5000000" },
    minutes: { type: "string", default: "1000000" },
    depth: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
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
    process.stdout.write(`  ${times === 0 ? "NOT REACHED" : `${times} times`}: ${goal}\n`);
  }
  if (found.counterexample === undefined) continue;
  failed++;
  process.stdout.write(
    `  BROKEN: ${found.counterexample.flaw}\n${found.counterexample.path.map((step) => `    ${step}\n`).join("")}`,
  );
}
process.stdout.write(failed === 0 ? "every invariant held, every goal was reached\n" : `${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
