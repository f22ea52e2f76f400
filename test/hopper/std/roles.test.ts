/** std/roles: roles that an organisation gives and takes. */
import { testStandardModule } from "./module-cases.ts";

testStandardModule("std/roles", [
  [
    "nobody signs for who pins",
    "text : Text, by : Principal) signed by by =",
    "text : Text, by : Principal) =",
    "no-auth",
  ],
  ["a person is taken for evidence", 'ask(org, "editor", auth)', 'ask(org, "editor", by)', "wrong-type"],
  ["evidence is made", 'ask(org, "editor", auth)', 'ask(org, "editor", Auth(by))', "private"],
  ["evidence is kept", "id : Id) => Text", "id : Id) => Auth", "not-storable, wrong-type, get-asset, wrong-operands"],
  [
    "evidence comes from outside",
    "command mayNow (org : Principal,",
    "command mayNow (by : Auth, org : Principal,",
    "not-wire, wrong-count, wrong-count, wrong-count, wrong-count",
  ],
  [
    "it tells no table",
    "by : Auth) -> () reads grants =\n  require has",
    "by : Auth) -> () =\n  require has",
    "effect-missing",
  ],
  ["asking writes", "-> Bool reads grants =", "-> Bool writes grants =", "effect-missing, effect-unused"],
  [
    "an answer is forgotten",
    "  require has(org, role, by.who) else NoRole\n",
    "  has(org, role, by.who)\n",
    "wrong-type",
  ],
  [
    "an end is how long",
    "emit Given { org, role, who, by, until }",
    "emit Given { org, role, who, by, until = days(3) }",
    "wrong-type",
  ],
]);
