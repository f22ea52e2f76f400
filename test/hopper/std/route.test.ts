/** std/route: a payment over accounts that let it through. */
import { testStandardModule } from "./module-cases.ts";

testStandardModule("std/route", [
  ["the fee is lost", "  deposit(via, kept)\n", "", "never-used"],
  [
    "what goes on is not handed on",
    "  emit Passed { u, via, n, fee }\n  on\n",
    "  emit Passed { u, via, n, fee }\n  Coin(u, n)\n",
    "never-used, private",
  ],
  ["nothing arrives", "  deposit(to, c)\n", "", "never-used"],
  ["it arrives twice", "  deposit(to, c)\n", "  deposit(to, c)\n  deposit(to, c)\n", "used-twice"],
  ["a hop drops the coin", "{ pass(u, via, c) }", "{ withdraw(u, from, n, auth) }", "never-used"],
  [
    "a hop sends the first coin",
    "{ pass(u, via, c) }",
    "{ pass(u, via, sent) }",
    "never-used, used-in-loop, used-twice",
  ],
  [
    "it is counted after it has left",
    "  let arrived = c.amount\n  require atLeastArrives <= arrived else TooLittleArrives\n  deposit(to, c)\n",
    "  deposit(to, c)\n  let arrived = c.amount\n  require atLeastArrives <= arrived else TooLittleArrives\n",
    "read-after-use",
  ],
  [
    "a hop draws on whom it passes",
    "  deposit(via, kept)\n",
    "  deposit(via, kept)\n  deposit(via, withdraw(u, via, 1, auth))\n",
    "no-auth",
  ],
  [
    "limits are of another type",
    "Terms { each, left = left - n, fee }",
    "Terms { each, left = rat(left), fee }",
    "wrong-type",
  ],
  ["it tells no table", "-> Coin writes terms =", "-> Coin reads terms =", "effect-missing"],
]);
