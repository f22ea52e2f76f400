/** The layout of modules: the same module, laid out once and for all. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { parseModule } from "../../../hopper/check/reader/parse.ts";
import { declarationWords } from "../../../hopper/check/reader/recover.ts";
import { readTokens } from "../../../hopper/check/reader/tokens.ts";
import { widthMax } from "../../../hopper/tools/break-line.ts";
import { formatModule } from "../../../hopper/tools/format-module.ts";
import { hopFiles } from "./hop-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const modules = hopFiles(["hopper", "test/hopper"]).map((file) => ({
  file,
  text: readFileSync(`${root}${file}`, "utf8"),
}));

/** Without places, and with numbers that compare. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => (name === "span" ? [] : [[name, plain(part)]])),
  );
}

const wordsOf = (text: string): readonly string[] => readTokens(text).tokens.map((token) => token.text);
const commentsOf = (text: string): readonly string[] => [...text.matchAll(/--[^\n"]*$/gm)].map(([one]) => one.trim());

test("every module of the repository stays the same module, with its comments, and is laid out once and for all", (t) => {
  t.true(modules.length > 180);
  for (const { file, text } of modules) {
    const once = formatModule(text);
    if (once === undefined) return t.fail(file);
    t.is(formatModule(once), once, file);
    t.deepEqual(commentsOf(once), commentsOf(text), file);
    const [before, after] = [parseModule(text), parseModule(once)];
    t.deepEqual(wordsOf(once), wordsOf(text), file);
    t.is(after.diagnostics.length, before.diagnostics.length, file);
    if (before.diagnostics.length === 0) t.deepEqual(plain(after.tree), plain(before.tree), file);
  }
});

test("modules of Juno's own are laid out so", (t) => {
  for (const { file, text } of modules) if (file.startsWith("hopper/")) t.is(formatModule(text), text, file);
});

test("whatever is done to spaces and lines, the tokens stay, and a second time changes nothing", (t) => {
  const texts = modules.filter(({ file }) => file.startsWith("hopper/")).map(({ text }) => text);
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(" ", "\n", "\n\n\n", "\t", "  -- x\n", "", "(", "}", "=", "1")), {
        maxLength: 12,
      }),
      (text, changes) => {
        const lines = text.split("\n").slice(0, 60).join("\n");
        let changed = lines;
        for (const [at, put] of changes) {
          const place = at % (changed.length + 1);
          changed = changed.slice(0, place) + put + changed.slice(place);
        }
        const once = formatModule(changed);
        if (once === undefined) return;
        t.deepEqual(wordsOf(once), wordsOf(changed));
        t.is(formatModule(once), once);
        const [before, after] = [parseModule(changed), parseModule(once)];
        if (before.diagnostics.length === 0) {
          t.is(after.diagnostics.length, 0, once);
          t.deepEqual(plain(after.tree), plain(before.tree));
        }
      },
    ),
    { numRuns: Number(process.env.HOPPER_FORMATS ?? 300) },
  );
});

test("indentation, spaces, blank lines and long lines", (t) => {
  const untidy = `module a/b   upgrade by key( "x" )


use std/coin( Unit,Coin )
data S=
A
| B{n:Nat,m :Int}
fn f{A:Data}( x : A , n : Nat )->Nat=
-- a comment
let y=- n+1 -- behind
if y<0 then 0
else for i in range( n ) , acc = 0 {
acc+i
}
fn long (first : Map(Text, List(Nat)), second : Map(Text, List(Nat)), third : Map(Text, List(Nat))) -> Nat = 1
`;
  const tidy = `module a/b upgrade by key("x")

use std/coin (Unit, Coin)
data S =
  A
  | B { n : Nat, m : Int }
fn f {A : Data} (x : A, n : Nat) -> Nat =
  -- a comment
  let y = -n + 1  -- behind
  if y < 0 then 0
  else for i in range(n), acc = 0 {
    acc + i
  }
fn long (
  first : Map(Text, List(Nat)), second : Map(Text, List(Nat)), third : Map(Text, List(Nat))
) -> Nat = 1
`;
  t.is(formatModule(untidy), tidy);
  t.is(formatModule(tidy), tidy);
  for (const line of tidy.split("\n")) t.true(line.length <= widthMax);
  t.is(formatModule("module a\n  fn f () -> Nat = ?\n"), undefined);
  t.is(formatModule(""), "");
});

test("editors are told every word that begins a declaration, and every operator", (t) => {
  const grammar = JSON.parse(readFileSync(`${root}hopper/tools/hopper.tmLanguage.json`, "utf8"));
  const { declaration, control, constant, operator } = grammar.repository;
  const matches = (pattern: { match: string }, text: string): boolean =>
    new RegExp(`^(?:${pattern.match})$`).test(text);
  for (const word of declarationWords) t.true(matches(declaration, word), word);
  const { tokens } = readTokens(".. => -> == != <= >= && || ++ - + * / < > = ! | # :");
  for (const { text, kind } of tokens) if (kind === "symbol") t.true(matches(operator, text), text);
  // Words of the language in its own modules: in small letters, and neither names nor something that is called.
  const known = [declaration, control, constant];
  for (const word of ["let", "match", "signed", "by", "writes", "now", "selfAuth", "upgrade", "private", "moves"])
    t.true(
      known.some((pattern) => matches(pattern, word)),
      word,
    );
});
