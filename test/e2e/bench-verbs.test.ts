/** Each verb of `juno bench` in its quickest form, as a process: its files are read back, and their figures make sense together. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Verdict } from "../../bench/judge.ts";
import type { RunFile } from "../../bench/run-file.ts";
import { things, threadNames } from "../../bench/scaling-model.ts";
import { limitName, placeName, predictedFor, sites } from "../../bench/scaling-places.ts";
import type { Row } from "../../bench/series.ts";
import type { Setup } from "../../bench/setup.ts";
import { type BenchFolders, benchFolders, processesOf, runBench } from "./bench-process.ts";
import { oneOf, readRunFile, rowsOf } from "./bench-run-file.ts";

const bounds = new URL("../../bench/bounds.json", import.meta.url);

/** Runs a verb to its good end; what it prints as JSON is what it has written. */
async function measured(
  t: ExecutionContext,
  line: string,
  {
    folders = benchFolders(t),
    pictures,
  }: { readonly folders?: BenchFolders; readonly pictures?: readonly string[] } = {},
): Promise<RunFile> {
  const [verb = "", ...flags] = line.split(" ");
  const { code, stdout, stderr } = await runBench(folders, [verb, ...flags, "--json", "--out", folders.out]);
  t.is(code, 0, stderr);
  const file = readRunFile(t, folders.out, verb, pictures ?? [verb]);
  t.deepEqual(JSON.parse(stdout), file);
  t.true(stderr.includes(join(folders.out, `${verb}.json`)), "says what it wrote");
  leftNothing(t, folders);
  return file;
}

function leftNothing(t: ExecutionContext, folders: BenchFolders): void {
  t.deepEqual(readdirSync(folders.temporary), []);
  if (existsSync("/proc/self/environ")) t.deepEqual(processesOf(folders), []);
}

/** Values by x. */
function valuesOf(rows: readonly Row[], metric: string, series?: string): [x: number | string, value: number][] {
  return rowsOf(rows, metric, series).map(({ x, value }) => [x, value]);
}

function isNear(t: ExecutionContext, value: number, expected: number, of = 1e-9): void {
  t.true(Math.abs(value - expected) <= of * Math.abs(expected), `${value} is not ${expected}`);
}

test.serial("first, and a comparison of its runs", async (t) => {
  const folders = benchFolders(t);
  const { rows, settings, summary } = await measured(t, "first --nodes 1 --commands 50 --runs 2", { folders });
  t.like(settings, { nodes: 1, commands: 50, runs: 2, alone: 50 });
  t.true(rows.every(({ value }) => value > 0));
  t.deepEqual(
    summary.map(({ metric, runs }) => `${metric}: ${runs}`),
    [
      "batch test:50: 2",
      "many test:50: 2",
      "one command at a time, p50: 2",
      "one command at a time, p99: 2",
      "CPU of all nodes, batch: 2",
      "CPU of all nodes, many: 2",
      "CPU of all nodes, one at a time: 2",
    ],
  );
  const p99 = rowsOf(rows, "one command at a time, p99");
  t.true(rowsOf(rows, "one command at a time, p50").every(({ value }, run) => value <= (p99[run]?.value ?? 0)));

  const same = await runBench(folders, ["compare", folders.out, join(folders.out, "first.json")]);
  t.is(same.code, 0, same.stderr);
  t.is(same.stdout.match(/ 1\.00 x/g)?.length, summary.length);
  t.notRegex(same.stdout, /Warning|apart {2}/);
  const foreign = new URL("../../docs/benchmarks/micro.json", import.meta.url).pathname;
  const other = await runBench(folders, ["compare", folders.out, foreign]);
  t.is(other.code, 2);
  t.regex(other.stderr, /is of first, .*micro\.json of micro/);
});

test.serial("throughput", async (t) => {
  const { rows } = await measured(t, "throughput --nodes 1 --commands 50 --runs 1");
  for (const series of ["client batching (batch test)", "leader batching (many test)"]) {
    t.true(oneOf(rows, "throughput", series) > 0 && oneOf(rows, "CPU per command and node", series) > 0);
    t.true(oneOf(rows, "latency p50 in the flood", series) <= oneOf(rows, "latency p99 in the flood", series));
  }
  t.is(rows.length, 8);
});

test.serial("cores", async (t) => {
  const folders = benchFolders(t);
  const cores = Math.min(2, availableParallelism());
  const line = `cores --nodes 1 --cores ${cores} --commands 50 --runs 1 --seconds 1`;
  const probe = await runBench(folders, ["cores", "--cores", "1025"]);
  if (existsSync("/proc/self/status") && !probe.stderr.includes("skipped")) {
    const { rows, settings } = await measured(t, line, { folders });
    t.like(settings, { nodes: 1, cores: [cores], commands: 50, seconds: 1, runs: 1 });
    const series = ["verifier pool", "independent processes", "1 nodes, client batching", "1 nodes, leader batching"];
    for (const one of series) {
      t.true(oneOf(rows, "rate", one) > 0);
      t.is(oneOf(rows, "speed-up", one), 1, "against the fewest cores");
    }
    for (const one of series.slice(0, 2)) {
      // A core checks no more than the processor time of a signature leaves room for.
      const cpuUs = oneOf(rows, "CPU per signature", one);
      t.true(cpuUs > 0 && oneOf(rows, "rate", one) <= ((1_000_000 * cores) / cpuUs) * 1.02);
    }
    const [poolUs = 0, aloneUs = 0] = series.slice(0, 2).map((one) => oneOf(rows, "CPU per signature", one));
    t.true(poolUs < 2 * aloneUs, `${poolUs} µs in the pool and ${aloneUs} alone: the same checks`);
    const ratio = oneOf(rows, "rate", "verifier pool") / oneOf(rows, "rate", "independent processes");
    isNear(t, oneOf(rows, "rate / independent processes"), ratio);
  }
});

test.serial("flood", async (t) => {
  const { rows, samples, settings } = await measured(t, "flood --nodes 1 --commands 500 --runs 1 --every 50");
  t.like(settings, { nodes: 1, commands: 500, runs: 1, every: 50, batched: false });
  t.true(oneOf(rows, "throughput") > 0 && oneOf(rows, "latency p50") <= oneOf(rows, "latency p99"));
  const memory = rowsOf(samples, "memory", "largest node");
  t.is(oneOf(rows, "greatest memory of a node"), Math.max(...memory.map(({ value }) => value)));
  // What was committed from one look to the next comes to the flood at most; the clock of the samples has whole milliseconds.
  const times = memory.map(({ x }) => Number(x));
  const committed = samples
    .filter(({ metric }) => metric === "throughput")
    .reduce((sum, { x, value }) => {
      const before = times[times.indexOf(Number(x)) - 1] ?? Number(x);
      return sum + (value * (Number(x) - before)) / 1000;
    }, 0);
  t.true(committed > 0 && committed < 500 * 1.1, `${committed} of 500 committed`);
});

// These two wait most of their time, and do so side by side.
test("latency", async (t) => {
  const line = "latency --nodes 1 --rates 50,100 --seconds 1 --runs 1";
  const { rows, samples } = await measured(t, line, { pictures: ["latency", "latency-percentiles"] });
  for (const rate of [50, 100]) {
    const at = rows.filter(({ x }) => x === rate);
    const percentiles = ["p50", "p90", "p99", "p99.9", "max"].map((name) => oneOf(at, "latency", name));
    t.deepEqual(
      percentiles,
      [...percentiles].sort((a, b) => a - b),
    );
    t.is(oneOf(at, "unanswered"), 0);
    const answered = oneOf(at, "answered");
    t.true(answered > 0 && answered < 2 * rate, `${answered} of ${rate} a second answered`);
    const curve = rowsOf(samples, "percentile curve", `${rate}/s`).map(({ value }) => value);
    t.deepEqual(
      curve,
      [...curve].sort((a, b) => a - b),
    );
    isNear(t, curve.at(-1) ?? 0, oneOf(at, "latency", "max"), 0.01);
  }
});

test("recovery", async (t) => {
  const { rows, samples, settings } = await measured(t, "recovery --quick --rate 50");
  const gap = oneOf(rows, "gap from the kill to the next commit");
  t.true(gap > 0 && gap <= oneOf(rows, "longest silence") + 1000, `gap ${gap}`);
  t.true(oneOf(rows, "longest wait of a command") > 0);
  const bins = valuesOf(samples, "throughput");
  t.true(
    bins.every(([x], i) => i === 0 || Number(x) === Number(bins[i - 1]?.[0]) + 50),
    "no bin is missing",
  );
  const seconds = Number(settings.secondsBefore) + Number(settings.secondsAfter);
  isNear(
    t,
    bins.reduce((sum, [, value]) => sum + value / 20, 0),
    50 * seconds,
  );
});

test.serial("micro", async (t) => {
  const { rows, settings } = await measured(t, "micro --engine sodium --sizes 1,8 --ms 5 --runs 1");
  t.deepEqual(settings.engines, ["sodium"]);
  t.deepEqual(
    valuesOf(rows, "signatures checked", "sodium").map(([x]) => x),
    [1, 8],
  );
  t.true(rows.every(({ value, unit }) => value > 0 && (unit === "µs" || unit === "1/s" || unit === "signatures/s")));
  for (const part of [
    "encode a command",
    "store: append and sync a command",
    "mailbox hop between threads, one mail",
  ]) {
    t.true(oneOf(rows, part) > 0);
  }
});

test.serial("scaling", async (t) => {
  const { rows } = await measured(t, "scaling --quick");
  for (const thread of threadNames) {
    t.deepEqual(
      valuesOf(rows, "fitted processor time", thread).map(([x]) => x),
      [...things],
    );
  }
  t.true(rowsOf(rows, "fitted / measured").every(({ value }) => value > 0));
  t.true(
    rowsOf(rows, "message bytes").every(({ value }) => value > 64),
    "each has a signature in it",
  );
  // What is predicted is the lowest of its limits.
  const names = ["processors", "verifying threads", "the leader's uplink", "window of batches", "thread "];
  for (const cores of predictedFor.cores) {
    for (const gigabits of predictedFor.gigabits) {
      const place = placeName(cores, gigabits);
      for (const { site } of sites) {
        const limits = names.map((name) => new Map(valuesOf(rows, "limit", limitName(name, place, site))));
        for (const [nodes, value] of valuesOf(rows, `predicted throughput, ${site}`, place)) {
          t.is(value, Math.min(...limits.map((limit) => limit.get(nodes) ?? Number.NaN)));
        }
      }
    }
  }
});

test.serial("hopper", async (t) => {
  const { rows, settings } = await measured(t, "hopper --quick --accounts 100,1000");
  t.like(settings, { accounts: [100, 1000], runs: 2 });
  for (const metric of ["transfers by processor time", "transfers in the fastest block"]) {
    for (const evaluator of ["compiled", "reference"]) {
      const found = valuesOf(rows, metric, evaluator);
      t.deepEqual(
        found.map(([accounts]) => accounts),
        [100, 100, 1000, 1000],
      );
      t.true(found.every(([, value]) => value > 0 && Number.isFinite(value)));
    }
  }
});

test.serial("check ends with 1 where a ratio leaves its bounds, and names it alone", async (t) => {
  const folders = benchFolders(t);
  const names = Object.keys(JSON.parse(readFileSync(bounds, "utf8")));
  const broken = "batched / one at a time";
  const wide = names.map((name) => [name, { [name === broken ? "max" : "min"]: 0, why: `of ${name}` }] as const);
  const own = join(folders.temporary, "..", "bounds.json");
  writeFileSync(own, JSON.stringify(Object.fromEntries(wide)));
  const flags = ["--quick", "--runs", "1", "--commands", "100", "--json", "--bounds", own];
  const { code, stdout, stderr } = await runBench(folders, ["check", ...flags]);
  t.is(code, 1, stderr);
  const { setup, verdicts }: { readonly setup: Setup; readonly verdicts: readonly Verdict[] } = JSON.parse(stdout);
  t.is(setup.node, process.version);
  t.deepEqual(verdicts.map(({ ratio }) => ratio.name).sort(), names.sort());
  t.deepEqual(
    verdicts.filter(({ kept }) => !kept).map(({ ratio }) => ratio.name),
    [broken],
  );
  const told = verdicts.flatMap(({ ratio }) => ("median" in ratio ? [ratio] : []));
  t.true(told.length >= 6);
  for (const { name, median, min, max } of told) t.true(min > 0 && min <= median && median <= max, name);
  leftNothing(t, folders);
});
