/** std/account: accounts with an owner and a state. */
import { readFileSync } from "node:fs";
import test from "ava";
import { checkModule } from "../../../hopper/check/module.ts";
import { isNameCodePoint } from "../../../hopper/demo/account-name.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { testStandardModule } from "./module-cases.ts";

const changed = "  put accounts[name] = Account { deed, owner, state, version = has + 1 }\n";

testStandardModule("std/account", [
  ["a changed account is lost", changed, "", "never-used"],
  [
    "an account handed over is lost",
    "  put accounts[name] = Account { deed, owner = to, state, version = version + 1 }\n",
    "",
    "never-used",
  ],
  ["a closed account stays somewhere", "  let Deed(_) = deed\n", "", "never-used"],
  ["an account is in two rows", changed, changed + changed.replace("[name]", '["other"]'), "used-twice"],
  ["a second one is made beside it", changed, changed.replace("deed", "deed = Deed(name)"), "never-used"],
  [
    "what is closed is closed twice",
    "  let Deed(_) = deed\n",
    "  let Deed(_) = deed\n  let Deed(_) = deed\n",
    "used-twice",
  ],
  ["Data holds an account", "asset Account = Account", "data Account = Account", "asset-in-data"],
  [
    "an account is read as a whole",
    "command read (name : Text) = get accounts[name].state else",
    "command read (name : Text) = get accounts[name] else",
    "get-asset, asset-result",
  ],
  [
    "`..` passes over the account itself",
    "let Account { deed, owner, state, .. }",
    "let Account { owner, state, .. }",
    "never-used, unknown-name",
  ],
  ["a name is taken for evidence", "require by.who == owner(name)", "require name == owner(name)", "wrong-operands"],
  ["it tells no table", "by : Auth) -> () reads accounts =", "by : Auth) -> () =", "effect-missing"],
  [
    "an event tells the account",
    "event Closed { name : Text, owner : Principal }",
    "event Closed { deed : Deed, owner : Principal }",
    "bad-event, missing-field, unknown-field",
  ],
]);

test("a name may have the letters that the demonstration ledger's have, and those of its routes", (t) => {
  const source = readFileSync(new URL("../../../hopper/std/account.hop", import.meta.url), "utf8");
  const checked = checkModule(source, "std/account", () => undefined);
  if (!checked.ok) return t.fail(checked.diagnostics[0]?.message);
  const ann = "a".repeat(32);
  const ir = lowerModule(checked.module);
  const machines = (["compiled", "reference"] as const).map((evaluator) => {
    const machine = createMachine({ sha256, evaluator });
    install(machine, ir, []);
    return machine;
  });
  const asked = new Set<number>(Array.from({ length: 600 }, (_, i) => i));
  // Where a list of letters begins or ends, and some in between.
  for (let letter = 600; letter <= 0x10ffff; letter++) {
    const isSurrogate = letter >= 0xd800 && letter <= 0xdfff;
    if (!isSurrogate && isNameCodePoint(letter) !== isNameCodePoint(letter - 1)) asked.add(letter).add(letter - 1);
    if (!isSurrogate && letter % 9973 === 0) asked.add(letter);
  }
  asked.delete(0xdfff);
  for (const letter of asked) {
    const name = String.fromCodePoint(letter);
    const wanted = isNameCodePoint(letter) || "(),->".includes(name) ? undefined : "BadName";
    for (const machine of machines) {
      const given = { signers: new Set([ann]), now: 0, gasLimit: 100_000 };
      const { failure } = execute(machine, "std/account", "open", [name, [0, { bytes: ann }], { bytes: "" }], given);
      if (failure?.name !== wanted) return t.fail(`letter ${letter}: ${failure?.name}`);
    }
  }
  t.true(asked.size > 700);
});
