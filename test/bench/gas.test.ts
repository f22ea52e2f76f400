/** `juno bench gas`: every entry of the cost table is measured, and what is far above the rest is marked. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { gasBenchmark, outliers } from "../../bench/gas.ts";
import { gasCases } from "../../bench/gas-cases.ts";
import { runnerOf } from "../../bench/gas-price.ts";
import type { Row } from "../../bench/series.ts";
import { summarize } from "../../bench/series.ts";
import { costTable } from "../../hopper/ir/cost-table.ts";
import { runJuno } from "../client/juno-process.ts";
import { sampleRun } from "./sample-run.ts";

test("its quick form measures every entry of the cost table and leaves its files", async (t) => {
  const out = mkdtempSync(join(tmpdir(), "juno-gas-test-"));
  t.teardown(() => rmSync(out, { recursive: true, force: true }));
  const { code, stdout, stderr } = await runJuno(["bench", "gas", "--quick", "--gas", "10000", "--json", "--out", out]);
  t.is(code, 0, stderr);
  const file = JSON.parse(stdout);
  t.deepEqual(JSON.parse(readFileSync(join(out, "gas.json"), "utf8")), file);
  t.true(readdirSync(out).includes("gas.csv"));
  const measured = new Set(file.rows.map(({ series }: Row) => series.split(":")[0]));
  t.deepEqual([...measured].sort(), Object.keys(costTable).sort());
  t.is(file.rows.length, gasCases.length);
  t.true(file.rows.every(({ value, unit }: Row) => Number.isFinite(value) && value >= 0 && unit === "ns/gas"));
});

test("each case pays for its rounds, the same again for as many more", (t) => {
  for (const one of gasCases) {
    const run = runnerOf(one);
    const [none, two, four] = [0, 2, 4].map((rounds) => run(rounds).gas);
    const [first, next] = [(two ?? 0) - (none ?? 0), (four ?? 0) - (two ?? 0)];
    t.true(first > 0, one.name);
    t.true(next > 0.5 * first && next < 2.5 * first, `${one.name}: ${first}, then ${next}`);
  }
});

test("what is more than four times the median is marked, in the picture too, worst first", (t) => {
  // The median is 11, so what is above 44 is marked.
  const rows = [10, 45, 11, 9, 60, 44, 10].map((value, i): Row => {
    return { series: `add: ${i}`, xName: "", x: "", run: 1, metric: "processor time", unit: "ns/gas", value };
  });
  t.deepEqual(
    outliers(summarize(rows)).map(({ series }) => series),
    ["add: 4", "add: 1"],
  );
  const [picture] = gasBenchmark.pictures(sampleRun("gas", { rows }));
  t.regex(JSON.stringify(picture?.spec), /Above 4 times the median: underpriced/);
});
