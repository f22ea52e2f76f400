/** Whatever is done to a module's text, the parser answers soon, and every span lies in the text. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { parseModule } from "../../../hopper/check/reader/parse.ts";
import { hopFiles } from "../tools/hop-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sources = hopFiles(["hopper", "test/hopper"]).map((file) => readFileSync(`${root}${file}`, "utf8"));
const pieces =
  '( ) [ ] { } = => -> : , . .. | " -- \n 0 let match take else require put command test data é \u{1f600} \0';
const change = fc.record({
  at: fc.nat(),
  cut: fc.nat({ max: 12 }),
  put: fc.constantFrom("", ...pieces.split(" ")),
});

/** Of one run, by the CPU clock: other tests share the machine. */
function cpuMilliseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user } = process.cpuUsage(before);
  return user / 1000;
}

test("20,000 changed modules: no throw, spans in the text and in order", (t) => {
  let broken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 4 }), (source, changes) => {
      let text = source;
      for (const { at, cut, put } of changes) {
        const place = at % (text.length + 1);
        text = `${text.slice(0, place)} ${put} ${text.slice(place + cut)}`;
      }
      const { diagnostics } = parseModule(text);
      if (diagnostics.length > 0) broken++;
      let last = 0;
      for (const { span } of diagnostics) {
        if (!(last <= span.start && span.start <= span.end && span.end <= text.length))
          throw new Error(`span ${span.start} to ${span.end} after ${last}:\n${text}`);
        last = span.start;
      }
    }),
    { numRuns: Number(process.env.HOPPER_FUZZ ?? 20_000), seed: 11 },
  );
  t.true(broken > 1000);
});

test("a text of nothing but mistakes tells at most 200, and soon", (t) => {
  for (const piece of ["+\n", ")", "'", '"\n', "{", "(\n", "let\n", "fn\n", "command c () = {\n  )\n"]) {
    const text = `module a\n${piece.repeat(100_000 / piece.length)}`;
    let told = 0;
    const taken = cpuMilliseconds(() => {
      told = parseModule(text).diagnostics.length;
    });
    t.true(told > 0 && told <= 200, `${JSON.stringify(piece)}: ${told}`);
    t.true(taken < 1000, `${JSON.stringify(piece)}: ${taken} ms`);
  }
});
