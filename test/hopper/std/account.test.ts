/** std/account: accounts with an owner and a state. */
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
