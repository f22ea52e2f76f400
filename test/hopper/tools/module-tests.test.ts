/** Tests inside modules: they call commands of their module and of those it imports, and look into its tables. */
import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { lowerModule, lowerTests } from "../../../hopper/lower/lower-module.ts";
import type { Evaluator } from "../../../hopper/run/machine.ts";
import { runTests, type TestResult } from "../../../hopper/run/run-tests.ts";
import { accepted, check, coinSource, escrowSource } from "../check/modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

/** Results, which are those of both evaluators. */
function resultsOf(t: ExecutionContext, source: string): TestResult[] {
  const coin = accepted(coinSource);
  const checked = accepted(source);
  const { module, tests } = lowerTests(checked);
  const run = (evaluator: Evaluator) =>
    runTests(module, checked.core.imports, tests, {
      sha256,
      evaluator,
      imports: [{ ir: lowerModule(coin), imports: [] }],
    });
  const shown = (results: TestResult[]) =>
    results.map((one) => ({ ...one, calls: one.calls.map(({ changes, ...rest }) => [rest, changes.length]) }));
  const [compiled, reference] = [run("compiled"), run("reference")];
  t.deepEqual(shown(compiled), shown(reference));
  return compiled;
}

test("a test calls commands of an imported module", (t) => {
  const [result] = resultsOf(
    t,
    `${escrowSource}
test "the seller is paid" {
  let bank = key("bank")
  let buyer = key("buyer")
  let seller = key("seller")
  let usd = Unit(bank, "USD")
  as bank call coin.issue(usd, main(buyer), 100) expect ok
  as buyer call fund(id(0x"01"), buyer, seller, key("arbiter"), usd, 40, 1970-01-02T00:00Z) expect ok
  check get open[id(0x"01")].due == 1970-01-02T00:00Z
  as buyer, seller call settle(id(0x"01"), Release) expect ok
  as seller call coin.transfer(usd, main(seller), main(buyer), 41) expect fault Insufficient
  as seller call coin.transfer(usd, main(seller), main(buyer), 40) expect ok
}
`,
  );
  t.is(result?.flaw, undefined, JSON.stringify(result?.flaw));
  t.deepEqual(
    result?.calls.map(({ module, command, fault, changes }) => [module, command, fault, changes.length]),
    [
      ["std/coin", "issue", undefined, 1],
      ["demo/escrow", "fund", undefined, 2],
      ["demo/escrow", "settle", undefined, 2],
      ["std/coin", "transfer", "Insufficient", 0],
      ["std/coin", "transfer", undefined, 2],
    ],
  );
});

test("an imported module's command checks its arguments, and one that is not there is refused", (t) => {
  const wrong = check(`module a\nuse std/coin\ntest "t" {\n  call coin.issue(1, 2, 3) expect ok\n}\n`);
  t.deepEqual(wrong.ok ? [] : wrong.diagnostics.map(({ code }) => code), ["wrong-type", "wrong-type"]);
  const missing = check(`module a\nuse std/coin\ntest "t" {\n  call coin.isue() expect ok\n}\n`);
  t.deepEqual(missing.ok ? [] : missing.diagnostics.map(({ code }) => code), ["unknown-command"]);
});

const counter = `module a
table n : Text => Nat
proc count (of : Text) -> Nat reads n = get n[of] or 0
command add (of : Text, by : Nat) =
  let before = take n[of] or 0
  put n[of] = before + by
  before + by
`;

for (const [what, steps, message] of [
  ["a row is looked at", 'call add("x", 2) expect ok 2\n  check get n["x"] == 2\n  check count("x") == 2', undefined],
  ["a row is not what it should be", 'call add("x", 2) expect ok 2\n  check get n["x"] == 3', "does not hold"],
  ["a row is missing", 'check get n["x"] == 3', "failed with Missing"],
  ["another value came", 'call add("x", 2) expect ok 3', "gave 2, where 3 was expected"],
  ["a fault did not come", 'call add("x", 2) expect fault No', "succeeded, where the fault No was expected"],
  ["an argument fails", 'call add("x", 1 - 2) expect ok', "an expression here fails with Negative"],
] as const) {
  test(`the result where ${what}`, (t) => {
    const [result] = resultsOf(t, `${counter}test "t" {\n  ${steps}\n}\n`);
    t.is(result?.flaw?.message, message);
  });
}

test("only a check looks into tables, and nothing in a test changes them but commands", (t) => {
  for (const step of [
    'let x = get n["x"] or 0',
    'check take n["x"] == 0',
    'call add("x", get n["x"] or 0) expect ok',
  ]) {
    const refused = check(`${counter}test "t" {\n  ${step}\n}\n`);
    t.deepEqual(refused.ok ? [] : refused.diagnostics.map(({ code }) => code), ["not-pure"], step);
  }
  const writes = `${counter}proc clear (of : Text) -> Bool writes n =\n  put n[of] = 0\n  true\n`;
  const [result] = resultsOf(t, `${writes}test "t" {\n  check clear("x")\n}\n`);
  t.regex(result?.flaw?.message ?? "", /^failed with /);
});
