/** The demo's ledger as a module does what hopper/demo/ledger.ts does. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { addAccount, createAccounts, setBalance } from "../../../hopper/demo/accounts.ts";
import { apply, createLedger, type DemoLedger } from "../../../hopper/demo/ledger.ts";
import {
  accountsMax,
  balanceBitsMax,
  nameCodePointsMax,
  observedAccountsMax,
  routeNamesMax,
  wholeLedgerAccountsMax,
} from "../../../hopper/demo/limits.ts";
import { type Command, parse } from "../../../hopper/demo/parse.ts";
import { formatRational } from "../../../hopper/demo/rational.ts";
import * as texts from "../../../hopper/demo/texts.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, type Evaluator, execute, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import type { Data, Int, List, Rat, Value } from "../../../hopper/run/value.ts";
import { accepted } from "../check/modules.ts";
import { testStandardModule } from "../std/module-cases.ts";
import { hold } from "./hold.ts";

const source = readFileSync(join(import.meta.dirname, "../../../hopper/demo/juno.hop"), "utf8");
const ir = lowerModule(accepted(source));
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const encoder = new TextEncoder();

function started(evaluator: Evaluator): Machine {
  const machine = createMachine({ sha256, evaluator });
  install(machine, ir, []);
  return machine;
}

/** As the machine holds whole numbers. */
function int(n: bigint): Int {
  return n <= Number.MAX_SAFE_INTEGER && n >= -Number.MAX_SAFE_INTEGER ? Number(n) : n;
}

function argumentsOf(command: Command): readonly Value[] {
  const amount = (): Rat => {
    if (command.kind !== "adjustAccount" && command.kind !== "transfer") throw new Error("has no amount");
    return { n: int(command.amount.n), d: int(command.amount.d) };
  };
  switch (command.kind) {
    case "observeAccounts":
      return [];
    case "adjustAccount":
      return [command.account, amount()];
    case "transfer":
      return [{ items: command.route }, amount()];
    default:
      return [command.account];
  }
}

const rational = (value: Value | undefined) => {
  const { n, d } = value as Rat;
  return { n: BigInt(n), d: BigInt(d) };
};

function bookText(book: Value | undefined): string {
  const [, lines, leftOut] = book as Data;
  const accounts = createAccounts();
  const shown = (lines as List).items.map((one) => {
    const [, name, balance] = one as Data;
    const account = addAccount(accounts, name as string);
    setBalance(account, rational(balance));
    return account;
  });
  return texts.ledgerText(shown, leftOut as number);
}

/** The text for people, from nothing but the command and its value. */
function textOf(command: Command, value: Value): string {
  const [tag, first] = value as Data;
  if (command.kind === "observeAccount") return texts.observed(tag === 0 ? null : rational(first));
  if (command.kind === "observeAccounts") return bookText(value);
  if (tag === 1) return refusalText(command, first as Data);
  if (command.kind === "createAccount") return texts.created(command.account);
  if (command.kind === "adjustAccount") return texts.adjusted(command.account, command.amount);
  const [, before, after] = first as Data;
  return texts.transferred(command.route, command.amount, bookText(before), bookText(after));
}

function refusalText(command: Command, [tag, first, second]: Data): string {
  const name = first as string;
  switch (tag) {
    case 0:
      return texts.accountExists;
    case 1:
      return texts.ledgerFull;
    case 2:
      return texts.noSuchAccount(name);
    case 3: {
      if (command.kind !== "adjustAccount") throw new Error("only an adjustment is refused so");
      return texts.adjustOverdraws(name, rational(second), command.amount);
    }
    case 4:
      return texts.balanceTooPrecise(name);
    case 5:
      return texts.invalidAccounts(name, second as string);
    default:
      return texts.sourceTooSmall;
  }
}

const observes = (command: Command): boolean => command.kind.startsWith("observe");

/** What differs between the two for one command; undefined where nothing does. */
function difference(ledger: DemoLedger, machine: Machine, text: string): string | undefined {
  const expected = apply(ledger, encoder.encode(text));
  const parsed = parse(text);
  if (!parsed.ok) return expected.ok ? `${text}: parsed by one only` : undefined;
  const { command } = parsed;
  const given = { signers: new Set<string>(), now: 0, gasLimit: 10_000_000 };
  const { value, failure, changes } = execute(machine, ir.hash, command.kind, argumentsOf(command), given);
  if (failure !== undefined || value === undefined) return `${text}: fault ${failure?.name}`;
  const ok = observes(command) || (value as Data)[0] === 0;
  if (ok !== expected.ok) return `${text}: ${ok} and ${expected.ok}`;
  const said = textOf(command, value);
  if (said !== expected.text) return `${text}:\n${said}\n${expected.text}`;
  const diff = changes.flatMap(({ table, key, before, after }) => {
    if (!table.id.endsWith("balances")) return [];
    const show = (one: Value | undefined) => (one === undefined ? null : formatRational(rational(one)));
    return [JSON.stringify([key, show(before), show(after)])];
  });
  const wanted = expected.diff.map((one) => JSON.stringify([one.key, one.before, one.after]));
  return diff.sort().join() === wanted.sort().join() ? undefined : `${text}: ${diff.join()} and ${wanted.join()}`;
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
  test(`random commands: the same balances, changes and texts as the ledger's (${evaluator})`, (t) => {
    const property = fc.property(fc.constantFrom(0, 0, 26, 40), fc.array(command, { maxLength: 30 }), (extra, all) => {
      const [ledger, machine] = [createLedger(), started(evaluator)];
      const opening = ["a", "b", "c", "\u{1f600}", "\uff21"].flatMap((one) => [
        `CreateAccount ${one}`,
        `AdjustAccount ${one} 50`,
      ]);
      const others = Array.from({ length: extra }, (_, i) => `CreateAccount e${i}`);
      for (const text of [...opening, ...others, ...all, "ObserveAccounts"]) {
        const found = difference(ledger, machine, text);
        if (found !== undefined) throw new Error(found);
      }
    });
    hold(t, property, evaluator === "compiled" ? 150 : 30);
  });
}

test("a ledger of more accounts than are observed shows the first of them", (t) => {
  const [ledger, machine] = [createLedger(), started("compiled")];
  for (let i = 0; i < observedAccountsMax + 20; i++) {
    t.is(difference(ledger, machine, `CreateAccount n${(i * 7919) % 1000}`), undefined);
  }
  for (const text of ["ObserveAccounts", "AdjustAccount n0 5", "transfer(n0->n919->n838, 1%3)", "ObserveAccounts"]) {
    t.is(difference(ledger, machine, text), undefined);
  }
});

test("its limits are the ledger's", (t) => {
  for (const [limit, value] of [
    ["accountsMax", accountsMax],
    ["observedMax", observedAccountsMax],
    ["wholeMax", wholeLedgerAccountsMax],
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
  ["a refusal of a hop is forgotten", "        Err(refusal) => Err(refusal)\n", "", "missing-case"],
  ["a walk begins with names", "Ok(Walk(Nothing, emptyMap()))", "Ok(Walk(Nothing, []))", "wrong-type"],
  ["a function reads a table", "proc heldBy", "fn heldBy", "not-pure"],
  [
    "a command calls a command",
    "Book(linesOf(shown), total - size(shown))",
    "observeAccounts()",
    "effect-unused, calls-command",
  ],
  [
    "another effect is told",
    "-> List(Line) reads balances =",
    "-> List(Line) writes balances =",
    "effect-missing, effect-unused",
  ],
]);
