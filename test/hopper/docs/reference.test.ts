/** docs/hopper/reference.md and comparison.md: their modules are right, and their tables are those of the code. */
import { readFileSync } from "node:fs";
import test from "ava";
import { sourceFinder } from "../../../client/hopper/find-source.ts";
import { builtInSource } from "../../../hopper/check/builtins.ts";
import { kindNames, mayCopy, mayStore, readKind } from "../../../hopper/core/kind.ts";
import { costTable, limits } from "../../../hopper/ir/cost-table.ts";
import { faultNumbers } from "../../../hopper/run/fault.ts";
import { formatModule } from "../../../hopper/tools/format-module.ts";
import { createLibrary, loadModule } from "../../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../../hopper/tools/show-diagnostics.ts";
import { testModule } from "../../../hopper/tools/test-module.ts";
import { sha256 } from "../../../pools/sha256.ts";

const pageOf = (name: string): string => readFileSync(new URL(`../../../docs/hopper/${name}`, import.meta.url), "utf8");
const reference = pageOf("reference.md");

/** The cells of the table below this head, without code marks. */
function tableBelow(head: string): string[][] {
  const [, rest = ""] = reference.split(`${head}\n`);
  const rows = /^\|[-|]+\|\n((?:\|.*\|\n)*)/.exec(rest)?.[1] ?? "";
  return rows
    .split("\n")
    .filter(Boolean)
    .map((row) =>
      row
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.trim().replaceAll("`", "")),
    );
}

const numbered = (entries: Readonly<Record<string, number>>): string[][] =>
  Object.entries(entries).map(([name, value]) => [name, value.toLocaleString("en-US")]);

test("its built-in functions are those of the checker", (t) => {
  const known = Array.from(builtInSource.matchAll(/^fn (\w+) (.*?) = "/gm), ([, name, signature]) => [name, signature]);
  t.true(known.length > 30);
  t.deepEqual(tableBelow("| name | signature |"), known);
});

test("its costs, limits and faults are those of the machine", (t) => {
  const firstTwo = (head: string) => tableBelow(head).map((row) => row.slice(0, 2));
  t.deepEqual(firstTwo("| entry | gas | |"), numbered(costTable));
  t.deepEqual(firstTwo("| limit | value |"), numbered(limits));
  t.deepEqual(
    firstTwo("| no. | kind |"),
    Object.entries(faultNumbers).map(([kind, number]) => [String(number), kind]),
  );
});

test("its kinds are those of the checker", (t) => {
  const yes = (does: boolean): string => (does ? "yes" : "no");
  const known = kindNames.map((name) => {
    const kind = readKind(name) ?? 0;
    return [name, yes(mayCopy(kind)), yes(mayStore(kind))];
  });
  t.deepEqual(tableBelow("| kind | copied and dropped | stored and sent |"), known);
});

for (const name of ["reference.md", "comparison.md"]) {
  const blocks = Array.from(pageOf(name).matchAll(/^```hopper\n([\s\S]*?)^```/gm), ([, text = ""]) => text);
  test(`${name} has modules`, (t) => t.true(blocks.length > 0));
  for (const [i, text] of blocks.entries()) {
    test(`${name}, block ${i + 1} checks, its tests hold, and it is laid out as fmt does`, (t) => {
      const loaded = loadModule(createLibrary(sourceFinder()), { file: name, text });
      if (!loaded.ok)
        return t.fail(loaded.broken.map((one) => showDiagnostics(one.file, one.text, one.diagnostics)).join("\n"));
      const { tests, laws } = testModule(loaded.module, loaded.imports, { sha256, seed: 1, runs: 50 });
      t.true(tests.length > 0);
      for (const { flaw } of [...tests, ...laws]) t.is(flaw, undefined);
      t.is(formatModule(text), text);
    });
  }
}
