/** Whatever the text, checking gives a module or says what is wrong inside the text; it never throws. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { lowerTests } from "../../../hopper/lower/lower-module.ts";
import { check, coinSource, escrowSource } from "./modules.ts";

const folder = join(import.meta.dirname, "../rejected");
const rejected = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8").replace(/^--\|.*\n/gm, ""));
const texts = [coinSource, escrowSource, ...rejected].map((text) => text.match(/\s+|\w+|"[^"]*"|[^\w\s]/g) ?? []);
const tokens = [...new Set(texts.flat())];

const change = fc.record({
  kind: fc.constantFrom("drop", "double", "replace", "insert"),
  at: fc.nat(),
  token: fc.constantFrom(...tokens),
});

test("changed programs are checked, and lowered if they pass, without a throw", (t) => {
  let passed = 0;
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
      const next = [...text];
      for (const { kind, at, token } of changes) {
        const place = 2 + (at % Math.max(1, next.length - 2));
        if (kind === "drop") next.splice(place, 1);
        else if (kind === "double") next.splice(place, 0, next[place] ?? token);
        else next.splice(place, kind === "replace" ? 1 : 0, token);
      }
      const source = next.join("");
      const checked = check(source);
      if (checked.ok) {
        passed++;
        lowerTests(checked.module);
        return;
      }
      t.true(checked.diagnostics.length > 0);
      for (const { span, related } of checked.diagnostics) {
        for (const { start, end } of [span, ...related.map((r) => r.span)]) {
          if (!(0 <= start && start <= end && end <= source.length))
            throw new Error(`span ${start} to ${end}:\n${source}`);
        }
      }
    }),
    { numRuns: Number(process.env.HOPPER_FUZZ ?? 4000), seed: 7 },
  );
  t.true(passed > 0);
});
