import test from "ava";
import fc from "fast-check";
import { rational } from "../../../hopper/demo/rational.ts";
import { showMaybeRational, showRational, showText } from "../../../hopper/demo/show.ts";
import { hold } from "./hold.ts";

test("fractions are shown as Haskell's Ratio", (t) => {
  t.is(showRational(rational(100000n, 1n)), "100000 % 1");
  t.is(showRational(rational(-5n, 1n)), "(-5) % 1");
  t.is(showRational(rational(0n, 3n)), "0 % 1");
  t.is(showMaybeRational(rational(100000n, 1n)), "Just (100000 % 1)");
  t.is(showMaybeRational(rational(-5n, 2n)), "Just ((-5) % 2)");
  t.is(showMaybeRational(null), "Nothing");
});

const known: readonly (readonly [text: string, shown: string])[] = [
  ["", '""'],
  ["Acct1", '"Acct1"'],
  ['say "a\\b"', '"say \\"a\\\\b\\""'],
  ["é", '"\\233"'],
  ["é1", '"\\233\\&1"'],
  ["éx1", '"\\233x1"'],
  ["\\51", '"\\\\51"'],
  ["😀", '"\\128512"'],
  ["\n\t\0\u001b\u007f", '"\\n\\t\\NUL\\ESC\\DEL"'],
  ["\u001b[0;31m", '"\\ESC[0;31m"'],
  ["\u000eH", '"\\SO\\&H"'],
  ["\u000eG", '"\\SOG"'],
  ["\\SOH", '"\\\\SOH"'],
  ["\u00a0\u202e", '"\\160\\8238"'],
];

for (const [text, shown] of known) {
  test(`${JSON.stringify(text)} is quoted as ${shown}`, (t) => t.is(showText(text), shown));
}

test("a quoted text is printable ASCII, and different texts are quoted differently", (t) => {
  const text = fc.string({ unit: "binary" });
  hold(
    t,
    fc.property(text, text, (a, b) => {
      t.regex(showText(a), /^"[ -~]*"$/);
      t.is(showText(a) === showText(b), a === b);
    }),
  );
  const awkward = fc.string({
    unit: fc.constantFrom("\\", "S", "O", "H", "\u000e", "1", "3", "\u0085", "é", "&", '"'),
  });
  hold(
    t,
    fc.property(awkward, awkward, (a, b) => {
      t.is(showText(a) === showText(b), a === b);
    }),
    2000,
  );
});
