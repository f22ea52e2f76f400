/**
 * Runs that once broke an invariant, made small and saved: by the rules of now each comes to its end. A run that breaks is found by
 * `npm run sim`, which saves it into test/regressions; it stays red until its cause is mended, and stays here then.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { readRun, replay } from "./saved-run.ts";

const folder = fileURLToPath(new URL("../regressions/", import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

test("there are saved runs", (t) => {
  t.true(files.length >= 2);
});

for (const file of files) {
  test(`${file.replace(".json", "")} keeps every invariant now`, (t) => {
    const read = readRun(`${folder}${file}`);
    if (!read.ok) {
      t.fail(read.reason);
      return;
    }
    const { failure } = replay(read.saved);
    t.is(failure, undefined, `replay: npm run sim -- --replay test/regressions/${file}`);
  });
}
