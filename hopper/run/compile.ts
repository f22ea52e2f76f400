/** The fast evaluator: a module's functions as JavaScript, made when the module is taken in. */
import { equal } from "./compare.ts";
import type { Compiled, Execution, Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import { functionOfText } from "./function-of-text.ts";
import { generate } from "./generate.ts";
import { interpret, placed } from "./interpret.ts";
import { putRow, readRow, takeRow, tell } from "./steps.ts";
import type { Closure, Value } from "./value.ts";

/** Runs a function on captured values and arguments. */
export function runCompiled(module: Linked, index: number, values: readonly Value[], execution: Execution): Value {
  const run = module.compiled[index];
  if (run === undefined) throw new Error("assert: a checked module has the functions that are called");
  return run(execution, ...values);
}

/** The functions of a module whose imports are compiled. A Node that may not make code of texts interprets them. */
export function compile(module: Linked): readonly Compiled[] {
  const { text, constants } = generate(module);
  const run = { module, interpret, apply, readRow, takeRow, putRow, tell, equal, fault, placed, noCase };
  const make = functionOfText<(run: object, constants: readonly unknown[]) => readonly Compiled[]>(["run", "k"], text);
  if (make !== undefined) return make(run, constants);
  return module.ir.functions.map((_, index): Compiled => {
    return (execution, ...values) => interpret(module, index, values, execution);
  });
}

function apply(execution: Execution, { module, index, captured }: Closure, args: readonly Value[]): Value {
  return runCompiled(module, index, [...captured, ...args], execution);
}

function noCase(): never {
  throw new Error("assert: a checked match has a case for every value");
}
