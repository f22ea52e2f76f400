/** std/escrow: a coin that two of three release. */
import { testStandardModule } from "./module-cases.ts";

testStandardModule("std/escrow", [
  ["the seller is not paid", "Release => deposit(main(seller), held)", "Release => ()", "one-branch"],
  ["two are paid with one coin", "  emit Settled", "  deposit(main(buyer), held)\n  emit Settled", "used-twice"],
  ["the rest of a share is lost", "      deposit(main(buyer), rest)\n", "", "never-used"],
  ["the part of a share is lost", "      deposit(main(seller), part)\n", "", "never-used"],
  ["an expired coin goes nowhere", "  deposit(main(buyer), held)\n  emit Expired", "  emit Expired", "never-used"],
  [
    "`..` passes over a coin",
    "let Escrow { buyer, due, held, .. }",
    "let Escrow { buyer, due, .. }",
    "never-used, unknown-name",
  ],
  [
    "a coin is made here",
    "deposit(main(seller), part)",
    "deposit(main(seller), Coin(part.unit, n))",
    "never-used, private",
  ],
  ["Data holds a coin", "asset Escrow = Escrow", "data Escrow = Escrow", "asset-in-data"],
  [
    "an escrow is copied",
    "= take open[id] else NoEscrow\n  let _ = quorum",
    "= get open[id] else NoEscrow\n  let _ = quorum",
    "get-asset",
  ],
  [
    "a person is taken for evidence",
    "withdraw(u, main(buyer), n, auth)",
    "withdraw(u, main(buyer), n, buyer)",
    "wrong-type",
  ],
  ["nobody signs for a coin", " signed by buyer =", " =", "no-auth"],
  ["a verdict is forgotten", "    Refund => deposit(main(buyer), held)\n", "", "missing-case"],
  [
    "an event tells a coin",
    "event Expired { id : Id }",
    "event Expired { id : Id, held : Coin }",
    "bad-event, missing-field",
  ],
]);
