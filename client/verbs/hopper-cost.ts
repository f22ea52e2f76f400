/** `juno hopper cost`: what each command cost in the tests of its module. */
import { costTableHash } from "../../hopper/ir/cost-table.ts";
import { type CommandCost, costsOf } from "../../hopper/tools/costs.ts";
import { testModule } from "../../hopper/tools/test-module.ts";
import { sha256 } from "../../pools/sha256.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { loadFiles } from "../hopper/load-file.ts";
import { type OutputForm, renderItems } from "../print-data.ts";

export type HopperCostFlags = { readonly output: OutputForm };

export function hopperCost(this: Context, { output }: HopperCostFlags, ...files: readonly string[]): void {
  const loaded = loadFiles(this, files);
  const tested = loaded.map(({ module, imports }) => {
    const lineages = new Map([module, ...imports].map((one) => [one.module.hash, one.module.path]));
    const nameOf = (id: string): string =>
      id.replace(/^[0-9a-f]{64}\//, (hash) => `${lineages.get(hash.slice(0, -1))}.`);
    const { tests } = testModule(module, imports, { sha256, seed: 0, runs: 1 });
    return { file: module.file, costs: costsOf(tests, nameOf), failing: tests.filter((one) => one.flaw !== undefined) };
  });
  this.process.stdout.write(
    renderItems(
      output,
      tested.flatMap(({ costs }) => costs),
      asTable,
    ),
  );
  for (const { file, failing } of tested) {
    if (failing.length === 0) continue;
    fail(this, exitCodes.failed, `${failing.length} tests of ${file} fail, and ended early: juno hopper test ${file}`);
  }
  const silent = tested.filter(({ costs }) => costs.length === 0).map(({ file }) => file);
  if (silent.length > 0) this.process.stderr.write(`no test calls a command in ${silent.join(", ")}\n`);
}

function asTable(costs: readonly CommandCost[]): string {
  const rows = costs.map(({ command, calls, faults, medianGas, worstGas, worstIn, tables }) => {
    const written = tables.map(({ table, rows: count, part }) => {
      return `${table} ${count} row${count === 1 ? "" : "s"} ${Math.round(100 * part)}%`;
    });
    return [command, calls, faults, medianGas, worstGas, written.join(", ") || "-", worstIn].map(String);
  });
  const head = [
    "command",
    "calls",
    "faults",
    "median gas",
    "worst gas",
    "rows written, part of the gas",
    "worst in test",
  ];
  const widths = head.map((word, i) => Math.max(word.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isNumber = (i: number): boolean => i > 0 && i < 5;
  const table = [head, ...rows]
    .map((row) => row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))))
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
  return `${table}\nby cost table ${Buffer.from(costTableHash(sha256)).toString("hex")}`;
}
