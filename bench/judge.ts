/** Holds ratios against their bounds: what must hold on every machine, since both sides were measured in one run. */
import { readFileSync } from "node:fs";
import { Check } from "typebox/schema";
import type { Outcome } from "../wire/types.ts";
import { renderTable, shown } from "./result-table.ts";

export type Bound = { readonly min?: number; readonly max?: number; readonly why: string };
export type Bounds = Readonly<Record<string, Bound>>;

/** The values of several runs, whose median counts; or why there are none here. */
export type Ratio = { readonly name: string } & (
  | { readonly median: number; readonly min: number; readonly max: number }
  | { readonly skipped: string }
);

export type Verdict = { readonly ratio: Ratio; readonly bound: Bound; readonly kept: boolean };

const boundsSchema = {
  type: "object",
  additionalProperties: {
    type: "object",
    properties: { min: { type: "number" }, max: { type: "number" }, why: { type: "string" } },
    required: ["why"],
    additionalProperties: false,
    minProperties: 2,
  },
} as const;

export function readBounds(file: string | URL): Outcome<Bounds> {
  try {
    const document: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!Check(boundsSchema, document)) return { ok: false, reason: `${file}: each ratio needs min or max, and why` };
    // Decoded: the schema says of each key what the type does.
    return { ok: true, value: document as Bounds };
  } catch (error) {
    return { ok: false, reason: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Throws where a ratio has no bound: then nothing would watch it. */
export function judge(ratios: readonly Ratio[], bounds: Bounds): Verdict[] {
  return ratios.map((ratio) => {
    const bound = bounds[ratio.name];
    if (bound === undefined) throw new Error(`no bound for ${ratio.name}; add it to bench/bounds.json`);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bound;
    // Written so that a ratio that is no number is not kept.
    return { ratio, bound, kept: "skipped" in ratio || (ratio.median >= min && ratio.median <= max) };
  });
}

/** A table, and a line for each broken bound. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ ratio, bound, kept }) => {
    const name = ratio.name;
    if ("skipped" in ratio) return [name, "", "", "", boundText(bound), `skipped: ${ratio.skipped}`];
    return [name, shown(ratio.median), shown(ratio.min), shown(ratio.max), boundText(bound), kept ? "ok" : "FAILED"];
  });
  const broken = verdicts.filter(({ kept }) => !kept);
  return [
    ...renderTable([["ratio", "median", "min", "max", "bound", ""], ...lines]),
    ...broken.map(({ ratio, bound }) => `FAILED: ${ratio.name} is not ${boundText(bound)}: ${bound.why}`),
    "",
  ].join("\n");
}

function boundText({ min, max }: Bound): string {
  return [min === undefined ? "" : `>= ${min}`, max === undefined ? "" : `<= ${max}`].filter(Boolean).join(" and ");
}
