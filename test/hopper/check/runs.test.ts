/** Checked programs do what they say, from source to state, in both evaluators and with the same gas. */
import { createHash } from "node:crypto";
import test from "ava";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { lowerModule, lowerTests } from "../../../hopper/lower/lower-module.ts";
import { createMachine, type Evaluator, execute, type Machine, type Outcome } from "../../../hopper/run/machine.ts";
import { install, runTests } from "../../../hopper/run/run-tests.ts";
import { type Data, principal, type Value } from "../../../hopper/run/value.ts";
import { accepted, coinSource, escrowSource, imports } from "./modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const evaluators: readonly Evaluator[] = ["reference", "compiled"];
const coin = accepted(coinSource);
const known = imports("std/coin", null) ?? coin;

function machineWith(evaluator: Evaluator, modules: readonly CheckedModule[]): Machine {
  const machine = createMachine({ sha256, evaluator });
  for (const module of modules) install(machine, lowerModule(module), module.core.imports);
  return machine;
}

function testsOf(source: string, evaluator: Evaluator) {
  const checked = accepted(source);
  const { module, tests } = lowerTests(checked);
  const bench = { sha256, evaluator, imports: [{ ir: lowerModule(known), imports: [] }] };
  return runTests(module, checked.core.imports, tests, bench);
}

test("the tests inside std/coin hold, at the same cost in both evaluators", (t) => {
  const [reference = [], compiled = []] = evaluators.map((evaluator) => testsOf(coinSource, evaluator));
  t.true(reference.length > 0);
  for (const result of reference) t.is(result.flaw, undefined, JSON.stringify(result));
  t.deepEqual(compiled, reference);
});

/** What a command says, as text of Hopper. */
const meanings: readonly (readonly [string, string, string])[] = [
  ["numbers", "(7 - 2 * 3, -1 + 0, 1%3 + 1%6, div(-7, 2), mod(-7, 2))", "(1, -1, 1%2, -4, 1)"],
  [
    "comparisons",
    '(1 < 2 && 2 <= 2, 1 > 2 || 3 >= 4, "a" < "b", 1%2 > 1%3, !(1 == 2))',
    "(true, false, true, true, true)",
  ],
  [
    "texts with a tab and a null in them",
    '(textSize("a\tb\0"), "\t\\n" == "\\t\\n", textSize("\\"\\\\"))',
    "(4, true, 2)",
  ],
  ["texts and lists", '("a" ++ "b", [1] ++ [2, 3], size([1, 2]))', '("ab", [1, 2, 3], 2)'],
  ["matching lists", "match [1, 2, 3] { [] => 0, [_] => 1, [a, ..r] => a + size(r) }", "3"],
  ["matching by value", 'match 5, "x" { 1, _ => 1, _, "y" => 2, n, _ => n + 1 }', "6"],
  ["matching inside", "match Just((1, [2])) { Just((a, [b])) => a + b, _ => 0 }", "3"],
  ["loops", "for x in [1, 2, 3], acc = 10 { acc * x }", "60"],
  ["a loop in a loop", "for x in [1, 2], a = 0 { for y in [10, 20], b = a { b + x * y } }", "90"],
  ["closures", "{\n  let k = 10\n  let f = (x) => x + k\n  f(1) + f(2)\n}", "23"],
  [
    "a closure in a closure",
    "{\n  let k = 1\n  let f : (Nat) -> Nat = (x) => {\n    let g = (y) => x + y + k\n    g(100)\n  }\n  f(10)\n}",
    "111",
  ],
  ["a closure over a loop", "for x in [1, 2], acc = 0 {\n  let f = (y) => x * y + acc\n  f(10)\n}", "30"],
  ["a record", "P { b = 1, a = 2 }.a", "2"],
  ["functions that call themselves", "down(5)", "15"],
  ["functions as values", "map([1, 2], twice)", "[2, 4]"],
  ["what is built in as a value", "map([-1, 2], abs)", "[1, 2]"],
  ["a function used once", "run(() => 5)", "5"],
  ["maps", 'lookup(insert(insert(emptyMap(), "a", 1), "b", 2), "b")', "Just(2)"],
  ["times", "2026-11-23T00:00Z + days(1) == 2026-11-24T00:00Z", "true"],
  ["trees", "sum(Node(Node(Leaf, 1, Leaf), 2, Leaf))", "3"],
];

const prelude = `module a
data P = P { a, b : Nat }
data Tree = Leaf | Node(Tree, Nat, Tree)
fn sum (t : Tree) -> Nat =
  match t { Leaf => 0, Node(l, n, r) => sum(l) + n + sum(r) }
fn down (n : Nat) -> Nat = if n == 0 then 0 else n + down(n - 1)
fn twice (n : Nat) -> Nat = n * 2
fn map {A : Type, B : Type} (xs : List(A), f : (A) -> B) -> List(B) =
  for x in xs, out = [] { append(out, f(x)) }
fn run {A : Type} (f : () -> A once) -> A = f()
`;

for (const [what, expression, value] of meanings) {
  test(`${what} mean what they say`, (t) => {
    const source = `${prelude}command go () = ${expression}\ntest "t" {\n  call go() expect ok ${value}\n}\n`;
    const [reference = [], compiled = []] = evaluators.map((evaluator) => testsOf(source, evaluator));
    t.is(reference[0]?.flaw, undefined, JSON.stringify(reference));
    t.deepEqual(compiled, reference);
  });
}

const faults: readonly (readonly [string, string, string])[] = [
  ["a Nat below 0", "1 - 2", "Negative"],
  ["division by zero", "div(1, 0)", "DivByZero"],
  ["what fails by name", "fail Refused", "Refused"],
  ["a row that is missing", 'get t[0x"00"]', "Missing"],
];
for (const [what, expression, fault] of faults) {
  test(`the fault of ${what} has its name`, (t) => {
    const key = expression.replace('0x"00"', 'id(0x"00")');
    const source = `module a\ntable t : Id => Nat\ncommand go () = ${key}\ntest "t" {\n  call go() expect fault ${fault}\n}\n`;
    for (const evaluator of evaluators)
      t.is(testsOf(source, evaluator)[0]?.flaw, undefined, JSON.stringify(testsOf(source, evaluator)));
  });
}

const keyOf = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));
const bytesOf = (bytes: Uint8Array): Value => ({ bytes: Buffer.from(bytes).toString("latin1") });
const who = (name: string): Data => [principal.key, bytesOf(keyOf(name))];

for (const evaluator of evaluators) {
  test(`an escrow pays out, or back, and no coin is lost: ${evaluator}`, (t) => {
    const machine = machineWith(evaluator, [known, accepted(escrowSource)]);
    const unit: Value = [0, who("bank"), "USD"];
    const account = (name: string): Value => [0, who(name), "main"];
    const run = (
      path: string,
      command: string,
      args: readonly Value[],
      signers: readonly string[],
      now = 0,
    ): Outcome => {
      const keys = new Set(signers.map((s) => Buffer.from(keyOf(s)).toString("latin1")));
      return execute(machine, path, command, args, { signers: keys, now, gasLimit: 100_000 });
    };
    const id = bytesOf(Uint8Array.of(1));
    const parties = [who("buyer"), who("seller"), who("arbiter")];
    const fund = [id, ...parties, unit, 40, 1000];
    t.is(run("std/coin", "issue", [unit, account("buyer"), 100], ["bank"]).failure, undefined);
    t.is(run("demo/escrow", "fund", fund, ["seller"]).failure?.name, "NotSigned");
    const funded = run("demo/escrow", "fund", fund, ["buyer"]);
    t.is(funded.failure, undefined, JSON.stringify(funded.failure));
    t.is(funded.changes.length, 2);
    t.is(run("demo/escrow", "fund", fund, ["buyer"]).failure?.name, "IdTaken");
    t.is(run("demo/escrow", "expire", [id], [], 1000).failure?.name, "NotDue");
    t.is(run("demo/escrow", "settle", [id, [0]], ["seller"]).failure?.name, "TooFewSigners");
    t.is(run("demo/escrow", "settle", [id, [0]], ["seller", "arbiter"]).failure, undefined);
    t.is(run("demo/escrow", "settle", [id, [0]], ["seller", "arbiter"]).failure?.name, "NoEscrow");
    t.is(run("demo/escrow", "fund", fund, ["buyer"]).failure, undefined);
    t.is(run("demo/escrow", "expire", [id], [], 1001).failure, undefined);
    const moved = run("std/coin", "transfer", [unit, account("buyer"), account("seller"), 60], ["buyer"]);
    t.is(moved.failure, undefined, JSON.stringify(moved.failure));
    t.is(
      run("std/coin", "transfer", [unit, account("seller"), account("buyer"), 101], ["seller"]).failure?.name,
      "Insufficient",
    );
    t.is(run("std/coin", "retire", [unit, account("seller"), 100], ["seller"]).failure, undefined);
  });
}
