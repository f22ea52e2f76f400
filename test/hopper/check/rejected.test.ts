/**
 * Programs that must not pass, each for one reason. Each file ends with what the checker says, line by line after `--|`;
 * UPDATE_GOLDEN=1 writes what it says now.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { check, show } from "./modules.ts";

const folder = join(import.meta.dirname, "../rejected");
const files = readdirSync(folder).filter((name) => name.endsWith(".hop"));

test("there are at least 80 of them", (t) => {
  t.true(files.length >= 80);
});

for (const name of files) {
  test(`${name.slice(0, -4)} is rejected`, (t) => {
    const text = readFileSync(join(folder, name), "utf8");
    const source = text.replace(/^--\|.*\n/gm, "");
    const checked = check(source);
    const found = checked.ok ? [] : checked.diagnostics;
    t.is(found.length, 1, found.map((d) => show(source, d)).join("\n"));
    const said = found.flatMap((d) => show(source, d).split("\n")).map((line) => `--| ${line}\n`);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(join(folder, name), source + said.join(""));
    else t.is(text, source + said.join(""));
  });
}
