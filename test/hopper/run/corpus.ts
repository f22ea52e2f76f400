/**
 * Checks all modules of the repository and all programs that are refused, runs the modules' tests, and prints what came of it: hashes,
 * gas and state. It has to be the same on each Node and with each of its flags.
 *
 * node test/hopper/run/corpus.ts [compiled|reference]
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerModule, lowerTests } from "../../../hopper/lower/lower-module.ts";
import { encodeFree } from "../../../hopper/run/canonical.ts";
import { runTests } from "../../../hopper/run/run-tests.ts";
import { createLibrary, type FindSource, loadModule, pathOf } from "../../../hopper/tools/load-modules.ts";
import { sha256 } from "../../../pools/sha256.ts";

const evaluator = process.argv[2] === "reference" ? "reference" : "compiled";
const room = join(import.meta.dirname, "../../../hopper");
const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".hop"))
    .sort()
    .map((name) => join(folder, name));
const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

const find: FindSource = (path) => ({
  file: path,
  text: readFileSync(join(room, `${path}.hop`), "utf8"),
});
const library = createLibrary(find);
/** What refused programs use. */
const known = new Map<string, CheckedModule>();
for (const file of [...filesIn(join(room, "std")), ...filesIn(join(room, "demo"))]) {
  const loaded = loadModule(library, { file, text: readFileSync(file, "utf8") });
  if (!loaded.ok) throw new Error(`${file} has mistakes`);
  const { module } = loaded.module;
  if (file.endsWith("std/coin.hop")) known.set("std/coin", module);
  console.log(`module ${pathOf(loaded.module.text)} ${module.hash}`);
  const { module: ir, tests } = lowerTests(module);
  const imports = loaded.imports.map((one) => ({ ir: lowerModule(one.module), imports: one.module.core.imports }));
  for (const { name, flaw, gasUsed, calls } of runTests(ir, module.core.imports, tests, {
    sha256,
    evaluator,
    imports,
  })) {
    const rows = calls.flatMap(({ command, fault, changes }) => [
      [command, fault],
      ...changes.map(({ bytes, after }) => [bytes, after === undefined ? null : encodeFree(after)]),
    ]);
    console.log(`test ${name}: ${flaw?.message ?? "ok"}, rows ${hashOf(rows)}, gas ${gasUsed}`);
  }
}
for (const file of filesIn(join(import.meta.dirname, "../rejected"))) {
  const text = readFileSync(file, "utf8");
  const path = /^module (\S+)/.exec(text)?.[1] ?? "";
  const checked = checkModule(text, path, (used) => known.get(used));
  if (checked.ok) throw new Error(`${file} is not refused`);
  console.log(`refused ${path} ${hashOf(checked.diagnostics)}`);
}

/** As deep, and as long, as is just read or just refused: each walk over them has to end in the stack that it has. */
const bounds: Readonly<Record<string, (n: number) => string>> = {
  brackets: (n) => `command go () = ${"(".repeat(n)}1${")".repeat(n)}`,
  either: (n) => `command go () = ${"true || ".repeat(n)}true`,
  lists: (n) => `command go () = ${"[".repeat(n)}1${"]".repeat(n)}`,
  sums: (n) => `command go () = ${"1 + ".repeat(n)}1`,
  lets: (n) => `command go () =\n${Array.from({ length: n }, (_, i) => `  let x${i} = ${i}\n`).join("")}  1`,
  requires: (n) => `command go () =\n${"  require true else No\n".repeat(n)}  1`,
  rows: (n) => `table t : Nat => Nat\ncommand go () = ${"(get t[".repeat(n)}1${"] or 0)".repeat(n)}`,
  calls: (n) =>
    `fn f (g : (Bool) -> Bool) -> Bool = g(true)\ncommand go () = ${"f((x) => ".repeat(n)}${"x || ".repeat(Math.max(0, 498 - 2 * n))}x${")".repeat(n)}`,
  functions: (n) => `command go () = ${"(x) => ".repeat(n)}1`,
  patterns: (n) => `command go (m : Nat) = match m { ${"Just(".repeat(n)}x${")".repeat(n)} => 1, _ => 2 }`,
  types: (n) => `fn f (x : ${"List(".repeat(n)}Nat${")".repeat(n)}) -> Nat = 1`,
  tuples: (n) => `fn f () -> Nat =\n  let x = ${"(1, ".repeat(n)}1${")".repeat(n)}\n  1`,
};
for (const [what, of] of Object.entries(bounds)) {
  for (const n of [60, 120, 127, 240, 255, 256, 490, 499, 500, 990, 998, 1000, 3000]) {
    const checked = checkModule(`module a\n${of(n)}\n`, "a", () => undefined);
    console.log(`bound ${n} ${what}: ${checked.ok ? checked.module.hash : hashOf(checked.diagnostics)}`);
    if (checked.ok) lowerModule(checked.module);
  }
}
