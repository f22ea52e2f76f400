/** std/coin: units of money, and purses by unit and account. */
import test from "ava";
import { flawsOf, testStandardModule, tryOut } from "./module-cases.ts";

const rest = "  put purse[u, from] = rest\n";
const kept = "  put purse[u, to] = join(c, take purse[u, to] or Coin(u, 0))\n";
const halves = "match c { Coin(u, m) => (Coin(u, n), Coin(u, m - n)) }";

testStandardModule(
  "std/coin",
  [
    ["what is left is lost", rest, "", "never-used"],
    ["what is left is kept twice", rest, rest + rest, "used-twice"],
    ["what is paid in is lost", kept, "", "never-used"],
    ["a coin is read after it was split", halves, "(c, Coin(c.unit, n))", "read-after-use"],
    ["a coin is given back twice", halves, "(c, c)", "used-twice"],
    ["Data holds coins, so that no asset moves", "asset Coin = Coin", "data Coin = Coin", "nothing-moves"],
    ["evidence is a name", "by.who == from.owner", "from.name == from.owner", "wrong-operands"],
    ["it tells no table", "by : Auth) -> Coin writes purse =", "by : Auth) -> Coin =", "effect-missing"],
  ],
  ["NotOwner", "UnitMismatch"],
);

const other = `module other
use std/coin (Account, Unit, main, withdraw, deposit, join)

command steal (u : Unit, from : Account) signed by u.issuer =
  deposit(main(u.issuer), withdraw(u, from, 1, auth))

command mix (u, v : Unit, a : Account) signed by a.owner =
  deposit(a, join(withdraw(u, a, 1, auth), withdraw(v, a, 1, auth)))

test "others take no coin without its owner, and mix no units" {
  let bank = key("bank")
  let usd = Unit(bank, "USD")
  let eur = Unit(bank, "EUR")
  let alice = main(key("alice"))
  as bank call coin.issue(usd, alice, 100) expect ok
  as bank call coin.issue(eur, alice, 100) expect ok
  as bank call steal(usd, alice) expect fault NotOwner
  as key("alice") call mix(usd, eur, alice) expect fault UnitMismatch
  as key("alice") call mix(usd, usd, alice) expect ok
}
`;

test("another module takes no coin without its owner, and mixes no units", (t) => {
  const tried = tryOut("other", other);
  if (!("tested" in tried)) return t.fail(tried.codes.join());
  t.is(tried.tested.tests.length, 1);
  t.deepEqual(flawsOf(tried.tested), []);
});
