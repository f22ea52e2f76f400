/** Every standard module checks; without any one line that puts or deposits an asset it does not. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { createLibrary, loadModule } from "../../../hopper/tools/load-modules.ts";

const room = join(import.meta.dirname, "../../../hopper");
const names = readdirSync(join(room, "std")).map((file) => file.replace(/\.hop$/, ""));
const sourceOf = (path: string): string => readFileSync(join(room, `${path}.hop`), "utf8");
// A library remembers modules by their path, and what is changed keeps its own: so one for each.
const checks = (text: string): boolean =>
  loadModule(
    createLibrary((path) => ({ file: path, text: sourceOf(path) })),
    { file: "changed", text },
  ).ok;

/** Of other modules, as far as these modules use them. */
const assetsOfOthers = ["Coin", "Object"];
/** Modules that handle Data only. */
const withoutAssets = ["roles"];

/** A line that itself makes what it keeps: without it nothing is made, and so nothing lost. */
const makes = /(deposit\(\w+, |= )(Coin|Object)\(|(Deed|Piece)\(/;

/** The lines of the program that put an asset into a table or deposit one, counted from 0. */
function linesThatKeep(source: string): readonly number[] {
  const program = source.split('\ntest "', 1)[0] ?? "";
  const named = Array.from(program.matchAll(/^asset (\w+)/gm), ([, name = ""]) => name);
  const tables = Array.from(program.matchAll(/^table (\w+) .*=> (\w+)$/gm), ([, table = "", type = ""]) =>
    [...named, ...assetsOfOthers].includes(type) ? [table] : [],
  ).flat();
  const puts = new RegExp(`\\bput (new )?(${tables.join("|")})\\[`);
  return program.split("\n").flatMap((line, at) => {
    if (!/^\s/.test(line) || makes.test(line)) return [];
    return /\bdeposit\(/.test(line) || (tables.length > 0 && puts.test(line)) ? [at] : [];
  });
}

test("there are standard modules, and each checks", (t) => {
  t.true(names.length >= 11, names.join(", "));
  for (const name of names) t.true(checks(sourceOf(`std/${name}`)), name);
});

for (const name of names) {
  const source = sourceOf(`std/${name}`);
  const lines = source.split("\n");
  const found = linesThatKeep(source);
  test(`${name} has such lines where it handles assets`, (t) => {
    t.is(found.length > 0, !withoutAssets.includes(name));
  });
  for (const at of found) {
    test(`${name} without line ${at + 1}, ${lines[at]?.trim()}`, (t) => {
      t.false(checks(lines.filter((_, i) => i !== at).join("\n")));
    });
  }
}
