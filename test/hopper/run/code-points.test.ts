/** `codePoints`: the letters of a text as numbers, by both evaluators, paid by size. */
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute, type Outcome } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { sha256 } from "../../../pools/sha256.ts";

const source = `module g
fn double (k : Nat, t : Text) -> Text = for i in range(k), a = t { a ++ a }
command letters (t : Text) = codePoints(t)
command count (t : Text, k : Nat) = size(codePoints(double(k, t)))
command sizes (t : Text, k : Nat) = textSize(double(k, t))
`;
const checked = checkModule(source, "g", () => undefined);
if (!checked.ok) throw new Error(checked.diagnostics[0]?.message);
const ir = lowerModule(checked.module);
const machines = (["compiled", "reference"] as const).map((evaluator) => {
  const machine = createMachine({ sha256, evaluator });
  install(machine, ir, []);
  return machine;
});

function called(command: string, ...args: readonly (string | number)[]): Outcome[] {
  const given = { signers: new Set<string>(), now: 0, gasLimit: 10_000_000 };
  return machines.map((machine) => execute(machine, "g", command, args, given));
}

test("they are those of the text, in order, and paid alike", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
      const [one, other] = called("letters", text);
      t.deepEqual(one?.value, { items: Array.from(text, (letter) => letter.codePointAt(0) ?? 0) });
      t.deepEqual(other?.value, one?.value);
      t.is(other?.gasUsed, one?.gasUsed);
    }),
  );
});

test("as many letters as a list of numbers may have are given, and not one doubling more", (t) => {
  // 4 * 2^16 are the most that `range` gives.
  t.deepEqual(
    called("count", "aé😀b", 16).map(({ value }) => value),
    [262_144, 262_144],
  );
  t.deepEqual(
    called("count", "abcd", 17).map(({ failure }) => failure?.name),
    ["TooLarge", "TooLarge"],
  );
});

test("each letter is an item to pay, beside what a look at them costs", (t) => {
  for (const text of ["abcd", "é€😀b"]) {
    const [counted] = called("count", text, 10);
    const [sized] = called("sizes", text, 10);
    const more = (counted?.gasUsed ?? 0) - (sized?.gasUsed ?? 0);
    t.true(more >= 4096 && more < 4110, `${text}: ${more}`);
  }
});
