/** Runs the tests that stand in a module: each in a machine of its own, with simulated signers and time. */
import type { IrModule } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import {
  attempt,
  createMachine,
  type Evaluator,
  execute,
  link,
  type Machine,
  moduleNamed,
  type Outcome,
  run,
} from "./machine.ts";
import type { Change } from "./table.ts";
import { type Bytes, type Data, principal, type Value } from "./value.ts";

type Place = { readonly start: number; readonly end: number };

/** As hopper/lower makes them; functions are indices into the module. */
export type TestStep =
  | {
      readonly kind: "call";
      readonly command: number;
      readonly args: readonly number[];
      readonly signers: readonly number[];
      readonly time: number | null;
      readonly expect:
        | { readonly kind: "ok"; readonly value: number | null }
        | { readonly kind: "fault"; readonly name: string };
      readonly place: Place;
    }
  | { readonly kind: "check"; readonly condition: number; readonly place: Place };

export type ModuleTest = { readonly name: string; readonly steps: readonly TestStep[] };

export type TestResult = {
  readonly name: string;
  /** Undefined where all steps did what was expected. */
  readonly flaw: { readonly message: string; readonly place: Place } | undefined;
  readonly gasUsed: number;
  /** What each call changed, in order. */
  readonly diffs: readonly (readonly Change[])[];
};

export type TestBench = {
  readonly sha256: Machine["sha256"];
  readonly evaluator?: Evaluator;
  /** What the module imports, imported ones first, with what those import. */
  readonly imports: readonly { readonly ir: IrModule; readonly imports: readonly string[] }[];
};

/** Where a test says nothing of the time. */
const noTime = 0;

export function runTests(
  ir: IrModule,
  imports: readonly string[],
  tests: readonly ModuleTest[],
  bench: TestBench,
): TestResult[] {
  return tests.map((test) => {
    const machine = createMachine(bench);
    for (const one of bench.imports) install(machine, one.ir, one.imports);
    install(machine, ir, imports);
    return runTest(machine, ir, test);
  });
}

/** Takes a module in without asking anyone. */
export function install(machine: Machine, ir: IrModule, imports: readonly string[]): void {
  machine.modules.set(ir.hash, { linked: link(machine, ir, ir.hash, imports), source: "" });
  machine.names.set(ir.path, { lineage: ir.hash, current: ir.hash });
}

function runTest(machine: Machine, ir: IrModule, { name, steps }: ModuleTest): TestResult {
  const diffs: (readonly Change[])[] = [];
  let gasUsed = 0;
  for (const step of steps) {
    const message = step.kind === "check" ? checkStep(machine, ir, step.condition) : undefined;
    if (step.kind === "call") {
      const outcome = callStep(machine, ir, step);
      gasUsed += outcome.gasUsed;
      diffs.push(outcome.changes);
      const flaw = flawOf(machine, ir, step, outcome);
      if (flaw !== undefined) return { name, flaw: { message: flaw, place: step.place }, gasUsed, diffs };
    } else if (message !== undefined) return { name, flaw: { message, place: step.place }, gasUsed, diffs };
  }
  return { name, flaw: undefined, gasUsed, diffs };
}

function callStep(machine: Machine, ir: IrModule, step: Extract<TestStep, { kind: "call" }>): Outcome {
  const command = ir.commands[step.command];
  if (command === undefined) throw new Error("assert: a test calls a command of its module");
  const signers = new Set(step.signers.flatMap((who) => keysIn(resultOf(machine, ir, who) as Data)));
  const time = step.time === null ? noTime : resultOf(machine, ir, step.time);
  const args = step.args.map((arg) => resultOf(machine, ir, arg));
  const now = typeof time === "number" ? time : noTime;
  return execute(machine, ir.path, command.name, args, { signers, now, gasLimit: Number.POSITIVE_INFINITY });
}

/** All keys of a principal: whoever signs for it in a test signs with each. */
function keysIn([tag, first, second]: Data): string[] {
  if (tag === principal.key) return [(first as Bytes).bytes];
  if (tag !== principal.atLeast) return [];
  return (second as { readonly items: readonly Data[] }).items.flatMap(keysIn);
}

function resultOf(machine: Machine, ir: IrModule, index: number): Value {
  const outcome = evaluate(machine, ir, index);
  if (outcome.value === undefined) throw new Error(`a test's argument failed: ${outcome.failure?.name}`);
  return outcome.value;
}

function evaluate(machine: Machine, ir: IrModule, index: number): Outcome {
  const linked = moduleNamed(machine, ir.path);
  if (linked === undefined) throw new Error("assert: the module was installed");
  const free = { signers: new Set<string>(), now: noTime, gasLimit: Number.POSITIVE_INFINITY };
  return attempt(machine, free, false, (execution) => run(machine, linked, index, [], execution));
}

function checkStep(machine: Machine, ir: IrModule, condition: number): string | undefined {
  const { value, failure } = evaluate(machine, ir, condition);
  if (value === true) return undefined;
  return failure === undefined ? "does not hold" : `failed with ${failure.name}`;
}

function flawOf(
  machine: Machine,
  ir: IrModule,
  step: Extract<TestStep, { kind: "call" }>,
  outcome: Outcome,
): string | undefined {
  const { failure, value } = outcome;
  const { expect } = step;
  if (expect.kind === "fault") {
    if (failure === undefined) return `succeeded, where the fault ${expect.name} was expected`;
    return failure.name === expect.name ? undefined : `failed with ${failure.name}, where ${expect.name} was expected`;
  }
  if (failure !== undefined)
    return `failed with ${failure.name}${failure.where === undefined ? "" : ` in ${failure.where}`}`;
  if (expect.value === null || value === undefined) return undefined;
  return equal(value, resultOf(machine, ir, expect.value)) ? undefined : "succeeded with another value than expected";
}
