/**
 * Programs that use coins are changed at random: lines left out, doubled, swapped, names mixed up or made numbers. Most no longer check. Those
 * that do are run, and whatever they do, they neither make nor lose a coin.
 */
import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { type Data, principal, type Value } from "../../../hopper/run/value.ts";
import { changeLines } from "./change-lines.ts";
import { accepted, check, coinSource, imports } from "./modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const coin = imports("std/coin", null) ?? accepted(coinSource);
const coinCode = lowerModule(coin);

const program = `module mix
use std/coin (Unit, Coin, Account, main, join, split, withdraw, deposit)
table kept : Text => Coin
table lists : Text => List(Coin)
asset Safe = Safe { a, b : Coin }
fn give (f : () -> Coin once) -> Coin = f()
table safes : Text => Safe
command keep (u : Unit, p : Principal, n : Nat) signed by p =
  let c = withdraw(u, main(p), n, auth)
  let (x, y) = split(c, 1)
  let z = take kept["k"] or withdraw(u, main(p), 0, auth)
  put kept["k"] = join(join(x, z), y)
command both (u : Unit, p : Principal, n : Nat) signed by p =
  let a = withdraw(u, main(p), n, auth)
  let b = take kept["k"] else None
  let (x, y) = split(a, 1)
  let s = if n > 5 then Safe(x, b) else Safe(b, x)
  put safes["s"] = s
  deposit(main(p), y)
command open (u : Unit, p : Principal, n : Nat) signed by p =
  let Safe { a, b } = take safes["s"] else None
  let (x, y) = match n { 0 => split(a, 0), 1 => (a, withdraw(u, main(p), 1, auth)), _ => split(a, 1) }
  put lists["l"] = [x, y, b]
command close (u : Unit, p : Principal, n : Nat) signed by p =
  let all = take lists["l"] else None
  let start = take kept["k"] else None
  let one = for c in all, acc = start { join(acc, c) }
  deposit(main(p), give(() => one))
command spread (u : Unit, p : Principal, n : Nat) signed by p =
  let all = take lists["l"] else None
  let x = withdraw(u, main(p), n, auth)
  match all {
    [a, ..rest] => {
      put lists["l"] = [x] ++ rest
      deposit(main(p), a)
    }
    [] => deposit(main(p), x)
  }
table cuts : Text => (Coin, Nat) -> (Coin, Coin)
command rule (u : Unit, p : Principal, n : Nat) signed by p =
  let f = (c, m) => {
    let (x, y) = split(c, if m > n then n else m)
    (y, x)
  }
  put cuts["c"] = f
command cut (u : Unit, p : Principal, n : Nat) signed by p =
  let c = take kept["k"] else None
  let f = get cuts["c"] else None
  let (x, y) = if n > 8 then (c, fail Much) else f(c, n)
  put kept["k"] = x
  deposit(main(p), y)
`;
const names = ["x", "y", "z", "a", "b", "c", "s", "one", "start", "acc", "all", "rest", "f", "m", "n"];
const lines = program.split("\n");
const first = lines.findIndex((line) => line.startsWith("command"));

const change = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "rename", "replace"),
  line: fc.integer({ min: first, max: lines.length - 2 }),
  other: fc.integer({ min: first, max: lines.length - 2 }),
  from: fc.constantFrom(...names),
  to: fc.constantFrom(...names),
  by: fc.constantFrom("5", "(fail No)", "(if n > 4 then fail No else 5)", "(fail No, 5)"),
});

function changed(
  text: readonly string[],
  by: typeof change extends fc.Arbitrary<infer C> ? C : never,
): readonly string[] {
  const { [by.line]: one = "" } = text;
  const next = changeLines(text, by);
  if (by.kind === "rename") next[by.line] = one.replace(new RegExp(`\\b${by.from}\\b`), by.to);
  if (by.kind === "replace") next[by.line] = one.replace(new RegExp(`\\b${by.from}\\b`), by.by);
  return next;
}

const owner = Buffer.from(sha256(Uint8Array.of(1)));
const who: Data = [principal.key, { bytes: owner.toString("latin1") }];
const usd: Value = [0, who, "USD"];
const signers = new Set([owner.toString("latin1")]);

function run(machine: Machine, path: string, command: string, args: readonly Value[]): boolean {
  return execute(machine, path, command, args, { signers, now: 0, gasLimit: 1_000_000 }).failure === undefined;
}

/** All coins in all rows: a coin is [0, unit, amount], and nothing else ends in a number. */
function total(machine: Machine): number {
  const within = (value: Value): number => {
    if (typeof value !== "object") return 0;
    const parts: readonly Value[] = "items" in value ? value.items : Symbol.iterator in value ? value.slice(1) : [];
    const [unit, amount] = parts;
    if (parts.length === 2 && typeof unit === "object" && typeof amount === "number") return amount;
    return parts.reduce<number>((sum, part) => sum + within(part), 0);
  };
  return [...machine.tables.values()]
    .flatMap((t) => t.sortedRows())
    .reduce((sum, { value }) => sum + (value === undefined ? 0 : within(value)), 0);
}

const calls = fc.array(
  fc.record({
    command: fc.constantFrom("keep", "both", "open", "close", "spread", "rule", "cut"),
    n: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 8, maxLength: 24 },
);

function conserves(source: string, plan: readonly { readonly command: string; readonly n: number }[]): number {
  const checked = accepted(source);
  const machine = createMachine({ sha256 });
  install(machine, coinCode, []);
  install(machine, lowerModule(checked), checked.core.imports);
  run(machine, "std/coin", "issue", [usd, [0, who, "main"], 100]);
  const done = plan.filter(({ command, n }) => {
    const ok = run(machine, "mix", command, [usd, who, n]);
    if (total(machine) !== 100) throw new Error(`${command}(${n}) left ${total(machine)} of 100 coins:\n${source}`);
    return ok;
  });
  return done.length;
}

test("the program itself runs and keeps every coin", (t) => {
  const plan = ["keep", "rule", "cut", "both", "open", "keep", "spread", "close"].map((command) => ({ command, n: 6 }));
  t.is(conserves(program, plan), plan.length);
});

test("whatever still checks keeps every coin", (t) => {
  let ran = 0;
  let did = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), calls, (changes, plan) => {
      const source = changes.reduce(changed, lines).join("\n");
      if (!check(source).ok) return;
      ran++;
      did += conserves(source, plan);
    }),
    { numRuns: 1500, seed: 20261123 },
  );
  t.log(`${ran} of 1,500 changed programs still check; they carried out ${did} commands`);
  t.true(ran >= 50, `${ran} programs`);
  t.true(did >= 200, `${did} commands`);
});
