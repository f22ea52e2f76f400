import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { csvField, renderCsv, renderJson, writeRunFile } from "../../bench/run-file.ts";
import { placement, readSetup, setupLine } from "../../bench/setup.ts";
import { sampleRows, sampleRun } from "./sample-run.ts";

test("the setup tells machine, versions and commit", (t) => {
  const setup = readSetup("sodium", 7);
  t.is(setup.node, process.version);
  t.is(setup.cores, availableParallelism());
  t.is(setup.seed, 7);
  t.regex(setup.commit, /^([0-9a-f]{10,}|unknown)$/);
  t.regex(setup.juno, /^\d+\.\d+\.\d+$/);
  t.regex(setup.startedAt, /^\d{4}-\d\d-\d\dT/);
  t.truthy(setup.packages.piscina);
  t.true(setup.memoryGiB > 0 && setup.cpu.length > 0);
  t.true(setupLine(setup).includes(`engine sodium, commit ${setup.commit}`));
});

test("few cores are no scaling result, and it says so", (t) => {
  t.is(placement(1), "all nodes and the client on one core: not a scaling result");
  t.is(placement(2), "all nodes and the client on the same 2 cores: not a scaling result");
  t.is(placement(64), "all nodes and the client on the same 64 cores");
});

test("CSV quotes what it must, and each line has as many fields as the head", (t) => {
  t.deepEqual(['a"b', "a,b", "a\nb", "plain", 1.5, true].map(csvField), [
    '"a""b"',
    '"a,b"',
    '"a\nb"',
    "plain",
    "1.5",
    "true",
  ]);
  const file = sampleRun("throughput");
  const setup = { ...file.setup, cpu: 'A "fast", one', placed: "here" };
  const lines = renderCsv(sampleRows, setup).split("\r\n");
  t.is(lines.pop(), "");
  t.is(lines.length, sampleRows.length + 1);
  const [head = "", first = ""] = lines;
  t.true(head.startsWith("series,xName,x,run,metric,unit,value,startedAt,commit,"));
  t.true(first.startsWith("client batching (batch test),nodes,4,1,throughput,commands/s,10001,"));
  t.true(first.includes(',"A ""fast"", one",'));
  const fields = first.replaceAll(/"(?:[^"]|"")*"/g, "quoted").split(",");
  t.is(fields.length, head.split(",").length);
});

test("the files hold what was measured", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = sampleRun("throughput", { samples: sampleRows.slice(0, 2), notes: ["a note"] });
  const paths = writeRunFile(join(folder, "deep"), file);
  t.deepEqual(
    paths.map((path) => path.slice(folder.length)),
    ["/deep/throughput.json", "/deep/throughput.csv", "/deep/throughput-samples.csv"],
  );
  const [json = "", csv = "", samples = ""] = paths.map((path) => readFileSync(path, "utf8"));
  t.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(file)));
  t.is(csv.split("\r\n").length, sampleRows.length + 2);
  t.is(samples.split("\r\n").length, 4);
  t.deepEqual(JSON.parse(renderJson(sampleRun("throughput", { rows: [] }))).rows, []);
});
