/** A call as people write it becomes a command for the chain, with what its module uses found by itself. */
import { fileURLToPath } from "node:url";
import test from "ava";
import { readCall } from "../../../client/contract/read-call.ts";
import { readExpectation } from "../../../client/contract/read-expectation.ts";
import { readSource, sourceFinder } from "../../../client/hopper/find-source.ts";
import { coinSource, escrowSource } from "../check/modules.ts";

const escrow = { file: fileURLToPath(new URL("../../../hopper/demo/escrow.hop", import.meta.url)), text: escrowSource };

const coin = { file: "coin.hop", text: coinSource };

test("arguments are worked out and encoded, of the module's own commands and of those it uses", (t) => {
  const own = readCall(escrow, [], 'settle(id(0x"01"), Refund)', 500);
  t.deepEqual(own.ok ? own.value : own.reason, {
    kind: "call",
    module: "demo/escrow",
    command: "settle",
    args: ["\x41\x01", "\x81\x01"],
    gasLimit: 500,
    expect: [],
  });
  const used = readCall(escrow, [], 'coin.issue(Unit(key("b"), "USD"), main(key("a")), 3)', 500);
  if (!used.ok || used.value.kind !== "call") throw new Error("not read");
  t.deepEqual([used.value.module, used.value.command, used.value.args[2]], ["std/coin", "issue", "\x03"]);
});

test("what is wrong with a call is told with its place", (t) => {
  for (const [call, reason] of [
    ["settle(1)", /^call:1:1: error: settle takes 2 arguments.*\n1 \| settle\(1\)\n/],
    ['settle(id(0x"01"), Refund', /^call:1:26: error: the call ends too soon/],
    ["nothing()", /a call names a command of its module, or of one that it imports/],
    ['settle(id(0x"01"), Release) expect ok\n  call expire(id(0x"01"))', /not a single call/],
    ["coin.retire(Unit(key(1), 2), main(3), 1 - 2)", /error: this is a Nat/],
    ['fund(id(0x"01"), self, self, self, 1, 1 - 2, now)', /error: /],
  ] as const) {
    const read = readCall(escrow, [], call, 500);
    t.regex(read.ok ? "" : read.reason, reason);
  }
  const failing = readCall(escrow, [], 'coin.issue(Unit(key("b"), "USD"), main(key("a")), 1 - 2)', 500);
  t.deepEqual(failing, { ok: false, reason: "an argument fails with Negative" });
});

test("an expectation is of the module's own table where it names no other", (t) => {
  const [named, own] = ["std/coin.", ""].map((path) =>
    readExpectation(`${path}purse[Unit(key("b"), "USD"), main(key("a"))] >= -30`, coin, sourceFinder([coin])),
  );
  t.true(named?.ok && named.value.table === "std/coin.purse" && named.value.least === -30);
  t.deepEqual(own, named);
  const none = readExpectation("-30 <= purse", coin, sourceFinder([coin]));
  t.regex(none.ok ? "" : none.reason, /an expectation is TABLE\[UNIT, ACCOUNT\] >= LEAST/);
});

test("standard modules are found by their paths", (t) => {
  const read = readSource("std/coin");
  t.is(read.ok ? read.value.text : read.reason, coinSource);
  t.deepEqual(readSource("std/none"), { ok: false, reason: "std/none: there is no such file" });
});
