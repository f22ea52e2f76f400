/** What the hash of a module depends on. */
import test from "ava";
import { accepted, coinSource, escrowSource } from "./modules.ts";

const text = `module a
data P = P { x : Nat }
table t : Id => P
fn twice (n : Nat) -> Nat =
  let m = n + n -- a note
  m
pub fn size (xs : List(Nat)) -> Nat =
  match xs { [] => 0, [x, ..rest] => x + size(rest) }
command go (n : Nat) = twice(n)
test "t" { call go(1) expect ok 2 }
`;

const hash = (source: string): string => accepted(source).hash;

test("the same text has the same hash, also when it is checked anew", (t) => {
  t.is(hash(text), hash(text));
  t.is(hash(escrowSource), hash(escrowSource));
});

const same: readonly (readonly [string, (text: string) => string])[] = [
  ["names of locals", (s) => s.replaceAll("m = n + n", "q = n + n").replace("\n  m\n", "\n  q\n")],
  [
    "names of parameters of functions",
    (s) => s.replace("(n : Nat) -> Nat =\n  let m = n + n", "(k : Nat) -> Nat =\n  let m = k + k"),
  ],
  ["names that a pattern binds", (s) => s.replace("[x, ..rest] => x + size(rest)", "[y, ..ys] => y + size(ys)")],
  [
    "layout and comments",
    (s) => s.replace(" -- a note", "").replaceAll("=>", " => ").replace("{ x : Nat }", "{\n  x : Nat\n}"),
  ],
  ["tests", (s) => s.replace("call go(1) expect ok 2", "call go(2) expect ok 4")],
];
for (const [what, change] of same) {
  test(`the hash does not depend on ${what}`, (t) => {
    t.not(change(text), text);
    t.is(hash(change(text)), hash(text));
  });
}

const other: readonly (readonly [string, (text: string) => string])[] = [
  ["the path", (s) => s.replace("module a", "module b")],
  ["a literal", (s) => s.replace("[] => 0", "[] => 1")],
  ["an operator", (s) => s.replace("n + n", "n * n")],
  ["the order of operands", (s) => s.replace("x + size(rest)", "size(rest) + x")],
  ["a field's name", (s) => s.replace("{ x : Nat }", "{ y : Nat }")],
  ["a field's type", (s) => s.replace("{ x : Nat }", "{ x : Int }")],
  ["an asset", (s) => s.replace("data P", "asset P")],
  ["privacy", (s) => s.replace("= P {", "= private P {")],
  ["what is public", (s) => s.replace("pub fn size", "fn size")],
  ["the form", (s) => s.replace("fn twice", "rec fn twice")],
  ["a table's name", (s) => s.replace("table t", "table u")],
  ["a signer", (s) => s.replace("go (n : Nat) =", 'go (n : Nat) signed by key("a") =')],
  ["the authority", (s) => s.replace("module a", 'module a upgrade by key("a")')],
  ["an import", (s) => s.replace("module a\n", "module a\nuse std/coin\n")],
];
for (const [what, change] of other) {
  test(`the hash depends on ${what}`, (t) => {
    t.not(change(text), text);
    t.not(hash(change(text)), hash(text));
  });
}

test("a module's hash stands for what it imports", (t) => {
  const module = accepted(escrowSource);
  t.deepEqual(module.core.imports, [hash(coinSource)]);
});
