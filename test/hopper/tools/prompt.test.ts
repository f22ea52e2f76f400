/** What is typed at the prompt: whole lines, signers, completion. */
import test from "ava";
import { principalsOf } from "../../../client/hopper/signers.ts";
import { completeLine, promptWords } from "../../../hopper/tools/complete.ts";
import { runLine } from "../../../hopper/tools/run-line.ts";
import { startSession } from "../../../hopper/tools/session.ts";
import { wantsMore } from "../../../hopper/tools/whole-line.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { coinSource, escrowSource } from "../check/modules.ts";

for (const [typed, more] of [
  ["1 + 2", false],
  ["f(1,", true],
  ["f(1,\n2)", false],
  ["let x =", true],
  ["command f () =", true],
  ['"(" ++ ")"', false],
  ['"((', false],
  ["a -- (", false],
  ["match x { 1 =>", true],
  [")", false],
  ["1 +", true],
] as const) {
  test(`${JSON.stringify(typed)} ${more ? "wants more" : "is whole"}`, (t) => {
    t.is(wantsMore(typed), more);
  });
}

test("signers are names or expressions, parted by commas", (t) => {
  t.deepEqual(principalsOf("alice, bob"), ['key("alice")', 'key("bob")']);
  t.deepEqual(principalsOf('atLeast(1, [key("a,b"), key("c")]), dora'), [
    'atLeast(1, [key("a,b"), key("c")])',
    'key("dora")',
  ]);
  t.deepEqual(principalsOf(" "), []);
});

test("Tab completes commands, names, tables and words of the prompt", (t) => {
  const coin = { file: "coin.hop", text: coinSource };
  const find = (path: string) => (path === "std/coin" ? coin : undefined);
  const session = startSession({ sha256, find }, { file: "escrow.hop", text: escrowSource });
  if ("refused" in session) throw new Error(session.refused);
  runLine(session, 'let arbiter = key("arbiter")');
  t.deepEqual(completeLine(session, "sett"), [["settle"], "sett"]);
  t.deepEqual(completeLine(session, "as key(arb"), [["arbiter"], "arb"]);
  t.deepEqual(completeLine(session, "call coin.iss"), [["coin.issue"], "coin.iss"]);
  t.deepEqual(completeLine(session, "get ope"), [["open"], "ope"]);
  t.deepEqual(completeLine(session, "x + roundH"), [["roundHalfEven"], "roundH"]);
  t.deepEqual(completeLine(session, ":un"), [[":undo"], ":un"]);
  t.deepEqual(completeLine(session, "f("), [[], ""]);
  t.is(completeLine(session, ":")[0].length, Object.keys(promptWords).length);
});
