/**
 * Programs that use evidence are changed at random: lines left out, doubled, swapped, evidence and principals mixed up, made or asked for
 * elsewhere. Those that still check are run, and whatever they do, they take coins of nobody who has not signed.
 */
import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { type Data, type List, principal, type Value } from "../../../hopper/run/value.ts";
import { changeLines } from "./change-lines.ts";
import { accepted, check, coinSource, imports } from "./modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const coin = imports("std/coin", null) ?? accepted(coinSource);
const coinCode = lowerModule(coin);

const program = `module pay
use std/coin (Unit, Coin, Account, main, withdraw, deposit)
table owners : Text => List(Principal)
table saying : Text => Text
fn first (a, b : Auth) -> Auth = a
fn give {A : Type} (f : () -> A once) -> A = f()
proc move (u : Unit, from, to : Principal, n : Nat, by : Auth) -> () =
  deposit(main(to), withdraw(u, main(from), n, by))
proc whole (u : Unit, to : Principal, n : Nat, a, b : Auth) -> () =
  let by = if n > 2 then a else b
  move(u, by.who, to, n, by)
command found (u : Unit, p, q : Principal, n : Nat) =
  put owners["us"] = [p, q]
command one (u : Unit, p, q : Principal, n : Nat) signed by p =
  move(u, p, q, n, auth)
command us (u : Unit, p, q : Principal, n : Nat) =
  let ps = get owners["us"] or [p, q]
  let by = quorum(2, ps) else TooFew
  move(u, by.who, q, n, by)
command both (u : Unit, p, q : Principal, n : Nat) signed by p =
  let by = quorum(1, [p, q]) else TooFew
  let own = first(auth, by)
  whole(u, q, n, own, by)
command back (u : Unit, p, q : Principal, n : Nat) signed by atLeast(1, [p]) =
  let mine = selfAuth
  let own = give(() => first(auth, mine))
  move(u, own.who, p, n, own)
command safe (u : Unit, p, q : Principal, n : Nat) signed by p =
  move(u, p, self, n, auth)
  move(u, self, q, n, selfAuth)
command many (u : Unit, p, q : Principal, n : Nat) signed by q =
  let own = match quorum(n, [p, q]) { Just(by) => by, Nothing => auth }
  for a in [auth, own] {
    move(u, a.who, p, 1, a)
  }
command other (u : Unit, p, q : Principal, n : Nat) signed by q =
  move(u, p, q, n, auth)
`;
const lines = program.split("\n");
const start = lines.findIndex((line) => line.startsWith("fn first"));
const withEvidence = lines.flatMap((line, i) => (i > start && /\b(?:auth|by)\b.*[,=(]/.test(line) ? [i] : []));
const parts = ["auth", "by", "own", "selfAuth", "p", "q", "self", "a", "b", "ps", "2", "1", "n"];
const forged = [
  "Auth(p)",
  "Auth(q)",
  "Auth { who = u.issuer }",
  "(quorum(0, [q]) else TooFew)",
  "(quorum(1, [p]) else TooFew)",
];
const others = [
  "atLeast(1, [p])",
  "atLeast(0, [])",
  'key("k")',
  "first(by, auth)",
  "(fail No)",
  "(if n > 4 then by else auth)",
  "by.who",
];

const change = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "bind", "bind", "replace", "replace", "replace"),
  line: fc.oneof(fc.integer({ min: start, max: lines.length - 2 }), fc.constantFrom(...withEvidence)),
  other: fc.integer({ min: start, max: lines.length - 2 }),
  from: fc.oneof(fc.constantFrom("auth", "by"), fc.constantFrom(...parts)),
  /** Which of them in the line, where there are so many. */
  at: fc.nat(2),
  to: fc.oneof(fc.constantFrom(...parts), fc.constantFrom(...forged), fc.constantFrom(...others)),
  forged: fc.constantFrom(...forged),
});

function changed(
  text: readonly string[],
  by: typeof change extends fc.Arbitrary<infer C> ? C : never,
): readonly string[] {
  const { [by.line]: one = "" } = text;
  const next = changeLines(text, by);
  if (by.kind === "bind") next[by.line] = one.replace(/^( +let \w+ =) .*/, `$1 ${by.forged}`);
  if (by.kind === "replace") {
    const found = [...one.matchAll(new RegExp(`\\b${by.from}\\b`, "g"))];
    const at = found[by.at % Math.max(1, found.length)]?.index;
    if (at !== undefined) next[by.line] = one.slice(0, at) + by.to + one.slice(at + by.from.length);
  }
  return next;
}

const keys = ["bank", "ann", "bob", "k"].map((name) => Buffer.from(sha256(Buffer.from(name))).toString("latin1"));
const [bank, ann, bob] = keys.map((bytes): Data => [principal.key, { bytes }]) as [Data, Data, Data];
const group = (count: number, ...items: Data[]): Data => [principal.atLeast, count, { items }];
const usd: Value = [0, bank, "USD"];
const holders = [ann, bob, group(2, ann, bob), group(1, ann), group(1, ann, bob), group(1, bob), group(0)];
const nameOf = (who: Data): string => JSON.stringify(who);

function hasSigned([tag, first, second]: Data, signers: ReadonlySet<string>): boolean {
  if (tag === principal.key) return signers.has((first as { bytes: string }).bytes);
  if (tag !== principal.atLeast) return false;
  const different = new Map((second as List).items.map((one) => [nameOf(one as Data), one as Data]));
  const signed = [...different.values()].filter((one) => hasSigned(one, signers)).length;
  return Number(first) > 0 && signed >= Number(first);
}

/** What each owner has in all accounts; a row of purse is (unit, (owner, name)) to (unit, amount). */
function owned(machine: Machine): Map<string, { readonly who: Data; amount: number }> {
  const found = new Map<string, { readonly who: Data; amount: number }>();
  for (const table of machine.tables.values()) {
    if (!table.id.endsWith("/purse")) continue;
    for (const { key, value } of table.sortedRows()) {
      const [, , account] = key as unknown as readonly [0, Value, readonly [0, Data, string]];
      const [, , amount] = value as unknown as readonly [0, Value, number];
      const at = found.get(nameOf(account[1])) ?? { who: account[1], amount: 0 };
      found.set(nameOf(account[1]), { ...at, amount: at.amount + amount });
    }
  }
  return found;
}

const calls = fc.array(
  fc.record({
    command: fc.constantFrom("found", "one", "us", "both", "back", "safe", "many", "other"),
    p: fc.constantFrom(...holders),
    q: fc.constantFrom(...holders),
    n: fc.integer({ min: 0, max: 5 }),
    signers: fc.subarray(keys.slice(0, 3)),
  }),
  { minLength: 10, maxLength: 20 },
);
type Call = typeof calls extends fc.Arbitrary<(infer C)[]> ? C : never;

type Seen = { done: number; taken: number; stopped: number };

function keepsOwners(source: string, plan: readonly Call[], seen: Seen): void {
  const checked = accepted(source);
  const machine = createMachine({ sha256 });
  install(machine, coinCode, []);
  install(machine, lowerModule(checked), checked.core.imports);
  const run = (path: string, command: string, args: readonly Value[], signers: ReadonlySet<string>) =>
    execute(machine, path, command, args, { signers, now: 0, gasLimit: 1_000_000 });
  for (const holder of holders) run("std/coin", "issue", [usd, [0, holder, "main"], 100], new Set(keys));
  for (const { command, p, q, n, signers: some } of plan) {
    const signers = new Set(some);
    const before = owned(machine);
    const { failure } = run("pay", command, [usd, p, q, n], signers);
    if (failure === undefined) seen.done++;
    if (failure?.name === "NotOwner") seen.stopped++;
    const after = owned(machine);
    for (const [name, { who, amount }] of before) {
      if ((after.get(name)?.amount ?? 0) >= amount) continue;
      seen.taken++;
      if (who[0] === principal.module || hasSigned(who, signers)) continue;
      throw new Error(`${command} by ${some.length} took coins of ${name}:\n${source}`);
    }
  }
}

test("the program itself takes coins of those who sign, by each kind of evidence", (t) => {
  const seen = { done: 0, taken: 0, stopped: 0 };
  const plan = (["found", "one", "us", "both", "back", "safe", "many", "other"] as const).map((command) => ({
    command,
    p: ann,
    q: bob,
    n: 2,
    signers: keys,
  }));
  keepsOwners(program, plan, seen);
  t.deepEqual(seen, { done: 7, taken: 7, stopped: 1 });
});

test("whatever still checks takes coins of nobody who has not signed", (t) => {
  const seen = { done: 0, taken: 0, stopped: 0 };
  let ran = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), calls, (changes, plan) => {
      const source = changes.reduce(changed, lines).join("\n");
      if (!check(source).ok) return;
      ran++;
      keepsOwners(source, plan, seen);
    }),
    { numRuns: 2000, includeErrorInReport: true },
  );
  t.log(`${ran} of 2,000 changed programs still check: ${JSON.stringify(seen)}`);
  t.true(ran >= 200, `${ran} programs`);
  for (const [what, times] of Object.entries(seen)) t.true(times >= 100, `${what}: ${times}`);
});
