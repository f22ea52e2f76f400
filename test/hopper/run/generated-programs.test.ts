/**
 * Thousands of random programs: each checks, and each call of them ends in a value or a fault, in both evaluators alike: value,
 * diff, events, gas, fault and its place. HOPPER_PROGRAMS says how many, HOPPER_SEED which ones.
 */
import test from "ava";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { checkModule } from "../../../hopper/check/module.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import type { NamedShape, Shape } from "../../../hopper/ir/ir.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { decode } from "../../../hopper/run/decode.ts";
import {
  type Circumstances,
  createMachine,
  type Evaluator,
  executeBytes,
  type Machine,
  type Outcome,
} from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { showValue } from "../../../hopper/run/show.ts";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { show } from "../check/modules.ts";
import { generateProgram, libSource } from "./generated-programs.ts";
import { smallest, tapeOf } from "./smallest.ts";
import { Tape } from "./tape.ts";
import { isCanonical, signersOf, tapeValue } from "./tape-values.ts";

const evaluators: readonly Evaluator[] = ["reference", "compiled"];
const lib = checked(libSource, "lib");
const libCode = lowerModule(lib);

function checked(source: string, path: string): CheckedModule {
  const result = checkModule(source, path, (used) => (used === "lib" ? lib : undefined));
  if (result.ok) return result.module;
  throw new Error(`does not check:\n${result.diagnostics.map((d) => show(source, d)).join("\n")}\n${source}`);
}

function machineWith(evaluator: Evaluator, ir: ReturnType<typeof lowerModule>): Machine {
  const machine = createMachine({ sha256, evaluator });
  install(machine, libCode, []);
  install(machine, ir, [libCode.hash]);
  return machine;
}

/** All that an outcome says, as bytes where it has values. */
function told(outcome: Outcome, ir: ReturnType<typeof lowerModule>, command: string): unknown {
  const { failure, value, gasUsed, changes, events } = outcome;
  const result = ir.commands.find(({ name }) => name === command)?.result;
  const row = (of: Value | undefined, change: (typeof changes)[number]): string | undefined => {
    const { shape, shapes } = change.table;
    if (of !== undefined && !isCanonical(of)) throw new Error(`a row of ${shape.name} is not canonical`);
    return of === undefined ? undefined : encode(of, shape.value, shapes);
  };
  if (value !== undefined && !isCanonical(value)) throw new Error("the result is not canonical");
  return {
    failure,
    gasUsed,
    value: value === undefined || result === undefined ? undefined : encode(value, result, ir.shapes),
    changes: changes.map((one) => [one.table.id, one.bytes, row(one.before, one), row(one.after, one)]),
    events: events.map(({ module, event, fields }) => {
      const shape = module.ir.events[event];
      return [shape?.name, fields.map((f, i) => encode(f, shape?.fields[i]?.shape ?? { of: "Int" }, module.ir.shapes))];
    }),
  };
}

/** How often each thing happened, so that a generator that makes only dull programs is found out. */
const seen = new Map<string, number>();
const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

function callBoth(
  machines: readonly Machine[],
  ir: ReturnType<typeof lowerModule>,
  command: string,
  args: readonly string[],
  circumstances: Circumstances,
): void {
  const state = (machine: Machine): string => textOfBytes(exportState(machine));
  const [before] = machines.map(state);
  const outcomes = machines.map((machine) => executeBytes(machine, "a", command, args, circumstances));
  const [outcome] = outcomes;
  const [one, other] = outcomes.map((each) => JSON.stringify(told(each, ir, command)));
  if (one !== other) throw new Error(`the evaluators differ:\n${one}\n${other}`);
  const [after, second] = machines.map(state);
  if (after !== second) throw new Error("the states differ");
  if (outcome === undefined) return;
  const { failure, changes, events } = outcome;
  if (failure?.kind === "BadArgument") throw new Error("an argument was refused");
  if (failure !== undefined && before !== after) throw new Error("a failed command left something behind");
  if (changes.length === 0 && before !== after) throw new Error("the state has changed, and the diff does not say so");
  note(failure?.kind ?? "ok");
  if (changes.length > 0) note("changed rows");
  for (const { table, after: value } of changes) {
    if (value === undefined) continue;
    if (table.shape.value.of === "function") note("kept functions");
    readBack(machines[0], value, table.shape.value, table.shapes);
  }
  if (events.length > 0) note("told events");
}

/** What is stored has one form, which is read again. */
function readBack(machine: Machine | undefined, value: Value, shape: Shape, shapes: readonly NamedShape[]): void {
  const bytes = encode(value, shape, shapes);
  const read = decode(bytes, shape, shapes, limits.valueBytes, (hash) => machine?.modules.get(hash)?.linked);
  if (!read.ok) throw new Error(`what is stored is not read again: ${read.reason}, at byte ${read.at}`);
  if (encode(read.value, shape, shapes) !== bytes) throw new Error("what is read again has another form");
}

const gasLimits = [20_000, 20_000, 20_000, 400, 300_000] as const;

function runProgram(numbers: readonly number[]): void {
  const tape = new Tape(numbers);
  const { source, commands } = generateProgram(tape);
  const module = checked(source, "a");
  const ir = lowerModule(module);
  const machines = evaluators.map((evaluator) => machineWith(evaluator, ir));
  const calls: string[] = [];
  tape.times(2, 6, () => {
    const command = tape.of(commands);
    const params = ir.commands.find(({ name }) => name === command)?.params ?? [];
    const values = params.map(({ shape }) => tapeValue(tape, shape, ir.shapes));
    const args = values.map((value, i) => encode(value, params[i]?.shape ?? { of: "Int" }, ir.shapes));
    const signers = signersOf(tape);
    const gasLimit = tape.of(gasLimits) + tape.below(500);
    calls.push(
      `${command}(${values.map((v, i) => showValue(v, params[i]?.shape ?? { of: "Int" }, ir.shapes)).join(", ")}) by ${signers.size}, gas ${gasLimit}`,
    );
    try {
      callBoth(machines, ir, command, args, { signers, now: 1000, gasLimit });
    } catch (error) {
      throw new Error(
        `${error instanceof Error ? error.stack : error}\nin this program:\n${source}\ncalls: ${calls.join("\n")}`,
      );
    }
  });
}

function failureOf(numbers: readonly number[]): Error | undefined {
  try {
    runProgram(numbers);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

test("random programs check, never get stuck, and mean the same in both evaluators", (t) => {
  const programs = Number(process.env.HOPPER_PROGRAMS ?? 2500);
  const first = Number(process.env.HOPPER_SEED ?? 1);
  for (let seed = first; seed < first + programs; seed++) {
    const tape = tapeOf(seed, 40 + (seed % 12) * 60);
    if (failureOf(tape) === undefined) continue;
    const { error } = smallest(tape, failureOf) ?? {};
    return t.fail(`HOPPER_SEED=${seed} HOPPER_PROGRAMS=1 shows it again.\n${error?.message}`);
  }
  t.log(`${programs} programs: ${[...seen].map(([what, count]) => `${what} ${count}`).join(", ")}`);
  for (const what of [
    "ok",
    "Fail",
    "OutOfGas",
    "DivByZero",
    "Negative",
    "Exists",
    "changed rows",
    "told events",
    "kept functions",
  ])
    t.true(programs < 1000 || (seen.get(what) ?? 0) > programs / 200, `${what}: ${seen.get(what)}`);
});
