/** Modules for the tests of the checker: those of the repository, and short texts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { type Checked, checkModule, type Imports } from "../../../hopper/check/module.ts";
import type { Diagnostic } from "../../../hopper/check/report.ts";

const room = join(import.meta.dirname, "../../../hopper");

export const coinSource: string = readFileSync(join(room, "std/coin.hop"), "utf8");
export const escrowSource: string = readFileSync(join(room, "demo/escrow.hop"), "utf8");

const known = new Map<string, CheckedModule>();
export const imports: Imports = (path) => known.get(path);

known.set("std/coin", accepted(coinSource));

export function check(source: string): Checked {
  return checkModule(source, /^module (\S+)/.exec(source)?.[1] ?? "", imports);
}

/** The module, or an error with all that is wrong with it. */
export function accepted(source: string): CheckedModule {
  const checked = check(source);
  if (checked.ok) return checked.module;
  throw new Error(checked.diagnostics.map((d) => show(source, d)).join("\n"));
}

export function show(source: string, found: Diagnostic): string {
  const place = (at: number): string => {
    const before = source.slice(0, at).split("\n");
    return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
  };
  const lines = [`${place(found.span.start)} ${found.code}: ${found.message}`];
  if (found.expected !== undefined) lines.push(`  expected ${found.expected}`);
  if (found.hint !== undefined) lines.push(`  hint: ${found.hint}`);
  for (const { span, message } of found.related) lines.push(`  ${place(span.start)} ${message}`);
  return lines.join("\n");
}
