/** A run's files: everything as JSON, and the rows as CSV, each line with the setup it was measured in. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row, Summary } from "./series.ts";
import { summarize } from "./series.ts";
import type { Setup } from "./setup.ts";

export type Settings = Readonly<Record<string, number | string | boolean | readonly number[] | readonly string[]>>;

/** What a benchmark brings home. */
export type Measured = {
  /** What was asked for, by flag or default. */
  readonly settings: Settings;
  readonly rows: readonly Row[];
  /** Values over time, which are not summarized. */
  readonly samples: readonly Row[];
  /** Why the figures must not be used; empty for a good run. */
  readonly errors: readonly string[];
  /** What a reader has to know. */
  readonly notes: readonly string[];
};

export type RunFile = Measured & {
  readonly format: 1;
  readonly benchmark: string;
  readonly setup: Setup;
  readonly summary: readonly Summary[];
};

export function runFileOf(benchmark: string, setup: Setup, measured: Measured): RunFile {
  return { format: 1, benchmark, setup, ...measured, summary: summarize(measured.rows) };
}

/** Writes `NAME.json`, `NAME.csv` and, where there are samples, `NAME-samples.csv`; returns their paths. */
export function writeRunFile(folder: string, file: RunFile): string[] {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, `${file.benchmark}.json`);
  const csv = join(folder, `${file.benchmark}.csv`);
  writeFileSync(json, renderJson(file));
  writeFileSync(csv, renderCsv(file.rows, file.setup));
  if (file.samples.length === 0) return [json, csv];
  const samples = join(folder, `${file.benchmark}-samples.csv`);
  // By these the setup is found in the run file: there are thousands of samples.
  writeFileSync(samples, renderCsv(file.samples, file.setup, ["startedAt", "commit"]));
  return [json, csv, samples];
}

/** Indented, but each row and summary on one line: a change of figures is then a change of few lines. */
export function renderJson({ rows, samples, summary, ...head }: RunFile): string {
  const list = (items: readonly object[]) => items.map((item) => `\n    ${JSON.stringify(item)}`).join(",");
  const lists = Object.entries({ summary, rows, samples }).map(
    ([name, items]) => `  ${JSON.stringify(name)}: [${list(items)}${items.length > 0 ? "\n  " : ""}]`,
  );
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n${lists.join(",\n")}\n}\n`;
}

const columns = ["series", "xName", "x", "run", "metric", "unit", "value"] as const;
const setupColumns: readonly (keyof Setup)[] = [
  "startedAt",
  "commit",
  "dirty",
  "engine",
  "cpu",
  "cores",
  "memoryGiB",
  "governor",
  "system",
  "node",
  "juno",
  "seed",
  "load",
  "placed",
  "packages",
];

/** RFC 4180 with a head line; the setup stands in each line, so that files can be put together. */
export function renderCsv(rows: readonly Row[], setup: Setup, told: readonly (keyof Setup)[] = setupColumns): string {
  const facts = told.map((column) => factText(setup[column]));
  const lines = rows.map((row) => [...columns.map((column) => row[column]), ...facts]);
  return [[...columns, ...told], ...lines].map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}

function factText(fact: Setup[keyof Setup]): string | number | boolean {
  if (typeof fact !== "object") return fact;
  return Object.entries(fact)
    .map(([name, version]) => `${name} ${version}`)
    .join(" ");
}

/** Quoted where it must be. */
export function csvField(value: number | string | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
