/** docs/hopper/determinism.md: each test that it names is there, and each file. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const page = join(import.meta.dirname, "../../../docs/hopper/determinism.md");
const text = readFileSync(page, "utf8");
const tests = join(import.meta.dirname, "../run");
const rows = Array.from(
  text.matchAll(/^\| (?!hazard|-)(.*?) \| (.*) \| (.*) \|$/gm),
  ([, hazard = "", , named = ""]) => ({
    hazard,
    named,
  }),
);

test("it has a row for each hazard", (t) => t.true(rows.length >= 12));

for (const { hazard, named } of rows) {
  test(`the tests are there: ${hazard}`, (t) => {
    const files = named.split("; ").flatMap((part) => {
      const name = /^([a-z-]+)(?=:|$|,)/.exec(part)?.[1];
      return name === undefined
        ? []
        : [{ name, titles: Array.from(part.matchAll(/"([^"]+)"/g), ([, title = ""]) => title) }];
    });
    t.true(files.length > 0);
    for (const { name, titles } of files) {
      const source = readFileSync(join(tests, `${name}.test.ts`), "utf8");
      for (const title of titles) t.true(source.includes(title), `${name}: ${title}`);
    }
  });
}

test("the files that it links to are there", (t) => {
  const links = Array.from(text.matchAll(/\]\(([^)#]+)/g), ([, link = ""]) => join(page, "..", link));
  t.true(links.length > 5);
  for (const link of links) t.true(existsSync(link), link);
  t.true(readdirSync(tests).includes("flags.test.ts"));
});
