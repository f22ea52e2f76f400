/** The simulator by hand: many schedules on all cores, one with its trace, or a saved run again. See docs/simulator.md. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createProgress } from "../../client/progress.ts";
import { markers } from "./markers.ts";
import { calm, type Options } from "./options.ts";
import { runMarkers } from "./run-markers.ts";
import { runOnCores, type Summary } from "./run-on-cores.ts";
import { readRun, replay, savedRunOf, saveRun } from "./saved-run.ts";
import { colourTrace, traceHead } from "./show-trace.ts";
import { kindOf, shrink } from "./shrink.ts";
import { type Failure, type Report, simulate } from "./simulation.ts";

const help = `Simulated schedules: whole clusters under faults, each from one seed.

  npm run sim -- [--schedules N] [--seed S] [--minutes M] [--nodes N] [--cores N] [--out DIR] [--no-shrink] [--markers]
  npm run sim -- --seed S [--nodes N] --trace
  npm run sim -- --replay FILE

  --schedules   how many, one seed each (1000; one where only --seed is given)
  --seed        the first seed (1)
  --minutes     begins no schedule after this time; without --schedules goes on until then
  --nodes       nodes of each cluster, 1 to 13; drawn from the seed unless given
  --cores       threads (all)
  --out         where a failure is saved once it is small (test/regressions)
  --no-shrink   says of a failure only its seed
  --markers     lists how often each rare event was reached
  --trace       prints each event of the first schedule: a column for each node
  --replay      runs a saved failure again, with its trace

Ends with 1 where an invariant broke, with 2 where the words above are not kept.
`;

const nodesMax = 13;
/** Seeds beyond it may not be whole numbers any more once some are counted on. */
const seedMax = 2 ** 52;
const shrinkMs = 60_000;
/** Failures of one kind are one failure: so many kinds are made small. */
const kindsMax = 3;

process.stdout.on("error", () => process.exit(0));
const values = readArguments();
if (values.help) {
  process.stdout.write(help);
} else if (values.replay !== undefined) {
  replayFile(values.replay);
} else if (values.trace) {
  traceOne(wholeNumber("seed", values.seed ?? "1", 0));
} else {
  await runMany();
}

function readArguments() {
  try {
    const { values: read } = parseArgs({
      options: {
        schedules: { type: "string" },
        seed: { type: "string" },
        minutes: { type: "string" },
        nodes: { type: "string" },
        cores: { type: "string" },
        out: { type: "string", default: fileURLToPath(new URL("../regressions", import.meta.url)) },
        "no-shrink": { type: "boolean", default: false },
        markers: { type: "boolean", default: false },
        trace: { type: "boolean", default: false },
        replay: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return read;
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    return refuse(`${line}; npm run sim -- --help lists the options`);
  }
}

async function runMany(): Promise<void> {
  const first = wholeNumber("seed", values.seed ?? "1", 0);
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : decimal("minutes", values.minutes);
  const unlimited = values.minutes === undefined ? 1000 : 2 ** 31 - 1024;
  const alone = values.seed !== undefined && values.minutes === undefined ? 1 : unlimited;
  const schedules = values.schedules === undefined ? alone : wholeNumber("schedules", values.schedules, 1);
  const cores = values.cores === undefined ? availableParallelism() : wholeNumber("cores", values.cores, 1);
  const interrupt = new AbortController();
  process.once("SIGINT", () => {
    interrupt.abort();
    process.stderr.write("\nends after the schedules that have begun; once more to end at once\n");
    process.once("SIGINT", () => process.exit(130));
  });
  const progress = createProgress(process.stderr, "schedules", process.env.NO_COLOR);
  const startedAt = performance.now();
  const summary = await runOnCores({
    first,
    schedules,
    options: chosenOptions(),
    cores,
    budgetMs: minutes * 60_000,
    signal: interrupt.signal,
    onProgress: ({ passed, failed }) => {
      const share = (performance.now() - startedAt) / (minutes * 60_000);
      const done = passed + failed;
      progress.update(
        done,
        schedules === unlimited && share > 0 ? Math.max(done, Math.round(done / share)) : schedules,
      );
    },
  });
  progress.finish();
  tell(summary, (performance.now() - startedAt) / 1000);
  if (!interrupt.signal.aborted && !values["no-shrink"]) saveFailures(summary);
  process.stdout.write(`${summary.passed} passed, ${summary.failed} failed\n`);
  if (interrupt.signal.aborted) process.exitCode = 130;
  else process.exitCode = summary.failed > 0 ? 1 : 0;
}

function tell(summary: Summary, seconds: number): void {
  for (const { seed, failure, real } of summary.failures) {
    process.stdout.write(`seed ${seed}: ${firstLine(failure)}${real ? " (on real signatures)" : ""}\n`);
    const nodes = values.nodes === undefined ? "" : ` --nodes ${values.nodes}`;
    process.stdout.write(`  see it: npm run sim -- --seed ${seed}${nodes} --trace\n`);
  }
  if (values.markers) {
    for (const marker of [...markers, ...runMarkers]) {
      process.stdout.write(`${String(summary.markers.get(marker) ?? 0).padStart(9)}  ${marker}\n`);
    }
  }
  const { deliveries, events, commands, crashes, ms, twice, real } = summary;
  process.stdout.write(
    `${deliveries} deliveries, ${events} events, ${commands} commands, ${crashes} crashes, ` +
      `${(ms / 60_000).toFixed(1)} virtual minutes in ${seconds.toFixed(1)} s; ${twice} run twice, ${real} on Ed25519\n`,
  );
}

/** Makes the first failure of each kind small, and saves it. */
function saveFailures({ failures }: Summary): void {
  const kinds = new Set<string>();
  for (const { seed, failure } of failures) {
    if (failure === undefined || kinds.has(kindOf(failure)) || kinds.size === kindsMax) continue;
    kinds.add(kindOf(failure));
    const progress = createProgress(process.stderr, "ms of shrinking", process.env.NO_COLOR);
    const onProgress = (doneMs: number): void => progress.update(Math.round(doneMs), shrinkMs);
    const small = shrink({ seed, options: chosenOptions(), budgetMs: shrinkMs, simulate, onProgress });
    progress.finish();
    if (small === undefined) {
      process.stdout.write(`seed ${seed} does not break again on ideal signatures: nothing is saved\n`);
      continue;
    }
    const file = saveRun(
      values.out,
      `${slug(failure.invariant)}-${seed}`,
      savedRunOf(small, "nobody", firstLine(failure)),
    );
    process.stdout.write(`seed ${seed} is now ${small.events} events long: npm run sim -- --replay ${file}\n`);
  }
}

function traceOne(seed: number): void {
  const report = simulate({ seed, options: chosenOptions(), trace: printer() });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  conclude(report);
}

function replayFile(file: string): void {
  const read = readRun(file);
  if (!read.ok) refuse(read.reason);
  const { saved } = read;
  process.stdout.write(`${saved.about}\nbroke ${saved.invariant} when it was found: ${saved.message}\n\n`);
  process.stdout.write(`${traceHead(saved.options.nodes ?? calm.nodes)}\n`);
  const report = replay(saved, { trace: printer() });
  const same = report.traceHash === saved.traceHash ? "the same" : "another";
  process.stdout.write(`\n${report.events} events, ${same} trace as when it was found\n`);
  conclude(report);
}

function conclude({ failure }: Report): void {
  process.stdout.write(failure === undefined ? "1 passed, 0 failed\n" : `${failure.message}\n0 passed, 1 failed\n`);
  process.exitCode = failure === undefined ? 0 : 1;
}

function printer(): (line: string) => void {
  const colour = process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "";
  return (line) => process.stdout.write(`${colourTrace(line, colour)}\n`);
}

function chosenOptions(): Partial<Options> {
  return values.nodes === undefined ? {} : { nodes: wholeNumber("nodes", values.nodes, 1, nodesMax) };
}

function firstLine(failure: Failure | undefined): string {
  return failure?.message.split("\n")[0] ?? "";
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/\W+/g, "-");
}

function wholeNumber(name: string, text: string, least: number, most = seedMax): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  return refuse(`--${name} must be a whole number from ${least}${most < seedMax ? ` to ${most}` : ""}; is ${text}`);
}

function decimal(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  return refuse(`--${name} must be a number above 0; is ${text}`);
}

function refuse(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
