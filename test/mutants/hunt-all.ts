/** Hunts mutants by hand, on all cores: `npm run mutants`, or `--only two-votes --schedules 2000 --write`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { allMutants } from "./catalogue/all.ts";
import { type Hunted, hunt, seedsFrom } from "./hunt.ts";
import { writeResults } from "./results.ts";

const help = `Breaks one rule after the other, and counts the simulated schedules until that is noticed.

  npm run mutants -- [--only NAME] [--schedules N] [--from SEED] [--write]

  --only       mutants whose name has this in it
  --schedules  schedules for each at most (2000)
  --from       the first seed (1)
  --write      writes test/mutants/caught.json and docs/mutants.md

Ends with 1 where a mutant got away.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    schedules: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const schedules = Number(values.schedules);
const from = Number(values.from);
if (values.help || !Number.isInteger(schedules) || !Number.isInteger(from)) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}
const mutants = allMutants.filter(({ name }) => name.includes(values.only));
if (process.send === undefined) await lead();
else process.on("message", (place) => void work(Number(place)));

/** Hands out one mutant after the other to a process for each core. */
async function lead(): Promise<void> {
  const progress = createProgress(process.stderr, "mutants", process.env.NO_COLOR);
  const results: Hunted[] = [];
  let next = 0;
  const runWorker = async (): Promise<void> => {
    const worker = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
    const ended = once(worker, "exit");
    const hand = (): void => {
      if (next < mutants.length) worker.send(next++);
      else worker.disconnect();
    };
    worker.on("message", (hunted: Hunted) => {
      results.push(hunted);
      progress.update(results.length, mutants.length);
      hand();
    });
    hand();
    await ended;
  };
  const workers = Math.min(availableParallelism(), mutants.length);
  await Promise.all(Array.from({ length: workers }, runWorker));
  progress.finish();
  const order = new Map(mutants.map(({ name }, place) => [name, place]));
  results.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  for (const { name, schedules: tried, caught } of results) {
    const end =
      caught === undefined
        ? `GOT AWAY (${tried} schedules)`
        : `${tried} schedules, seed ${caught.seed}: ${caught.invariant}`;
    process.stdout.write(`${name.padEnd(34)} ${end}\n`);
  }
  if (values.write) writeResults(results);
  const away = mutants.length - results.filter(({ caught }) => caught !== undefined).length;
  process.stdout.write(`${mutants.length - away} caught, ${away} got away\n`);
  process.exitCode = away > 0 ? 1 : 0;
}

async function work(place: number): Promise<void> {
  const mutant = mutants[place];
  if (mutant !== undefined) process.send?.(await hunt(mutant, seedsFrom(from, schedules)));
}
