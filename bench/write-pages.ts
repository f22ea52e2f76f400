/**
 * Brings what pages of this checkout tell of measurements up to date with the run files in docs/benchmarks.
 *
 * Usage: node bench/write-pages.ts
 *
 * Each benchmark does so by itself where it writes into that folder.
 */
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fillBlocks, markdownTable } from "./figure-blocks.ts";
import { writeFiguresPage } from "./figures-page.ts";
import { shown, titleOf } from "./result-table.ts";
import type { RunFile } from "./run-file.ts";
import { scalingBlocks } from "./scaling-tables.ts";
import { setupLine } from "./setup.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));
/** Whose run files the pages tell of. */
export const publishedFolder: string = join(checkout, "docs", "benchmarks");
/** Pages that may have blocks. */
export const pages: readonly string[] = [
  "README.md",
  "docs/benchmarks.md",
  "docs/scaling.md",
  "docs/hopper/machine.md",
].map((name) => join(checkout, name));

if (import.meta.main) {
  for (const path of [writeFiguresPage(publishedFolder), ...writePages(publishedFolder)]) {
    process.stdout.write(`${path}\n`);
  }
}

/** Writes the pages' blocks from the published run files; returns which pages are other than before. Nothing for another folder. */
export function writePages(folder: string): string[] {
  if (realpathSync(folder) !== publishedFolder) return [];
  return pages.filter((path) => {
    const before = readFileSync(path, "utf8");
    const after = fillBlocks(before, writeBlock);
    if (after !== before) writeFileSync(path, after);
    return after !== before;
  });
}

/** A block of any run file: `setup` is of each, `medians` a short table of each. */
export function writeBlock(run: string, block: string): string {
  const path = join(publishedFolder, `${run}.json`);
  if (!existsSync(path)) throw new RangeError(`no run file ${path} for the block ${block}`);
  // Written by run-file.ts.
  const file = JSON.parse(readFileSync(path, "utf8")) as RunFile;
  if (block === "setup") return setup(file);
  if (block === "medians") return medians(file);
  const writer = run === "scaling" ? scalingBlocks[block] : undefined;
  if (writer === undefined) throw new RangeError(`no block ${block} of ${run}`);
  return writer(file);
}

function setup({ setup: own }: RunFile): string {
  return `Measured ${own.startedAt.slice(0, 10)}: ${setupLine(own)}; load of the machine before: ${own.load}.`;
}

function medians({ summary }: RunFile): string {
  const lines = summary.map((one) => [
    titleOf(one),
    `${shown(one.median)} ${one.unit}`,
    `${shown(one.min)} to ${shown(one.max)}`,
  ]);
  return markdownTable([["what", "median", "min to max"], ...lines]);
}
