/** What stands around a run: the poison, the shrinker, saved files, the threads, the words of the command line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { Durable } from "../../wire/durable.ts";
import type { Term } from "../../wire/types.ts";
import { type Adversary, nobody } from "./adversary.ts";
import { calm } from "./options.ts";
import { runOnCores } from "./run-on-cores.ts";
import { differing } from "./run-seed.ts";
import { readRun, savedRunOf, saveRun } from "./saved-run.ts";
import { kindOf, shrink } from "./shrink.ts";
import { type Run, simulate } from "./simulation.ts";
import { replayTape, seededTape, unpackStreams } from "./tape.ts";

const forgetTerm = (durable: Durable): Durable => ({ ...durable, term: 0 as Term, vote: undefined });
const rough = { ...calm, crashEveryMs: 300, loss: 0.05, commands: 4, faultMs: 1_200 };
const program = fileURLToPath(new URL("./sim.ts", import.meta.url));

function failingSeed(run: Omit<Run, "seed">): number {
  for (let seed = 1; seed <= 300; seed++) if (simulate({ ...run, seed }).failure !== undefined) return seed;
  throw new Error("no seed breaks anything");
}

test("a failing run is made small, saved, read, and breaks the same invariant on the same trace", (t) => {
  const seed = failingSeed({ options: rough, remember: forgetTerm });
  const tape = seededTape(seed, true);
  const first = simulate({ seed, options: rough, remember: forgetTerm, tape });
  const small = shrink({ seed, options: rough, rest: { remember: forgetTerm }, budgetMs: 4_000, simulate });
  if (small === undefined || first.failure === undefined) {
    t.fail("the run does not break twice");
    return;
  }
  t.is(kindOf(small.failure), kindOf(first.failure));
  const drawn = (streams: Readonly<Record<string, readonly number[]>>): number => Object.values(streams).flat().length;
  t.true(drawn(small.streams) < drawn(tape.recorded()) / 2);
  const folder = mkdtempSync(path.join(tmpdir(), "juno-sim-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const read = readRun(saveRun(folder, "forgets", savedRunOf(small, "nobody", "A node forgets its term.")));
  if (!read.ok) {
    t.fail(read.reason);
    return;
  }
  const { saved } = read;
  const options = { ...calm, ...saved.options };
  const fromFile = replayTape(unpackStreams(saved.tape));
  const again = simulate({ seed, options, tape: fromFile, remember: forgetTerm });
  t.is(again.traceHash, saved.traceHash);
  t.is(again.failure?.invariant, saved.invariant);
  // With the rule in its place the same tape breaks nothing.
  t.is(simulate({ seed, options, tape: replayTape(unpackStreams(saved.tape)) }).failure, undefined);
});

test("a file that is no saved run is refused with a reason", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "juno-sim-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "x.json");
  t.like(readRun(file), { ok: false, reason: `${file} cannot be read` });
  writeFileSync(file, "{");
  t.like(readRun(file), { ok: false, reason: `${file} is not JSON` });
  writeFileSync(file, '{"version":2}');
  t.like(readRun(file), { ok: false, reason: `${file} is not a saved run of version 1` });
});

test("a run that asks the clock, chance or a timer is stopped, and they are back after it", (t) => {
  const asks: readonly (() => unknown)[] = [
    () => Date.now(),
    () => new Date(),
    () => Math.random(),
    () => performance.now(),
    () => setTimeout(() => undefined, 1),
    () => process.hrtime.bigint(),
    () => crypto.getRandomValues(new Uint8Array(1)),
  ];
  for (const ask of asks) {
    const asking: Adversary = {
      ...nobody,
      start: () => {
        ask();
        return {};
      },
    };
    t.throws(() => simulate({ seed: 1, adversary: asking }), { message: /is asked for in a simulated run/ });
    t.notThrows(ask);
  }
});

test("two runs that differ are a failure", (t) => {
  const one = simulate({ seed: 1, options: calm });
  t.is(differing(one, simulate({ seed: 1, options: calm })), undefined);
  t.is(differing(one, simulate({ seed: 2, options: calm }))?.invariant, "Determinism");
});

test("threads run each seed once", async (t) => {
  const { signal } = new AbortController();
  const options = { ...calm, commands: 2, faultMs: 300 };
  const onProgress = (): void => undefined;
  const budgetMs = Number.POSITIVE_INFINITY;
  const summary = await runOnCores({ first: 20, schedules: 9, options, cores: 2, budgetMs, signal, onProgress });
  t.like(summary, { passed: 9, failed: 0, twice: 1, real: 0 });
});

test("words that are not known, and numbers that are none, are refused in a line", (t) => {
  for (const [words, line] of [
    [["--schedle", "3"], /^Unknown option '--schedle'; npm run sim -- --help lists the options\n$/],
    [["--nodes", "14"], /^--nodes must be a whole number from 1 to 13; is 14\n$/],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
    t.is(status, 2);
    t.regex(stderr, line);
  }
});
