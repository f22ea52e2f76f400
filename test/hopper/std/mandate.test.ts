/** std/mandate: leave to spend somebody else's coins. */
import { testStandardModule } from "./module-cases.ts";

testStandardModule("std/mandate", [
  ["what is spent goes nowhere", "  deposit(to, out)\n", "", "never-used"],
  ["the rest of the fund is lost", "  put funds[has.u, has.owner] = rest\n", "", "never-used"],
  ["more is spent than is counted", "  deposit(to, out)\n", "  deposit(to, out)\n  deposit(to, out)\n", "used-twice"],
  [
    "both parts are spent",
    "  put funds[has.u, has.owner] = rest\n",
    "  deposit(to, rest)\n  put funds[has.u, has.owner] = rest\n",
    "used-twice",
  ],
  ["the fund stays as it was", "split(take funds[has.u, has.owner]", "split(get funds[has.u, has.owner]", "get-asset"],
  ["an emptied fund goes nowhere", "  deposit(main(owner), c)\n", "", "never-used"],
  [
    "it is counted after it has left",
    "  let n = c.amount\n  deposit(main(owner), c)\n",
    "  deposit(main(owner), c)\n  let n = c.amount\n",
    "read-after-use",
  ],
  [
    "what was in the fund is lost when it is filled",
    "= join(has, withdraw(u, main(owner), n, auth))",
    "= withdraw(u, main(owner), n, auth)",
    "never-used",
  ],
  [
    "the owner is taken for evidence",
    "= join(has, withdraw(u, main(owner), n, auth))",
    "= join(has, withdraw(u, main(owner), n, owner))",
    "wrong-type",
  ],
  [
    "a holder draws on the owner's account",
    "  deposit(to, out)\n",
    "  deposit(to, out)\n  deposit(to, withdraw(has.u, main(has.owner), n, auth))\n",
    "no-auth",
  ],
  [
    "an event tells the coins",
    "event Spent { id : Id, to : Account, n : Nat }",
    "event Spent { id : Id, to : Account, n : Coin }",
    "bad-event, wrong-type",
  ],
  ["counting tells no table", "n : Nat) -> () writes mandates =", "n : Nat) -> () reads mandates =", "effect-missing"],
]);
