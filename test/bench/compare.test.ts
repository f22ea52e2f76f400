import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { compareSummaries } from "../../bench/compare.ts";
import { renderJson } from "../../bench/run-file.ts";
import { runJuno } from "../client/juno-process.ts";
import { sampleRun } from "./sample-run.ts";

function folderFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("figures are apart only where their spreads do not touch", (t) => {
  const figure = (median: number, min: number, max: number) => ({
    series: "",
    xName: "",
    x: "",
    metric: "rate",
    unit: "1/s",
    runs: 3,
    median,
    min,
    max,
  });
  const only = (a: ReturnType<typeof figure>, b: ReturnType<typeof figure>) => compareSummaries([a], [b])[0];
  t.like(only(figure(10, 9, 11), figure(20, 18, 22)), { ratio: 2, apart: true });
  t.like(only(figure(10, 9, 11), figure(12, 11, 13)), { ratio: 1.2, apart: false });
  t.like(only(figure(10, 9, 11), figure(5, 4, 8.9)), { ratio: 0.5, apart: true });
  t.deepEqual(compareSummaries([figure(1, 1, 1)], [{ ...figure(1, 1, 1), unit: "ms" }]), []);
});

test("juno bench compare reads files and folders, and tells what differs in the setup", async (t) => {
  const folder = folderFor(t);
  const run = sampleRun("first");
  const [a, b] = [join(folder, "a"), join(folder, "b.json")];
  mkdirSync(a);
  writeFileSync(join(a, "first.json"), renderJson(run));
  writeFileSync(b, renderJson({ ...run, setup: { ...run.setup, cores: run.setup.cores + 1 } }));
  const same = await runJuno(["bench", "compare", a, b]);
  t.is(same.code, 0, same.stderr);
  t.regex(same.stdout, / 1\.00 x /);
  t.regex(same.stdout, /^Warning: cores differs: /m);
});

test("what is no run file, or of another benchmark, is refused by its name", async (t) => {
  const folder = folderFor(t);
  const [good, other, bad] = [join(folder, "good.json"), join(folder, "other.json"), join(folder, "bad.json")];
  writeFileSync(good, renderJson(sampleRun("first")));
  writeFileSync(other, renderJson(sampleRun("else")));
  writeFileSync(bad, "{}");
  for (const [second, reason] of [
    [other, /is of .*, .*other\.json of else/],
    [bad, /bad\.json: not a run file of juno bench/],
    [join(folder, "missing"), /missing: ENOENT/],
    [folder, /holds not just one run file/],
  ] as const) {
    const { code, stderr } = await runJuno(["bench", "compare", good, second]);
    t.is(code, 2, stderr);
    t.regex(stderr, reason);
  }
});
