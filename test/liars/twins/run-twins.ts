/**
 * Plays many scenarios of twins on all cores: `npm run twins -- --scenarios 5000 --seed 1`, or every small one: `--all`.
 * Ends with 1 where a scenario was unsafe or did not heal.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createProgress } from "../../../client/progress.ts";
import { playTwins } from "./play.ts";
import { allSmall, drawnScenario, type Scenario, smallCount } from "./scenario.ts";

/** What one core does: every `step`-th scenario from number `first` on. */
type Share = {
  readonly all: boolean;
  readonly seed: number;
  readonly scenarios: number;
  readonly first: number;
  readonly step: number;
  readonly minutes: number;
};
type News = { readonly played: number; readonly terms: number; readonly failure?: string };

if (isMainThread) await conduct();
else playShare(workerData as Share);

async function conduct(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenarios: { type: "string", default: "5000" },
      seed: { type: "string", default: "1" },
      minutes: { type: "string", default: "1000000" },
      all: { type: "boolean", default: false },
    },
  });
  const { all } = values;
  const scenarios = all ? smallCount : wholeNumber("scenarios", values.scenarios);
  const seed = wholeNumber("seed", values.seed);
  const minutes = minutesOf(values.minutes);
  const step = Math.min(availableParallelism(), Math.max(1, scenarios));
  const progress = createProgress(process.stderr, "scenarios", process.env.NO_COLOR);
  const started = performance.now();
  let played = 0;
  let terms = 0;
  const failures: string[] = [];
  const shares = Array.from({ length: step }, (_, first): Share => ({ all, seed, scenarios, first, step, minutes }));
  await Promise.all(
    shares.map((share) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: share });
      worker.on("message", (news: News) => {
        played += news.played;
        terms += news.terms;
        if (news.failure !== undefined) failures.push(news.failure);
        progress.update(played, scenarios);
      });
      return new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
    }),
  );
  progress.finish();
  const seconds = (performance.now() - started) / 1000;
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  const rate = Math.round(played / seconds);
  process.stdout.write(
    `${played - failures.length} scenarios passed, ${failures.length} failed: ${terms} terms, ${rate} scenarios/s\n`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

function* scenariosOf({ all, seed, scenarios }: Share): Generator<Scenario> {
  if (all) yield* allSmall();
  else for (let at = 0; at < scenarios; at++) yield drawnScenario(seed + at);
}

function playShare(share: Share): void {
  const endsAt = performance.now() + share.minutes * 60_000;
  let number = 0;
  let news = { played: 0, terms: 0 };
  for (const scenario of scenariosOf(share)) {
    if (number++ % share.step !== share.first) continue;
    if (performance.now() > endsAt) break;
    const { failure, terms } = playTwins(scenario);
    news = { played: news.played + 1, terms: news.terms + terms };
    if (failure !== undefined) {
      const text = `${failure.message}\n${JSON.stringify(scenario)}`;
      parentPort?.postMessage({ ...news, failure: text } satisfies News);
      news = { played: 0, terms: 0 };
      break;
    }
    if (news.played < 20) continue;
    parentPort?.postMessage(news satisfies News);
    news = { played: 0, terms: 0 };
  }
  parentPort?.postMessage(news satisfies News);
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
  process.stderr.write(`--${name} must be a whole number; is ${text}\n`);
  process.exit(2);
}
