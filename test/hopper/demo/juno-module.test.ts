/** The demo's ledger as a module does what its model in TypeScript does. */
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import fc from "fast-check";
import {
  accountsMax,
  balanceBitsMax,
  nameCodePointsMax,
  observedAccountsMax,
  routeNamesMax,
} from "../../../hopper/demo/limits.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { accepted } from "../check/modules.ts";
import { testStandardModule } from "../std/module-cases.ts";
import { hold } from "./hold.ts";
import { apply, createLedger, type DemoLedger } from "./model-ledger.ts";
import { type Demo, demoSource as source, startFront } from "./start-front.ts";

const encoder = new TextEncoder();

/** What differs between the two for one command; undefined where nothing does. */
function difference(model: DemoLedger, demo: Demo, text: string): string | undefined {
  const [expected, found] = [apply(model, encoder.encode(text)), demo.run(text)];
  if (isDeepStrictEqual(found, expected)) return undefined;
  return `${text}:\n${JSON.stringify(found)}\n${JSON.stringify(expected)}`;
}

const name = fc.constantFrom("a", "b", "c", "d", "aa", "\uff21", "\u{1f600}", "nobody");
const amount = fc
  .tuple(fc.integer({ min: -40, max: 60 }), fc.constantFrom(1, 1, 2, 3, 7, 100, 9_999_991))
  .map(([n, d]) => `${n}%${d}`);
const large = fc.constantFrom(
  `${"9".repeat(64)}%1`,
  `1%${"9".repeat(64)}`,
  `7%${"9".repeat(63)}7`,
  `1%${"7".repeat(64)}`,
);
const anyAmount = fc.oneof({ weight: 9, arbitrary: amount }, { weight: 1, arbitrary: large });
const command = fc.oneof(
  { weight: 1, arbitrary: name.map((account) => `CreateAccount ${account}`) },
  { weight: 3, arbitrary: fc.tuple(name, anyAmount).map(([account, sum]) => `AdjustAccount ${account} ${sum}`) },
  { weight: 1, arbitrary: name.map((account) => `ObserveAccount ${account}`) },
  { weight: 1, arbitrary: fc.constantFrom("ObserveAccounts", "AdjustAccount a 1%0", "transfer(a, 1)") },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.array(name, { minLength: 2, maxLength: 6 }), anyAmount)
      .map(([route, sum]) => `transfer(${route.join("->")}, ${sum})`),
  },
);

for (const evaluator of ["compiled", "reference"] as const) {
  test(`random commands: the same texts and changes as the model's (${evaluator})`, (t) => {
    const property = fc.property(fc.constantFrom(0, 0, 26, 40), fc.array(command, { maxLength: 30 }), (extra, all) => {
      const [model, demo] = [createLedger(), startFront(evaluator)];
      const opening = ["a", "b", "c", "\u{1f600}", "\uff21"].flatMap((one) => [
        `CreateAccount ${one}`,
        `AdjustAccount ${one} 50`,
      ]);
      const others = Array.from({ length: extra }, (_, i) => `CreateAccount e${i}`);
      for (const text of [...opening, ...others, ...all, "ObserveAccounts"]) {
        const found = difference(model, demo, text);
        if (found !== undefined) throw new Error(found);
      }
    });
    hold(t, property, evaluator === "compiled" ? 150 : 30);
  });
}

test("a ledger of more accounts than are observed shows the first of them", (t) => {
  const [model, demo] = [createLedger(), startFront()];
  for (let i = 0; i < observedAccountsMax + 20; i++) {
    t.is(difference(model, demo, `CreateAccount n${(i * 7919) % 1000}`), undefined);
  }
  for (const text of ["ObserveAccounts", "AdjustAccount n0 5", "transfer(n0->n919->n838, 1%3)", "ObserveAccounts"]) {
    t.is(difference(model, demo, text), undefined);
  }
});

test("its limits are the ledger's", (t) => {
  for (const [limit, value] of [
    ["accountsMax", accountsMax],
    ["observedMax", observedAccountsMax],
    ["nameMax", nameCodePointsMax],
    ["routeMax", routeNamesMax],
    ["below", 2n ** BigInt(balanceBitsMax)],
  ] as const) {
    const written = new RegExp(`fn ${limit} \\(\\) -> Nat =\\s+([0-9_]+)`).exec(source)?.[1];
    t.is(written?.replaceAll("_", ""), String(value), limit);
  }
});

test("a full ledger takes no more accounts", (t) => {
  const small = lowerModule(accepted(source.replace("100_000", "3")));
  const machine = createMachine({ sha256 });
  install(machine, small, []);
  const create = (account: string): Value | undefined =>
    execute(machine, small.hash, "createAccount", [account], { signers: new Set(), now: 0, gasLimit: 10_000_000 })
      .value;
  for (const account of ["a", "b", "c"]) t.deepEqual(create(account), [0, [0]]);
  t.deepEqual(create("d"), [1, [1]]);
  t.deepEqual(create("a"), [1, [0]], "that it is there already is said first");
});

testStandardModule("demo/juno", [
  [
    "a refusal of a hop is forgotten",
    "        Ok(more) => Ok(Walk(Just(to), more))\n        Err(refusal) => Err(refusal)\n",
    "        Ok(more) => Ok(Walk(Just(to), more))\n",
    "missing-case",
  ],
  ["a walk begins with names", "Ok(Walk(Nothing, emptyMap()))", "Ok(Walk(Nothing, []))", "wrong-type"],
  ["a function reads a table", "proc heldBy", "fn heldBy", "not-pure"],
  [
    "a command calls a command",
    "[from, to] => pay(from, to, amount)",
    "[from, to] => adjustAccount(from, amount)",
    "calls-command, open-type, open-type",
  ],
  [
    "another effect is told",
    "-> Result((), Refusal) writes balances =",
    "-> Result((), Refusal) reads balances =",
    "effect-missing",
  ],
]);
