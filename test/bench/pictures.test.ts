import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { renderPng, renderSvg } from "../../bench/draw-picture.ts";
import { microBenchmark } from "../../bench/micro.ts";
import { recoveryBenchmark } from "../../bench/recovery.ts";
import { drawAll } from "../../bench/session.ts";
import { throughputBenchmark } from "../../bench/throughput.ts";
import { sampleRows, sampleRun } from "./sample-run.ts";

const pngSignature = "89504e470d0a1a0a";

test("a picture has its labels, a mark for each median, a bar for each spread, and the setup", async (t) => {
  const file = sampleRun("throughput");
  const [drawn] = throughputBenchmark.pictures(file);
  if (drawn === undefined) throw new Error("no picture");
  const svg = await renderSvg(drawn.spec);
  for (const text of ["Throughput against cluster size", "commands/s", "nodes", "leader batching (many test)"]) {
    t.true(svg.includes(text), text);
  }
  t.true(svg.includes(`commit ${file.setup.commit}`));
  // Two panels of two lines of two points each.
  const marks = (role: string) => svg.match(new RegExp(`aria-roledescription="${role}"`, "g"))?.length ?? 0;
  t.is(marks("point"), 8);
  t.is(marks("rule mark"), 8);
  t.is(marks("line mark"), 4);
  const png = Buffer.from(renderPng(svg));
  t.is(png.subarray(0, 8).toString("hex"), pngSignature);
  // Twice the SVG's size, each way.
  const [, width = 0, height = 0] = (/<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).map(Number);
  t.true(width > 600 && height > 250);
  t.true(Math.abs(png.readUInt32BE(16) - 2 * width) <= 2 && Math.abs(png.readUInt32BE(20) - 2 * height) <= 2);
});

test("the PNG has text: without its font it would be another picture", async (t) => {
  const [drawn] = throughputBenchmark.pictures(sampleRun("throughput"));
  if (drawn === undefined) throw new Error("no picture");
  const svg = await renderSvg(drawn.spec);
  const bare = svg.replaceAll(/<text[^>]*>.*?<\/text>/gs, "");
  t.true(renderPng(svg).length > renderPng(bare).length * 1.2);
});

test("dots on a logarithmic axis, guides, and panels without points are drawn", async (t) => {
  const part = { series: "", xName: "", x: "", run: 1, metric: "open a command", unit: "µs", value: 2.5 };
  const check = { ...part, series: "noble", x: 64, metric: "signatures checked", unit: "1/s", value: 900 };
  const micro = sampleRun("micro", { rows: [part, check], settings: { sizes: [1, 64], runs: 1 } });
  const [parts] = microBenchmark.pictures(micro);
  const bin = { ...part, series: "run 1", x: 50, metric: "throughput", unit: "commands/s", value: 200 };
  const settings = { nodes: 4, rate: 200, runs: 2, secondsAfter: 5 };
  const [gap] = recoveryBenchmark.pictures(sampleRun("recovery", { rows: [], samples: [bin], settings }));
  if (parts === undefined || gap === undefined) throw new Error("no picture");
  const svg = await renderSvg(parts.spec);
  t.true(svg.includes("open a command") && svg.includes('aria-roledescription="point"'));
  t.true((await renderSvg(gap.spec)).includes("ms from the kill of the leader"));
});

test("a run with errors is not drawn, and pictures of an earlier run do not stay beside it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "good"));
  const good = await drawAll(join(folder, "good"), throughputBenchmark.pictures, sampleRun("throughput"));
  t.deepEqual(readdirSync(join(folder, "good")).sort(), ["throughput.png", "throughput.svg", "throughput.vl.json"]);
  t.is(good.length, 3);
  const spec = JSON.parse(readFileSync(join(folder, "good", "throughput.vl.json"), "utf8"));
  t.is(spec.$schema, "https://vega.github.io/schema/vega-lite/v6.json");

  writeFileSync(join(folder, "throughput.svg"), "of an earlier run");
  const bad = sampleRun("throughput", { rows: sampleRows, errors: ["3 of 5000 commands were refused"] });
  t.deepEqual(await drawAll(folder, throughputBenchmark.pictures, bad), []);
  t.deepEqual(readdirSync(folder), ["good"]);
});
