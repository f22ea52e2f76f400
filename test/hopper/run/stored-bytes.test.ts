/** Stored functions as bytes: one form each, read by the module that is named, and anything else refused. */
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import type { IrModule } from "../../../hopper/ir/ir.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { bytesOfHex, encode } from "../../../hopper/run/canonical.ts";
import { type Decoded, decode } from "../../../hopper/run/decode.ts";
import { createMachine, execute, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { showValue } from "../../../hopper/run/show.ts";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import type { Closure, Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { Tape } from "./tape.ts";
import { isCanonical, tapeValue } from "./tape-values.ts";

const params = `a : Int, b : Nat, c : Rat, d : Text, e : Bytes, f : Bool, g : Time, h : Duration, i : Principal, j : Id,
  k : List(Maybe(Nat)), l : Map(Text, List(Int)), m : (Nat, Tree), n : Result(Wrap(Text), ())`;
const source = `module holds
data Tree = Leaf | Node(Tree, Bytes, Tree)
data Wrap (A : Type) = Wrap { of : A, more : Nat }
table kept : Nat => (Text) -> Nat
table pairs : Nat => (Nat, Nat) -> Nat
fn sizeOf (t : Text) -> Nat = textSize(t)
fn generic {A : Data} (x : A) -> (Text) -> Nat = (t) => size([x])
proc act (t : Text) -> Nat = fail No
command keep (${params}) =
  let inner = (t) => {
    let all = (a, c, e, g, i, k, m)
    textSize(t) + b
  }
  put kept[b] = (t) => {
    let all = (d, f, h, j, l, n)
    inner(t) + textSize(d)
  }
command add (by : Nat) =
  put kept[by] = (t) => textSize(t) + by
command named () =
  put kept[0] = sizeOf
command pair (by : Nat) =
  put pairs[0] = (n, m) => n + m + by
command once (x : Nat) =
  let f : () -> Nat once = () => x
  f()
`;

function lowered(text: string, path: string): IrModule {
  const checked = checkModule(text, path, () => undefined);
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.message).join("\n"));
  return lowerModule(checked.module);
}

const ir = lowered(source, "holds");
const circumstances = { signers: new Set<string>(), now: 0, gasLimit: limits.gas };

function start(): Machine {
  const machine = createMachine({ sha256 });
  install(machine, ir, []);
  return machine;
}

const machine = start();
const [kept, pairs] = ir.tables;
if (kept === undefined || pairs === undefined) throw new Error("assert: the module has its tables");

function run(command: string, args: readonly Value[]): Value {
  const outcome = execute(machine, "holds", command, args, circumstances);
  const value = outcome.changes[0]?.after;
  if (value === undefined) throw new Error(`${command}: ${outcome.failure?.name ?? "the same as before"}`);
  for (const table of machine.tables.values()) for (const row of table.unsortedRows()) table.remove(row);
  return value;
}

const read = (bytes: string, shape = kept.value): Decoded =>
  decode(bytes, shape, ir.shapes, limits.valueBytes, (hash) => machine.modules.get(hash)?.linked);
const write = (value: Value): string => encode(value, kept.value, ir.shapes);
const keep = ir.commands.find(({ name }) => name === "keep");

function randomFunction(numbers: readonly number[]): Value {
  const tape = new Tape(numbers);
  return run("keep", keep?.params.map(({ shape }) => tapeValue(tape, shape, ir.shapes)) ?? []);
}

const anyTape = fc.array(fc.nat({ max: 1000 }), { maxLength: 120 });

test("what was captured comes back from its bytes, whatever it is, and they are its only form", (t) => {
  fc.assert(
    fc.property(anyTape, (numbers) => {
      const value = randomFunction(numbers);
      t.true(isCanonical(value));
      const bytes = write(value);
      const decoded = read(bytes);
      if (!decoded.ok) throw new Error(`${decoded.reason}, at byte ${decoded.at}`);
      t.is(write(decoded.value), bytes);
      t.is(showValue(decoded.value, kept.value, ir.shapes), showValue(value, kept.value, ir.shapes));
      t.is((decoded.value as Closure).module, (value as Closure).module);
    }),
    { numRuns: 300 },
  );
});

test("changed bytes are refused, or are another function's; nothing throws", (t) => {
  let refused = 0;
  let others = 0;
  fc.assert(
    fc.property(
      anyTape,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
      (numbers, edits) => {
        const bytes = write(randomFunction(numbers));
        const codes = [...bytes];
        for (const [at, byte] of edits) codes[at % codes.length] = String.fromCharCode(byte);
        const changed = codes.join("");
        const decoded = read(changed);
        if (!decoded.ok) refused++;
        else {
          others++;
          t.is(write(decoded.value), changed);
        }
        const cut = bytes.slice(0, (edits[0]?.[0] ?? 0) % bytes.length);
        t.false(read(cut).ok);
        t.false(read(`${bytes}\0`).ok);
      },
    ),
    { numRuns: 600 },
  );
  t.true(refused > 100, `${refused} refused, ${others} others`);
  t.true(others > 0);
});

const hash = bytesOfHex(ir.hash);
const closure = (index: number, captured: string, module = hash): string =>
  `\x83\x58\x20${module}${String.fromCharCode(index)}${captured}`;
const indexOf = (name: string, params = 1): number =>
  ir.functions.findIndex((one) => one.name === name && one.params === params);
const added = (run("add", [7]) as Closure).index;
const paired = (run("pair", [1]) as Closure).index;
const inner = ir.functions.findIndex(({ name }) => name === "keep, a function inside");

test("the forms of this test are those that are written", (t) => {
  t.is(write(run("add", [7])), closure(added, "\x81\x07"));
  t.is(write(run("named", [])), closure(indexOf("sizeOf"), "\x80"));
  t.true(read(closure(added, "\x81\x07")).ok);
  t.true(read(closure(indexOf("sizeOf"), "\x80")).ok);
});

const refusals: readonly (readonly [string, string, string])[] = [
  ["of an unknown module", closure(added, "\x81\x07", "\x01".repeat(32)), "a function of an unknown module"],
  ["of a module without a hash", `\x83\x40${String.fromCharCode(added)}\x81\x07`, "a function of an unknown module"],
  ["with an index out of range", closure(0x17, "\x80"), "no function that is stored"],
  ["with an index below 0", closure(0x20, "\x80"), "an item of another type"],
  ["with a long index", `\x83\x58\x20${hash}\x18${String.fromCharCode(added)}\x81\x07`, "not the shortest form"],
  ["that is a proc", closure(indexOf("act"), "\x80"), "no function that is stored"],
  ["that is generic", closure(indexOf("generic"), "\x80"), "no function that is stored"],
  ["inside a generic one", closure(indexOf("generic, a function inside"), "\x81\x07"), "no function that is stored"],
  ["that is a command's body", closure(indexOf("add"), "\x80"), "no function that is stored"],
  ["of two arguments", closure(paired, "\x81\x01"), "a function of another type"],
  ["that holds too much", closure(added, "\x82\x07\x07"), "another number of captured values"],
  ["that holds too little", closure(added, "\x80"), "another number of captured values"],
  ["that holds what is below 0", closure(added, "\x81\x20"), "a natural number below 0"],
  ["that holds a text for a number", closure(added, "\x81\x61a"), "an item of another type"],
  ["that holds less than its inner one", closure(inner, "\x80"), "another number of captured values"],
  ["of two parts", `\x82\x58\x20${hash}${String.fromCharCode(added)}`, "a function has three parts"],
  ["that is a number", "\x07", "an item of another type"],
];

for (const [what, bytes, reason] of refusals) {
  test(`a function ${what} is refused`, (t) => {
    const decoded = read(bytes);
    t.false(decoded.ok);
    if (!decoded.ok) t.is(decoded.reason, reason);
  });
}

test("a function is refused for what comes from outside, and one of another type in a table", (t) => {
  const bytes = closure(added, "\x81\x07");
  t.deepEqual(decode(bytes, kept.value, ir.shapes), { ok: false, reason: "a function cannot be sent", at: 0 });
  const other = read(bytes, pairs.value);
  t.is(other.ok ? "" : other.reason, "a function of another type");
});

test("states with the same functions have the same bytes", (t) => {
  const [one, two] = [start(), start()];
  for (const each of [one, two]) t.is(execute(each, "holds", "add", [7], circumstances).failure, undefined);
  t.deepEqual(exportState(one), exportState(two));
  execute(two, "holds", "add", [7], circumstances);
  t.deepEqual(exportState(one), exportState(two));
});
