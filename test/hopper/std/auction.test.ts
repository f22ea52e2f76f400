/** std/auction: one lot for the highest of sealed bids. */
import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { type Bytes, type Data, principal, type Value } from "../../../hopper/run/value.ts";
import { hold } from "../demo/hold.ts";
import { loadStandardModule, testStandardModule } from "./module-cases.ts";

testStandardModule("std/auction", [
  ["the seller is not paid", "      deposit(main(row.seller), price)\n", "", "never-used"],
  ["the winner's rest is lost", "      deposit(main(bidder), rest)\n", "", "never-used"],
  ["the winner gets no lot", "      deposit(main(bidder), lot)\n", "", "one-branch"],
  ["the lot goes to two", "  emit Ended", "  deposit(main(row.seller), lot)\n  emit Ended", "used-twice"],
  ["without a bid the lot is lost", "Nothing => deposit(main(row.seller), lot)", "Nothing => ()", "one-branch"],
  ["a shown bid loses its deposit", "  put bids[id, bidder] = Bid(hidden, held)\n", "", "never-used"],
  ["a loser gets nothing", "  deposit(main(bidder), held)\n  emit GivenBack", "  emit GivenBack", "never-used"],
  [
    "a loser is counted after the payment",
    "  let n = held.amount\n  deposit(main(bidder), held)\n",
    "  deposit(main(bidder), held)\n  let n = held.amount\n",
    "read-after-use",
  ],
  ["a deposit is kept in Data", "asset Bid =", "data Bid =", "asset-in-data"],
  ["a bid is not signed", "hidden : Bytes, n : Nat) signed by bidder =", "hidden : Bytes, n : Nat) =", "no-auth"],
  ["the best bid may be none", "Nothing => true, Just(best)", "Just(best)", "missing-case"],
  [
    "an auction tells the lot",
    "event Ended { id : Id, best : Maybe(Best) }",
    "event Ended { id : Id, best : Maybe(Coin) }",
    "bad-event, wrong-type",
  ],
]);

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const { module, imports } = loadStandardModule("std/auction");
const coin = imports.map((one) => lowerModule(one.module));
const ir = lowerModule(module.module);
const coinHash = coin[0]?.hash ?? "";

const latin1 = (text: string | Uint8Array): string => Buffer.from(text).toString("latin1");
const keyOf = (name: string): string => latin1(sha256(Buffer.from(name)));
const person = (name: string): Data => [principal.key, { bytes: keyOf(name) } satisfies Bytes];
const accountOf = (name: string): Data => [0, person(name), "main"];
const [usd, gold] = ["USD", "GOLD"].map((code): Data => [0, person("bank"), code]) as [Data, Data];
const id: Bytes = { bytes: "\u0001" };
const [bidsEnd, showsEnd] = [100, 200];

type Bidder = { readonly bid: number; readonly deposit: number; readonly shows: boolean };
const bidder: fc.Arbitrary<Bidder> = fc.record({
  bid: fc.integer({ min: 0, max: 60 }),
  deposit: fc.integer({ min: 0, max: 50 }),
  shows: fc.boolean(),
});
const funds = 50;
const floor = 5;

function started(): Machine {
  const machine = createMachine({ sha256 });
  for (const one of coin) install(machine, one, []);
  install(machine, ir, module.module.core.imports);
  return machine;
}

test("whatever is bid, the losers get all back, and the seller what the winner bid", (t) => {
  const property = fc.property(fc.array(bidder, { maxLength: 6 }), (bidders) => {
    const machine = started();
    const call = (of: string, name: string, args: readonly Value[], signer: string, now: number): boolean => {
      const given = { signers: new Set([keyOf(signer)]), now, gasLimit: 10_000_000 };
      return execute(machine, of, name, args, given).failure === undefined;
    };
    const issue = (unit: Data, to: string, n: number): boolean =>
      call(coinHash, "issue", [unit, accountOf(to), n], "bank", 0);
    const must = (isDone: boolean): void => {
      if (!isDone) throw new Error("a step failed that may not");
    };
    must(issue(gold, "seller", 7));
    must(call(ir.hash, "offer", [id, person("seller"), gold, 7, usd, floor, bidsEnd, showsEnd], "seller", 0));
    let best: { readonly name: string; readonly bid: number } | undefined;
    for (const [i, { bid, deposit }] of bidders.entries()) {
      const hidden: Bytes = { bytes: latin1(sha256(Buffer.from(`${bid}:${i}`))) };
      must(issue(usd, `p${i}`, funds));
      must(call(ir.hash, "place", [id, person(`p${i}`), hidden, deposit], `p${i}`, 0));
    }
    for (const [i, { bid, deposit, shows }] of bidders.entries()) {
      if (!shows) continue;
      const isShown = call(ir.hash, "show", [id, person(`p${i}`), bid, { bytes: String(i) }], "anyone", bidsEnd);
      if (isShown !== (floor <= bid && bid <= deposit)) throw new Error("shown where it should not be, or not shown");
      if (isShown && (best === undefined || best.bid < bid)) best = { name: `p${i}`, bid };
    }
    must(call(ir.hash, "settle", [id], "anyone", showsEnd));
    for (const [i] of bidders.entries()) {
      const isGiven = call(ir.hash, "giveBack", [id, person(`p${i}`)], "anyone", showsEnd);
      if (isGiven === (best?.name === `p${i}`)) throw new Error("the winner gets it back, or a loser does not");
    }
    // Each has exactly this, since all of it can be retired and no coin more.
    const hasExactly = (unit: Data, name: string, n: number): boolean =>
      call(coinHash, "retire", [unit, accountOf(name), n], name, showsEnd) &&
      !call(coinHash, "retire", [unit, accountOf(name), 1], name, showsEnd);
    for (const [i] of bidders.entries()) {
      must(hasExactly(usd, `p${i}`, best?.name === `p${i}` ? funds - best.bid : funds));
    }
    must(hasExactly(gold, best?.name ?? "seller", 7));
    if (best !== undefined) must(hasExactly(usd, "seller", best.bid));
  });
  hold(t, property, 60);
});
