/** What is wrong with a module stands under the very piece that is wrong, whatever the line is made of. */
import { stripVTControlCharacters } from "node:util";
import test from "ava";
import type { Diagnostic } from "../../../hopper/check/report.ts";
import { type ShowOptions, showDiagnostics } from "../../../hopper/tools/show-diagnostics.ts";
import { check } from "../check/modules.ts";

/** The diagnostic of the first place where `piece` stands. */
function about(source: string, piece: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const start = source.indexOf(piece);
  return { code: "bad", message: "no", span: { start, end: start + piece.length }, related: [], ...more };
}

const show = (source: string, one: Diagnostic, options?: ShowOptions): string =>
  showDiagnostics("a.hop", source, [one], options);

for (const [what, source, piece, shown] of [
  [
    "plain text",
    "let a = 1\nlet b = foo(a)\n",
    "foo",
    "a.hop:2:9: error: no [bad]\n2 | let b = foo(a)\n  |         ^^^",
  ],
  ["a tab before it", "\tx\ty", "y", "a.hop:1:4: error: no [bad]\n1 |     x   y\n  |         ^"],
  [
    "wide characters before and in it",
    '"中文" x日',
    "x日",
    'a.hop:1:6: error: no [bad]\n1 | "中文" x日\n  |        ^^^',
  ],
  ["an emoji", "😀 b", "b", "a.hop:1:3: error: no [bad]\n1 | 😀 b\n  |    ^"],
  ["a letter with a mark", "e\u0301 b", "b", "a.hop:1:4: error: no [bad]\n1 | e\u0301 b\n  |   ^"],
  ["nothing, at the end", "abc", "", "a.hop:1:1: error: no [bad]\n1 | abc\n  | ^"],
  ["a terminal's codes", "\u001b[2J x", "x", "a.hop:1:6: error: no [bad]\n1 | ␛[2J x\n  |      ^"],
  ["writing turned around", "a\u202eb c", "c", "a.hop:1:5: error: no [bad]\n1 | a\ufffdb c\n  |     ^"],
  ["several lines", "f(\n  1,\n  2)", "f(\n  1,\n  2)", "a.hop:1:1: error: no [bad]\n1 | f(\n  | ^^…"],
  ["lines that end as on Windows", "a\r\nb c\r\n", "c", "a.hop:2:3: error: no [bad]\n2 | b c\n  |   ^"],
] as const) {
  test(`${what} is underlined where it stands`, (t) => {
    t.is(show(source, about(source, piece)), shown);
  });
}

test("what was expected, related places and the hint follow, with line numbers in one column", (t) => {
  const source = `a\n${"\n".repeat(8)}b\nc`;
  const { span } = about(source, "a");
  const found = about(source, "c", { expected: "Nat", hint: "try it", related: [{ span, message: "from here" }] });
  t.is(
    show(source, found),
    [
      "a.hop:11:1: error: no [bad]",
      "11 | c",
      "   | ^",
      "   = expected: Nat",
      " 1 | a",
      "   | - from here",
      "   = hint: try it",
    ].join("\n"),
  );
});

test("of a long line the part around the piece is shown", (t) => {
  const source = `${"x".repeat(500)} here ${"y".repeat(500)}`;
  const [, line = "", marks = ""] = show(source, about(source, "here")).split("\n");
  t.true(line.length < 110);
  t.is(line.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1), "here");
});

test("of a line as long as a module too, by whole characters", (t) => {
  for (const character of ["x", "\u{1F600}", "e\u0301", "\u0301"]) {
    for (const shift of ["", "-"]) {
      const source = `${shift}${character.repeat(9_000)} here ${character.repeat(9_000)}`;
      const [, line = "", marks = ""] = show(source, about(source, "here")).split("\n");
      t.true(line.isWellFormed() && line.includes(" here "));
      t.true(line.startsWith("1 | …") && line.endsWith("…"));
      t.is(marks.trimEnd().length - marks.indexOf("^"), 4);
    }
  }
});

test("colours are codes around the same text", (t) => {
  const one = about("a b", "b", { hint: "h" });
  const colored = show("a b", one, { color: true });
  t.not(colored, show("a b", one));
  t.is(stripVTControlCharacters(colored), show("a b", one));
});

test("many mistakes are counted from some number on", (t) => {
  const all = Array.from({ length: 60 }, () => about("a b", "b"));
  const shown = showDiagnostics("a.hop", "a b", all, { most: 2 });
  t.is(shown.split("\n").length, 7);
  t.true(shown.endsWith("and 58 more mistakes in a.hop"));
});

test("the checker's own words are shown", (t) => {
  const source = "module a\nfn f (n : Nat) -> Text = n\n";
  const checked = check(source);
  t.is(
    checked.ok ? "" : showDiagnostics("a.hop", source, checked.diagnostics),
    "a.hop:2:26: error: this is a Nat [wrong-type]\n2 | fn f (n : Nat) -> Text = n\n  |                          ^\n  = expected: Text",
  );
});
