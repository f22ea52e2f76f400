import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { rowsOf } from "../../bench/cores.ts";
import { coreCounts, processorsOf } from "../../bench/cpu-mask.ts";
import { listIn } from "../../bench/flags.ts";
import { judge, type Ratio, readBounds, renderVerdicts } from "../../bench/judge.ts";

const spread = (name: string, median: number): Ratio => ({ name, median, min: median, max: median });
const bounds = { a: { min: 2, why: "a must be fast" }, b: { max: 4, why: "b must be small" } };

test("a ratio inside its bounds passes, at the bound too; outside it fails by its name", (t) => {
  const kept = (a: number, b: number) => judge([spread("a", a), spread("b", b)], bounds).map((one) => one.kept);
  t.deepEqual(kept(2, 4), [true, true]);
  t.deepEqual(kept(1.99, 4), [false, true]);
  t.deepEqual(kept(2, 4.01), [true, false]);
  t.deepEqual(kept(Number.NaN, 4), [false, true]);
  const text = renderVerdicts(judge([spread("a", 1.5), spread("b", 3)], bounds));
  t.regex(text, /^a +1\.50 +1\.50 +1\.50 +>= 2 +FAILED$/m);
  t.regex(text, /^b +3\.00 +3\.00 +3\.00 +<= 4 +ok$/m);
  t.true(text.includes("FAILED: a is not >= 2: a must be fast"));
});

test("what cannot be measured here is skipped, and says why", (t) => {
  const verdicts = judge([{ name: "a", skipped: "no such engine" }], bounds);
  t.true(verdicts[0]?.kept);
  t.true(renderVerdicts(verdicts).includes("skipped: no such engine"));
});

test("a ratio without a bound is a mistake of ours", (t) => {
  t.throws(() => judge([spread("c", 1)], bounds), { message: /no bound for c/ });
});

test("the stored bounds are in order, and a wrong file is told with its name", (t) => {
  const stored = readBounds(new URL("../../bench/bounds.json", import.meta.url));
  t.true(stored.ok && Object.keys(stored.value).length >= 6);
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "bounds.json");
  for (const text of ['{"a": {"why": "no bound at all"}}', '{"a": {"min": "2", "why": "x"}}', "{"]) {
    writeFileSync(file, text);
    const read = readBounds(file);
    t.true(!read.ok && read.reason.startsWith(file), text);
  }
  t.false(readBounds(join(folder, "none")).ok);
});

test("lists of processors and of counts", (t) => {
  t.deepEqual(processorsOf("0-2,6"), [0, 1, 2, 6]);
  t.deepEqual(processorsOf("5"), [5]);
  t.throws(() => processorsOf("x"), { instanceOf: RangeError });
  t.deepEqual(coreCounts(2), [1, 2]);
  t.deepEqual(coreCounts(12), [1, 2, 3, 4, 8, 12]);
  t.deepEqual(listIn(1, 32)("4, 7,10"), [4, 7, 10]);
  for (const text of ["", "4,", "4,4", "0", "33", "a"]) t.throws(() => listIn(1, 32)(text), undefined, text);
});

test("speed-up counts against the fewest cores of the same run", (t) => {
  const figure = (value: number) => [{ series: "pool", unit: "signatures/s", value }];
  const rows = rowsOf(
    new Map([
      [2, figure(190)],
      [1, figure(100)],
    ]),
    3,
  );
  t.deepEqual(
    rows.map(({ x, metric, value, run }) => [x, metric, value, run]),
    [
      [1, "rate", 100, 3],
      [1, "speed-up", 1, 3],
      [2, "rate", 190, 3],
      [2, "speed-up", 1.9, 3],
    ],
  );
});

test("the pool is held against as many independent processes of the same run", (t) => {
  const figures = (pool: number, alone: number) => [
    { series: "independent processes", unit: "signatures/s", value: alone },
    { series: "verifier pool", unit: "signatures/s", value: pool, cpuUs: 11.5 },
  ];
  const rows = rowsOf(
    new Map([
      [1, figures(95, 100)],
      [2, figures(171, 180)],
    ]),
    1,
  );
  const told = rows.filter(({ x }) => x === 2).map(({ series, metric, value }) => `${series}: ${metric} ${value}`);
  t.deepEqual(told, [
    "independent processes: rate 180",
    "independent processes: speed-up 1.8",
    "verifier pool: rate 171",
    "verifier pool: speed-up 1.8",
    "verifier pool: CPU per signature 11.5",
    "verifier pool: rate / independent processes 0.95",
  ]);
});
