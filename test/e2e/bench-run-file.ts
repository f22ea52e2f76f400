/** Reads back what a benchmark has written, and holds every file against the others. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { RunFile } from "../../bench/run-file.ts";
import { type Row, summarize } from "../../bench/series.ts";

const pngSignature = "89504e470d0a1a0a";

/** The run file of a benchmark that went well; `pictures` are the names of those it must have drawn. */
export function readRunFile(t: ExecutionContext, folder: string, name: string, pictures: readonly string[]): RunFile {
  const file = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as RunFile;
  const samples = file.samples.length > 0 ? [`${name}-samples.csv`] : [];
  const drawn = pictures.flatMap((picture) => ["png", "svg", "vl.json"].map((end) => `${picture}.${end}`));
  t.deepEqual(
    readdirSync(folder).sort(),
    ["figures.md", `${name}.csv`, `${name}.json`, ...samples, ...drawn].sort(),
    "the files of one run, and none else",
  );
  t.is(file.format, 1);
  t.is(file.benchmark, name);
  t.deepEqual(file.errors, []);
  checkSetup(t, file);
  checkFigures(t, file);
  checkCsv(t, join(folder, `${name}.csv`), file.rows, file.setup.commit);
  if (samples.length > 0) checkCsv(t, join(folder, `${name}-samples.csv`), file.samples, file.setup.commit);
  checkPage(t, readFileSync(join(folder, "figures.md"), "utf8"), file);
  for (const picture of pictures) checkPicture(t, join(folder, picture), file);
  return file;
}

function checkSetup(t: ExecutionContext, { setup }: RunFile): void {
  t.true(setup.cpu.length > 0 && setup.memoryGiB > 0 && setup.cores >= 1 && setup.load >= 0);
  t.is(setup.node, process.version);
  t.regex(setup.commit, /^[0-9a-f]{10}$|^unknown$/);
  t.true(Math.abs(Date.now() - Date.parse(setup.startedAt)) < 600_000, setup.startedAt);
  t.regex(setup.placed, /^all nodes and the client on /);
  t.true(Object.keys(setup.packages).length > 5);
}

/** No figure is missing, negative, or outside of its spread; the summary is that of the rows. */
function checkFigures(t: ExecutionContext, { rows, samples, summary }: RunFile): void {
  t.true(rows.length > 0);
  // JSON has no NaN and no infinity: they are null there.
  const flaws = [...rows, ...samples].filter(({ value }) => typeof value !== "number" || value < 0);
  t.deepEqual(flaws, []);
  t.deepEqual(summary, summarize(rows));
  t.deepEqual(
    summary.filter(({ median, min, max }) => !(min <= median && median <= max)),
    [],
  );
  t.is(
    summary.reduce((sum, { runs }) => sum + runs, 0),
    rows.length,
  );
  t.deepEqual(
    summary.filter(({ metric, unit }) => metric === "" || unit === ""),
    [],
  );
}

/** Each line is a row, with the commit it was measured on. */
function checkCsv(t: ExecutionContext, path: string, rows: readonly Row[], commit: string): void {
  const [head = [], ...lines] = csvLines(readFileSync(path, "utf8"));
  const records = lines.map((line) => new Map(line.map((cell, i) => [head[i] ?? "", cell])));
  t.deepEqual(
    records.map((record) => ["series", "xName", "x", "run", "metric", "unit", "value"].map((key) => record.get(key))),
    rows.map(({ series, xName, x, run, metric, unit, value }) =>
      [series, xName, x, run, metric, unit, value].map(String),
    ),
  );
  t.true(records.every((record) => record.size === head.length && record.get("commit") === commit));
}

/** RFC 4180, as it stands there. */
function csvLines(text: string): string[][] {
  return text
    .split("\r\n")
    .slice(0, -1)
    .map((line) =>
      Array.from(`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
        quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
      ),
    );
}

function checkPage(t: ExecutionContext, page: string, { benchmark, setup, summary, notes }: RunFile): void {
  t.true(page.includes(`## ${benchmark}\n`) && page.includes(setup.commit));
  t.is(page.split("\n").filter((line) => line.startsWith("| ")).length, 1 + summary.length);
  for (const note of notes) t.true(page.includes(note), note);
}

function checkPicture(t: ExecutionContext, path: string, { setup }: RunFile): void {
  const svg = readFileSync(`${path}.svg`, "utf8");
  t.regex(svg, /^<svg /);
  t.true(svg.includes(`commit ${setup.commit}`), `${path}.svg does not name its commit`);
  t.notRegex(svg, /NaN|undefined|Infinity/);
  t.true(
    (svg.match(/aria-roledescription="(point|line mark|bar|rule mark)"/g)?.length ?? 0) > 0,
    `${path}.svg is empty`,
  );
  const png = readFileSync(`${path}.png`);
  t.is(png.subarray(0, 8).toString("hex"), pngSignature);
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
  t.true(Math.abs(png.readUInt32BE(16) - 2 * width) <= 2, "the PNG is twice as wide as the SVG");
  t.true(existsSync(`${path}.vl.json`));
}

/** The rows or samples of a metric, and of a series where one is given; throws where there are none. */
export function rowsOf(rows: readonly Row[], metric: string, series?: string): Row[] {
  const found = rows.filter((row) => row.metric === metric && (series === undefined || row.series === series));
  if (found.length === 0) throw new Error(`no row of ${metric} ${series ?? ""}`);
  return found;
}

/** The one value of a metric. */
export function oneOf(rows: readonly Row[], metric: string, series?: string): number {
  const [row, ...more] = rowsOf(rows, metric, series);
  if (row === undefined || more.length > 0)
    throw new Error(`${metric} ${series ?? ""} is there ${1 + more.length} times`);
  return row.value;
}
