/** Runs the tests that stand in a module: each in a machine of its own, with simulated signers and time. */
import type { IrCommand, IrModule, Ref } from "../ir/ir.ts";
import { equal, weight } from "./compare.ts";
import type { Linked } from "./execution.ts";
import type { Change } from "./journal.ts";
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
import { showUpTo } from "./show.ts";
import { type Bytes, type Data, principal, type Value } from "./value.ts";

export type CallStep = Extract<TestStep, { readonly kind: "call" }>;
type Place = { readonly start: number; readonly end: number };

/** As hopper/lower makes them; functions are indices into the module, commands may be those of what it imports. */
export type TestStep =
  | {
      readonly kind: "call";
      readonly command: Ref;
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
  /** In order, up to the flaw. */
  readonly calls: readonly CallResult[];
};

/** A command called in a test, and what became of it. */
export type CallResult = {
  readonly module: string;
  readonly command: string;
  readonly fault: string | undefined;
  readonly gasUsed: number;
  readonly changes: readonly Change[];
};

export type TestBench = {
  readonly sha256: Machine["sha256"];
  readonly evaluator?: Evaluator;
  /** What the module imports, imported ones first, with what those import. */
  readonly imports: readonly { readonly ir: IrModule; readonly imports: readonly string[] }[];
};

/** A value of the test's own cannot be worked out. */
class Unusable extends Error {}

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
  const calls: CallResult[] = [];
  const ended = (message?: string, place?: Place): TestResult => {
    const gasUsed = calls.reduce((sum, call) => sum + call.gasUsed, 0);
    const flaw = message === undefined || place === undefined ? undefined : { message, place };
    return { name, flaw, gasUsed, calls };
  };
  for (const step of steps) {
    const { place } = step;
    if (step.kind === "check") {
      const message = checkStep(machine, ir, step.condition);
      if (message !== undefined) return ended(message, place);
      continue;
    }
    const called = callStep(machine, ir, step);
    if (typeof called === "string") return ended(called, place);
    const { linked, command, outcome } = called;
    const { gasUsed, changes, failure } = outcome;
    calls.push({ module: linked.ir.path, command: command.name, fault: failure?.name, gasUsed, changes });
    const message = flawOf(machine, ir, step, called);
    if (message !== undefined) return ended(message, place);
  }
  return ended();
}

function commandOf(
  machine: Machine,
  ir: IrModule,
  { module, index }: Ref,
): { readonly linked: Linked; readonly command: IrCommand } {
  const linked = moduleNamed(machine, module ?? ir.path);
  const command = linked?.ir.commands[index];
  if (linked === undefined || command === undefined) throw new Error("assert: a test calls a command that there is");
  return { linked, command };
}

export type Called = { readonly linked: Linked; readonly command: IrCommand; readonly outcome: Outcome };

/** Carries out a call of a module that is installed; a reason where an expression of the step itself fails. */
export function callStep(machine: Machine, ir: IrModule, step: CallStep): Called | string {
  const { linked, command } = commandOf(machine, ir, step.command);
  try {
    const signers = new Set(step.signers.flatMap((who) => keysIn(resultOf(machine, ir, who) as Data)));
    const time = step.time === null ? noTime : resultOf(machine, ir, step.time);
    const args = step.args.map((arg) => resultOf(machine, ir, arg));
    const now = typeof time === "number" ? time : noTime;
    const given = { signers, now, gasLimit: Number.POSITIVE_INFINITY };
    return { linked, command, outcome: execute(machine, linked.ir.hash, command.name, args, given) };
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}

/** All keys of a principal: whoever signs for it in a test signs with each. */
function keysIn([tag, first, second]: Data): string[] {
  if (tag === principal.key) return [(first as Bytes).bytes];
  if (tag !== principal.atLeast) return [];
  return (second as { readonly items: readonly Data[] }).items.flatMap(keysIn);
}

function resultOf(machine: Machine, ir: IrModule, index: number): Value {
  const outcome = evaluate(machine, ir, index);
  if (outcome.value === undefined) throw new Unusable(`an expression here fails with ${outcome.failure?.name}`);
  return outcome.value;
}

function evaluate(machine: Machine, ir: IrModule, index: number): Outcome {
  const linked = moduleNamed(machine, ir.path);
  if (linked === undefined) throw new Error("assert: the module was installed");
  const free = { signers: new Set<string>(), now: noTime, gasLimit: Number.POSITIVE_INFINITY };
  return attempt(machine, free, false, (execution) => {
    const value = run(machine, linked, index, [], execution);
    // It will be compared and shown.
    weight(value);
    return value;
  });
}

function checkStep(machine: Machine, ir: IrModule, condition: number): string | undefined {
  const { value, failure } = evaluate(machine, ir, condition);
  if (value === true) return undefined;
  return failure === undefined ? "does not hold" : `failed with ${failure.name}`;
}

function flawOf(machine: Machine, ir: IrModule, { expect }: CallStep, called: Called): string | undefined {
  const { linked, command } = called;
  const { failure, value } = called.outcome;
  if (expect.kind === "fault") {
    if (failure === undefined) return `succeeded, where the fault ${expect.name} was expected`;
    return failure.name === expect.name ? undefined : `failed with ${failure.name}, where ${expect.name} was expected`;
  }
  if (failure !== undefined)
    return `failed with ${failure.name}${failure.where === undefined ? "" : ` in ${failure.where}`}`;
  if (expect.value === null || value === undefined) return undefined;
  const { value: wanted, failure: none } = evaluate(machine, ir, expect.value);
  if (wanted === undefined) return `what it should give fails itself with ${none?.name}`;
  if (equal(value, wanted)) return undefined;
  const show = (one: Value): string => showUpTo(shownMax, one, command.result, linked.ir.shapes).text;
  return `gave ${show(value)}, where ${show(wanted)} was expected`;
}

/** Letters of a value in a message. */
const shownMax = 300;
