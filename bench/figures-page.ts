/** A page of all figures of a folder, written anew after each benchmark: what a reader wants beside the pictures. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shown } from "./result-table.ts";
import type { RunFile } from "./run-file.ts";
import type { Summary } from "./series.ts";
import { setupLine } from "./setup.ts";

/** Benchmarks in the order of the page. */
export const pageOrder: readonly string[] = [
  "first",
  "throughput",
  "cores",
  "flood",
  "latency",
  "recovery",
  "micro",
  "hopper",
  "gas",
  "scaling",
];

/** Writes `figures.md` from the run files that lie in the folder; returns its path. */
export function writeFiguresPage(folder: string): string {
  const files = pageOrder
    .map((name) => join(folder, `${name}.json`))
    .filter((path) => existsSync(path))
    // Written by run-file.ts, here or in an earlier run.
    .map((path) => JSON.parse(readFileSync(path, "utf8")) as RunFile);
  const path = join(folder, "figures.md");
  writeFileSync(path, renderFiguresPage(files));
  return path;
}

export function renderFiguresPage(files: readonly RunFile[]): string {
  const intro =
    "Written by `juno bench`: medians, and the least and greatest of all runs. The run files beside it have every single value.";
  return ["# Figures", intro, ...files.map(section)].join("\n\n").concat("\n");
}

function section({ benchmark, setup, settings, summary, notes, errors }: RunFile): string {
  const asked = Object.entries(settings).map(([name, value]) => `${name} ${[value].flat().join(", ")}`);
  const facts = [
    `${setup.startedAt.slice(0, 10)}; ${setupLine(setup)}; load before ${setup.load}; ${setup.placed}.`,
    `Settings: ${asked.join("; ")}.`,
  ];
  const warnings = errors.map((error) => `**Not to be used: ${error}**`);
  return [
    `## ${benchmark}`,
    ...warnings,
    facts.join("\n"),
    table(summary),
    ...notes.map((note) => `Note: ${note}`),
  ].join("\n\n");
}

function table(summary: readonly Summary[]): string {
  const lines = summary.map(({ metric, series, xName, x, unit, median, min, max }) => {
    const what = [series, xName === "" ? "" : `${xName} ${x}`].filter((part) => part !== "").join(", ");
    return `| ${metric} | ${what} | ${shown(median)} | ${shown(min)} to ${shown(max)} | ${unit} |`;
  });
  return ["| what | of | median | spread | unit |", "|---|---|---|---|---|", ...lines].join("\n");
}
