/** A machine with the repository's own modules, and random commands for it that often enough do something. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { checkModule } from "../../../hopper/check/module.ts";
import type { NamedShape, Shape } from "../../../hopper/ir/ir.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import {
  type Circumstances,
  createMachine,
  type Evaluator,
  executeBytes,
  link,
  type Machine,
  type Outcome,
} from "../../../hopper/run/machine.ts";
import { importState, type Restored } from "../../../hopper/run/state-bytes.ts";
import { principal, type Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { tapeOf } from "./smallest.ts";
import { Tape } from "./tape.ts";
import { tapeValue } from "./tape-values.ts";

const room = join(import.meta.dirname, "../../../hopper");
const paths = ["std/coin", "std/escrow", "std/route", "demo/escrow", "demo/juno"];

/** What those do not: functions, maps, long lists, big numbers, and rows of all of them. */
const mixSource = `module mix
use std/coin (Unit, Account, Coin, main, withdraw, deposit, join)
data Tree = Leaf | Node(Tree, Nat, Tree)
event Grown { name : Text, size : Nat }
table trees : Text => Tree
table books : (org : Principal, name : Text) => Map(Text, Rat)
table numbers : Int => Int
table pots : Id => List(Coin)
fn put1 (t : Tree, n : Nat) -> Tree =
  match t { Leaf => Node(Leaf, n, Leaf), Node(l, m, r) => if n < m then Node(put1(l, n), m, r) else Node(l, m, put1(r, n)) }
fn count (t : Tree) -> Nat = match t { Leaf => 0, Node(l, _, r) => count(l) + 1 + count(r) }
fn fold {A : Data, B : Data} (xs : List(A), start : B, f : (B, A) -> B) -> B =
  for x in xs, acc = start { f(acc, x) }
command grow (name : Text, ns : List(Nat)) =
  let t = fold(ns, take trees[name] or Leaf, put1)
  put trees[name] = t
  emit Grown { name, size = count(t) }
command note (org : Principal, name, word : Text, r : Rat) signed by org =
  let book = get books[org, name] or emptyMap()
  let before = match lookup(book, word) { Just(q) => q, Nothing => 0%1 }
  put books[org, name] = insert(book, word, before * r + r)
command forget (org : Principal, name, word : Text) =
  put books[org, name] = remove(get books[org, name] else NoBook, word)
command reckon (k, a, b : Int) =
  let n = get numbers[k] or a
  let f = (x) => mod(n * n + x, 1_000_000_007)
  require b != 0 else Zero
  put numbers[mod(k, 5)] = f(n) + div(a, b) - rem(n, b)
command square (k : Int) =
  let n = get numbers[k] or 3
  put numbers[k] = n * n
command save (id : Id, u : Unit, who : Principal, n : Nat) signed by who =
  put pots[id] = append(take pots[id] or [], withdraw(u, main(who), n, auth))
command spend (id : Id, who : Principal) =
  match take pots[id] else NoPot {
    [c, ..rest] => {
      require signer(who) else NotYou
      deposit(main(who), c)
      put pots[id] = rest
    }
    [] => fail Empty
  }
event Ruled { name : Text, rule : (Nat) -> Nat }
table rules : Text => (Nat) -> Nat
fn plain (n : Nat) -> Nat = n * n
command rule (name : Text, n : Nat, ws : List(Text)) =
  let f = get rules[name] or plain
  let g = (m) => f(m) + n + size(ws)
  put rules[name] = g
  emit Ruled { name, rule = g }
  (g(n), g)
command apply (name : Text, n : Nat) =
  let f = get rules[name] else NoRule
  f(n)
command start (name : Text) =
  put rules[name] = plain
`;

type Ready = { readonly path: string; readonly source: string; readonly module: CheckedModule };

const ready: readonly Ready[] = prepare();

function prepare(): readonly Ready[] {
  const known = new Map<string, Ready>();
  for (const path of [...paths, "mix"]) {
    const source = path === "mix" ? mixSource : readFileSync(join(room, `${path}.hop`), "utf8");
    const checked = checkModule(source, path, (used) => known.get(used)?.module);
    if (!checked.ok) throw new Error(`${path}: ${checked.diagnostics[0]?.message}`);
    known.set(path, { path, source, module: checked.module });
  }
  return [...known.values()];
}

export function startMachine(evaluator: Evaluator): Machine {
  const machine = createMachine({ sha256, evaluator });
  for (const { path, source, module } of ready) {
    const { hash } = module;
    machine.modules.set(hash, { linked: link(machine, lowerModule(module), hash, module.core.imports), source });
    machine.names.set(path, { lineage: hash, current: hash });
  }
  return machine;
}

export function restoreMachine(bytes: Uint8Array, evaluator: Evaluator): Restored {
  const recompile = (path: string): ReturnType<Parameters<typeof importState>[1]["recompile"]> => {
    const found = ready.find((one) => one.path === path);
    if (found === undefined) throw new Error(`no module ${path}`);
    return { ir: lowerModule(found.module), imports: found.module.core.imports };
  };
  return importState(bytes, { sha256, evaluator, recompile });
}

export type RandomCommand = {
  readonly path: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly circumstances: Circumstances;
};

const people = ["alice", "bob", "carol"].map((name) => textOfBytes(sha256(Buffer.from(name))));
const words = ["main", "USD", "a", "b", "", "__proto__", "\u{1F600}"] as const;

/** Of few people, names and small amounts; of any kind now and then. */
function smallValue(tape: Tape, shape: Shape, shapes: readonly NamedShape[]): Value {
  if (tape.below(40) === 39) return tapeValue(tape, shape, shapes);
  const inner = (of: Shape): Value => smallValue(tape, of, shapes);
  switch (shape.of) {
    case "Principal":
      return [principal.key, { bytes: tape.of(people) }];
    case "Nat":
      return tape.below(tape.one(3, 20, 1000));
    case "Int":
      return tape.below(12) - 5;
    case "Time":
      return tape.below(2000);
    case "Id":
      return { bytes: tape.one("\x00", "\x01", "\xff") };
    case "Text":
      return tape.below(3) === 0 ? tape.of(words) : tape.one("main", "main", "a");
    case "Rat":
      return tapeValue(tape, shape, shapes);
    case "list":
      return { items: tape.times(0, 3, () => inner(shape.item)) };
    case "tuple":
      return [0, ...shape.items.map(inner)];
    case "named": {
      const named = shapes[shape.index];
      const tag = tape.below(named?.constructors.length ?? 1);
      // One issuer, so that coins of all come together.
      if (named?.name === "Unit") return [0, [principal.key, { bytes: people[0] ?? "" }], tape.one("USD", "EUR")];
      return [tag, ...(named?.constructors[tag]?.fields ?? []).map(inner)];
    }
    default:
      return tapeValue(tape, shape, shapes, 2);
  }
}

/** The same for the same seed and number, whatever came before. */
export function randomCommand(machine: Machine, seed: number, number: number): RandomCommand {
  const tape = new Tape(tapeOf(seed + number * 7919, 64));
  const { path, module } = tape.of(ready);
  const linked = machine.modules.get(module.hash)?.linked;
  if (linked === undefined) throw new Error("assert: the machine has its modules");
  const { name, params } = tape.of(linked.ir.commands);
  const { shapes } = linked.ir;
  const args = params.map(({ shape }) => encode(smallValue(tape, shape, shapes), shape, shapes));
  const signers = new Set(people.filter(() => tape.below(5) > 0));
  const gasLimit = tape.below(20) === 0 ? tape.below(1000) : 100_000;
  return { path, command: name, args, circumstances: { signers, now: number, gasLimit } };
}

export function runCommand(machine: Machine, { path, command, args, circumstances }: RandomCommand): Outcome {
  return executeBytes(machine, path, command, args, circumstances);
}

/** All that an outcome says, with canonical bytes for its values: equal outcomes have equal texts. */
export function outcomeText(
  machine: Machine,
  { path, command }: Pick<RandomCommand, "path" | "command">,
  outcome: Outcome,
): string {
  const { failure, value, gasUsed, changes, events } = outcome;
  const ir = machine.modules.get(machine.names.get(path)?.current ?? "")?.linked.ir;
  const result = ir?.commands.find(({ name }) => name === command)?.result;
  const row = (of: Value | undefined, { table }: (typeof changes)[number]): string | null =>
    of === undefined ? null : encode(of, table.shape.value, table.shapes);
  return JSON.stringify({
    failure,
    gasUsed,
    value: value === undefined || result === undefined ? null : encode(value, result, ir?.shapes ?? []),
    changes: changes.map((one) => [one.table.id, one.bytes, row(one.before, one), row(one.after, one)]),
    events: events.map(({ module, event, fields }) => {
      const shape = module.ir.events[event];
      return [shape?.name, fields.map((f, i) => encode(f, shape?.fields[i]?.shape ?? { of: "Int" }, module.ir.shapes))];
    }),
  });
}
