/**
 * Broken programs, and all that one run says of each. A file ends with what is said, line by line after `--|`;
 * UPDATE_GOLDEN=1 writes what is said now.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseModule } from "../../../hopper/check/reader/parse.ts";
import { show } from "../check/modules.ts";

const folder = join(import.meta.dirname, "broken");

for (const name of readdirSync(folder)) {
  test(name.replace(/\.hop\.txt$/, ""), (t) => {
    const text = readFileSync(join(folder, name), "utf8");
    const source = text.replace(/^--\|.*\n/gm, "");
    const found = parseModule(source).diagnostics;
    t.true(found.length > 0);
    const said = found.flatMap((d) => show(source, d).split("\n")).map((line) => `--| ${line}\n`);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(join(folder, name), source + said.join(""));
    else t.is(text, source + said.join(""));
  });
}
