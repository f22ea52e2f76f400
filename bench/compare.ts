/** `juno bench compare BEFORE AFTER`: two runs of one benchmark side by side, and where they truly differ. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/schema";
import { type Context, fail } from "../client/context.ts";
import { exitCodes } from "../client/exit-codes.ts";
import type { Outcome } from "../wire/types.ts";
import { renderTable, shown, titleOf } from "./result-table.ts";
import type { RunFile } from "./run-file.ts";
import type { Summary } from "./series.ts";

/** A figure that both runs have; `ratio` is after / before. */
export type Compared = {
  readonly before: Summary;
  readonly after: Summary;
  readonly ratio: number;
  /** The spreads of the runs do not touch, so it is hardly chance. */
  readonly apart: boolean;
};

/** Facts of the setup that make figures incomparable when they differ. */
const sameNeeded = ["cpu", "cores", "engine", "node", "placed"] as const;

type Compareable = Pick<RunFile, "benchmark" | "setup" | "settings" | "summary">;

const schema = {
  type: "object",
  properties: {
    format: { const: 1 },
    benchmark: { type: "string" },
    setup: { type: "object" },
    settings: { type: "object" },
    summary: {
      type: "array",
      items: {
        type: "object",
        properties: {
          series: { type: "string" },
          metric: { type: "string" },
          unit: { type: "string" },
          median: { type: "number" },
          min: { type: "number" },
          max: { type: "number" },
        },
        required: ["series", "metric", "unit", "median", "min", "max"],
      },
    },
  },
  required: ["format", "benchmark", "setup", "settings", "summary"],
} as const;

export function compare(context: Context, before: string, after: string): void {
  const outcome = comparisonOf(before, after);
  if (outcome.ok) context.process.stdout.write(outcome.value);
  else fail(context, exitCodes.usage, outcome.reason);
}

function comparisonOf(before: string, after: string): Outcome<string> {
  const a = readRun(before);
  const b = readRun(after);
  if (!a.ok) return a;
  if (!b.ok) return b;
  const [first, second] = [a.value.benchmark, b.value.benchmark];
  if (first !== second) return { ok: false, reason: `${before} is of ${first}, ${after} of ${second}` };
  return { ok: true, value: renderComparison(a.value, b.value) };
}

/** Reads a run file, or the one in a benchmark's folder. */
export function readRun(path: string): Outcome<Compareable> {
  try {
    const file = statSync(path).isDirectory() ? runFileIn(path) : path;
    if (file === undefined)
      return { ok: false, reason: `${path}: holds not just one run file; name the .json that is meant` };
    const document: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!Check(schema, document)) return { ok: false, reason: `${file}: not a run file of juno bench` };
    // Decoded: what the comparison reads has been checked.
    return { ok: true, value: document as unknown as Compareable };
  } catch (error) {
    return { ok: false, reason: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Undefined where there is none, or several: which one is meant must then be said. */
function runFileIn(folder: string): string | undefined {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.endsWith(".vl.json"));
  return files.length === 1 && files[0] !== undefined ? join(folder, files[0]) : undefined;
}

/** What both have, in the order of the first. */
export function compareSummaries(before: readonly Summary[], after: readonly Summary[]): Compared[] {
  const found = new Map(after.map((summary) => [keyOf(summary), summary]));
  return before.flatMap((one): Compared[] => {
    const other = found.get(keyOf(one));
    if (other === undefined) return [];
    const apart = other.min > one.max || other.max < one.min;
    return [{ before: one, after: other, ratio: other.median / one.median, apart }];
  });
}

export function renderComparison(before: Compareable, after: Compareable): string {
  const compared = compareSummaries(before.summary, after.summary);
  const lines = compared.map(({ before: a, after: b, ratio, apart }) => [
    titleOf(a),
    shown(a.median),
    shown(b.median),
    `${ratio.toFixed(2)} x`,
    apart ? "apart" : "",
    a.unit,
  ]);
  const differing = sameNeeded.filter((fact) => before.setup[fact] !== after.setup[fact]);
  const warnings = differing.map(
    (fact) => `Warning: ${fact} differs: ${before.setup[fact]} before, ${after.setup[fact]} after`,
  );
  if (JSON.stringify(before.settings) !== JSON.stringify(after.settings)) warnings.push("Warning: the settings differ");
  const missing = before.summary.length + after.summary.length - 2 * compared.length;
  if (missing > 0) warnings.push(`Warning: ${missing} figures are in one of the two only`);
  return [
    `before  ${before.setup.startedAt}, commit ${before.setup.commit}`,
    `after   ${after.setup.startedAt}, commit ${after.setup.commit}`,
    "",
    ...renderTable([["", "before", "after", "after / before", "spreads", ""], ...lines]),
    ...warnings,
    "Two runs apart in time differ by the machine's other work as well: what must be known is measured in one run.",
    "",
  ].join("\n");
}

function keyOf({ metric, series, xName, x, unit }: Summary): string {
  return JSON.stringify([metric, series, xName, x, unit]);
}
