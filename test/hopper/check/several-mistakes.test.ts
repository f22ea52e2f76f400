/** One run tells the mistakes of every statement, whatever is wrong with those before it. */
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { parseModule } from "../../../hopper/check/reader/parse.ts";
import { escrowSource } from "./modules.ts";

const codesOf = (text: string): string[] => {
  const checked = checkModule(text, "a", () => undefined);
  return checked.ok ? [] : checked.diagnostics.map(({ code }) => code);
};

const mistakesIn = (text: string): string[] =>
  parseModule(text).diagnostics.map(({ span, message, expected }) => {
    const line = text.slice(0, span.start).split("\n").length;
    return `${line}: ${message}, ${expected}`;
  });

test("each statement's mistake is told with what was expected, in its line", (t) => {
  const text = `module a
fn f (n : Nat) -> Nat =
  let x = )
  let y = 2 +
  let z = match n {
    0 => ]
    _ => 3
  }
  x + y =
fn g (n Nat) -> Nat = 1
command h () =
  put t[1 = 2
  for x in [1], a = 0 {
    let = 3
    a + ]
  }
  emit 5
`;
  t.deepEqual(mistakesIn(text), [
    "3: `)` is not expected here, an expression",
    "5: `let` is not expected here, an expression",
    "6: `]` is not expected here, an expression",
    "9: `=` is not expected here, a new line",
    "10: `Nat` is not expected here, `:`",
    "12: `=` is not expected here, `,` or `]`",
    "14: `=` is not expected here, an expression",
    "15: `]` is not expected here, an expression",
    "17: `5` is not expected here, a name",
  ]);
});

test("a broken line in one declaration leaves the others as they are", (t) => {
  const lines = escrowSource.split("\n");
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(")", "]", "= =", "let", "[", "("), (at, wrong) => {
      const inBody = lines.flatMap((line, i) => (/^ {2}\S/.test(line) && !line.includes("|") ? [i] : []));
      const broken = inBody[at % inBody.length] ?? 0;
      const text = lines.map((line, i) => (i === broken ? `${line} ${wrong}` : line)).join("\n");
      const { tree, diagnostics } = parseModule(text);
      t.true(diagnostics.length > 0);
      // Every mistake is in the declaration that was broken, or where it ends.
      const whole = parseModule(escrowSource).tree.declarations;
      t.true(tree.declarations.length >= whole.length - 1);
      for (const { span } of diagnostics) t.true(span.start >= lines.slice(0, broken).join("\n").length);
    }),
    { numRuns: 200 },
  );
});

test("a mistake in one case of a match hides none in the next ones, nor behind the match", (t) => {
  const text = `module a
fn f (m : Maybe(Nat), n : Nat) -> Nat =
  let z = match m, n {
    Just(x, 0 => 1
    Just(x), _ => x +
      * 2
    Nothing, 1 => match n {
      0 => ]
      1 => 2, 2 => )
      _ => {
        let = 3
        n +
      }
    }
    Nothing 2 => 4
    Nothing, _ => 5 6
  }
  z = 1
fn g (n : Nat) -> Nat = match n { 0 => ), _ => 2 }
fn h (n : Nat) -> Nat = )
`;
  t.deepEqual(mistakesIn(text), [
    "4: `=>` is not expected here, `,` or `)`",
    "6: `*` is not expected here, an expression",
    "8: `]` is not expected here, an expression",
    "9: `)` is not expected here, an expression",
    "11: `=` is not expected here, an expression",
    "13: `}` is not expected here, an expression",
    "15: `2` is not expected here, `=>`",
    "16: `6` is not expected here, `,`, a new line, or `}`",
    "18: `=` is not expected here, a new line",
    "19: `)` is not expected here, an expression",
    "20: `)` is not expected here, an expression",
  ]);
});

test("a match without its end takes in nothing of what is around it", (t) => {
  const text = `module a
fn f (n : Nat) -> Nat =
  for i in [n], a = 0 {
    let z = match i {
      0 => ]
    let y = )
    z + y
  }
fn g (n : Nat) -> Nat = match n {
  0 => ]
fn h (n : Nat) -> Nat = )
`;
  t.deepEqual(mistakesIn(text), [
    "5: `]` is not expected here, an expression",
    "6: `)` is not expected here, an expression",
    "10: `]` is not expected here, an expression",
    "11: `)` is not expected here, an expression",
  ]);
});

test("which tables a body touches is not doubted where something in it, or in what it calls, is wrong", (t) => {
  const found = codesOf(`module a
table t : Nat => Nat
proc sum () -> Nat reads t = (get t[1] or 0) + size(2, get t[0] or 0)
proc twice () -> Nat reads t = 2 * sum()
`);
  t.deepEqual(found, ["wrong-count"]);
  t.deepEqual(codesOf("module a\ntable t : Nat => Nat\nproc f () -> Nat reads t = 2\n"), ["effect-unused"]);
});

test("what comes later is refused once, and what stands behind it is read", (t) => {
  const text = (inside: string): string => `module a\ninterface Coin ${inside}\nfn g () -> Nat = )\n`;
  for (const inside of ["{\n  fn f (n : Nat) -> Nat\n  table t : Nat\n}", "{ fn f { } () }", "", "{}"]) {
    const line = inside.split("\n").length + 2;
    t.deepEqual(mistakesIn(text(inside)), [
      "2: interfaces come later, undefined",
      `${line}: \`)\` is not expected here, an expression`,
    ]);
  }
  t.deepEqual(mistakesIn("module a\ninterface Coin {\n  fn f ()\n"), ["2: interfaces come later, undefined"]);
});
