/** The reference evaluator: the meaning of the IR, as plainly as it can be said. Compiled code (generate.ts) has to agree with it. */
import { costTable } from "../ir/cost-table.ts";
import type { Code, IrFunction, Pattern, Place } from "../ir/ir.ts";
import { equal, weight } from "./compare.ts";
import type { Execution, Linked } from "./execution.ts";
import { Fault, fault } from "./fault.ts";
import { nestingOf } from "./nesting.ts";
import { primitives } from "./primitives.ts";
import { functionOf, moduleOf, putRow, readRow, selfOf, tableOf, takeRow, tell } from "./steps.ts";
import { type Closure, type Data, type List, unit, type Value } from "./value.ts";

/** Runs a function on captured values and arguments. */
export function interpret(module: Linked, index: number, values: readonly Value[], execution: Execution): Value {
  const of = functionOf(module, index);
  const nesting = nestingOf(of);
  execution.enter(module, nesting);
  const frame: Value[] = [...values];
  const scope = { frame, module, of, index, execution };
  let value = run(of.body, scope, true);
  // A call of itself in tail position goes no deeper.
  while (value === again) value = run(of.body, scope, true);
  execution.leave(nesting);
  return value;
}

type Scope = {
  readonly frame: Value[];
  readonly module: Linked;
  readonly of: IrFunction;
  readonly index: number;
  readonly execution: Execution;
};

/** Stands for "run the body again": the frame holds the new arguments. */
const again: Value = { items: [] };

/** One frame of the platform's stack for each expression inside another, and one more for those that do something. */
function run(code: Code, scope: Scope, tail: boolean): Value {
  switch (code.op) {
    case "const":
      return code.value;
    case "slot":
      return at(scope.frame, code.slot);
    case "charge":
      scope.execution.spend(code.gas);
      return run(code.rest, scope, tail);
    case "let":
      scope.frame[code.slot] = run(code.value, scope, false);
      return run(code.rest, scope, tail);
    case "if":
      return run(run(code.test, scope, false) === true ? code.yes : code.no, scope, tail);
    case "match":
      return run(chosen(code, scope), scope, tail);
    case "for":
      return runFor(code, scope);
    case "call":
      return runCall(code, scope, tail);
    case "closure":
      return {
        module: moduleOf(scope.module, code.of.module),
        index: code.of.index,
        captured: runAll(code.captures, scope),
      };
    case "construct":
      return [code.tag, ...runAll(code.fields, scope)];
    case "list":
      return { items: runAll(code.items, scope) };
    case "field":
      return at(run(code.of, scope, false) as Data, code.index + 1);
    case "moves":
      return promise(code, scope);
    default:
      return runPlaced(code, scope);
  }
}

type Of<Op extends Code["op"]> = Extract<Code, { readonly op: Op }>;

function runAll(codes: readonly Code[], scope: Scope): Value[] {
  const values: Value[] = [];
  for (const code of codes) values.push(run(code, scope, false));
  return values;
}

function chosen(code: Of<"match">, scope: Scope): Code {
  const values = runAll(code.on, scope);
  for (const { patterns, body } of code.cases) {
    if (patterns.every((pattern, i) => fits(pattern, at(values, i), scope.frame, scope.execution))) return body;
  }
  throw new Error("assert: a checked match has a case for every value");
}

function runFor(code: Of<"for">, scope: Scope): Value {
  const { frame } = scope;
  const { items } = run(code.list, scope, false) as List;
  frame[code.acc] = run(code.start, scope, false);
  for (const item of items) {
    frame[code.item] = item;
    frame[code.acc] = run(code.body, scope, false);
  }
  return at(frame, code.acc);
}

function runCall(code: Of<"call">, scope: Scope, tail: boolean): Value {
  const { frame, module, index, execution } = scope;
  const values = runAll(code.args, scope);
  if (tail && code.to.module === null && code.to.index === index) {
    for (const [slot, value] of values.entries()) frame[slot] = value;
    return again;
  }
  try {
    return interpret(moduleOf(module, code.to.module), code.to.index, values, execution);
  } catch (error) {
    throw placed(error, code.place, scope.of.name);
  }
}

/** What may fail by itself: its parts first, then the thing itself with its place noted. */
function runPlaced(code: Of<"apply" | "primitive" | "fail" | "get" | "take" | "put" | "emit">, scope: Scope): Value {
  const { module, execution } = scope;
  if (code.op === "apply") {
    const { module: home, index, captured } = run(code.to, scope, false) as Closure;
    const values = [...captured, ...runAll(code.args, scope)];
    try {
      return interpret(home, index, values, execution);
    } catch (error) {
      throw placed(error, code.place, scope.of.name);
    }
  }
  const parts = runAll(partsFirst(code), scope);
  let value: Value | undefined;
  try {
    value = act(code, parts, module, execution);
  } catch (error) {
    throw placed(error, code.place, scope.of.name);
  }
  return value ?? (code.op === "get" || code.op === "take" ? run(code.absent, scope, false) : unit);
}

type Acting = Of<"primitive" | "fail" | "get" | "take" | "put" | "emit">;

function partsFirst(code: Acting): readonly Code[] {
  switch (code.op) {
    case "primitive":
      return code.args;
    case "fail":
      return [];
    case "emit":
      return code.fields;
    case "put":
      return [code.key, code.value];
    default:
      return [code.key];
  }
}

/** Undefined where a row that was asked for is not there. */
function act(code: Acting, parts: readonly Value[], module: Linked, execution: Execution): Value | undefined {
  const [a = 0, b = 0, c = 0] = parts;
  switch (code.op) {
    case "primitive": {
      if (code.name === "self") return selfOf(module);
      const primitive = primitives.get(code.name);
      if (primitive === undefined) throw new Error(`assert: ${code.name} is no primitive`);
      return primitive(execution, a, b, c);
    }
    case "fail":
      return fault("Fail", code.fault);
    case "get":
      return readRow(execution, tableOf(module, code.table), a);
    case "take":
      return takeRow(execution, tableOf(module, code.table), a);
    case "put":
      return putRow(execution, tableOf(module, code.table), a, b, code.fault);
    default:
      return tell(execution, module, code.event, parts);
  }
}

function promise(code: Of<"moves">, scope: Scope): Value {
  const { module, execution } = scope;
  execution.spend(costTable.moves);
  const changes = code.changes.map(({ account, amount, gains }) => ({
    account: run(account, scope, false),
    amount: run(amount, scope, false),
    gains,
  }));
  const tables = code.tables.map((ref) => tableOf(module, ref).table);
  execution.promise({ tables, unit: run(code.unit, scope, false), changes });
  return unit;
}

function at(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined) throw new Error("assert: every slot is set before it is read");
  return value;
}

/** A fault tells the innermost place that it came from. */
export function placed(error: unknown, place: Place, where: string): unknown {
  if (error instanceof Fault && error.where === undefined) {
    error.where = where;
    error.place = place;
  }
  return error;
}

/** Binds slots as it goes; those of a pattern that does not fit are overwritten by the next. */
function fits(pattern: Pattern, value: Value, frame: Value[], execution: Execution): boolean {
  switch (pattern.test) {
    case "any":
      return true;
    case "bind":
      frame[pattern.slot] = value;
      return true;
    case "const":
      execution.spend(Math.floor(weight(pattern.value) / costTable.textBytesPerGas));
      return equal(pattern.value, value);
    case "construct": {
      const data = value as Data;
      return (
        data[0] === pattern.tag && pattern.fields.every((field, i) => fits(field, at(data, i + 1), frame, execution))
      );
    }
    case "list": {
      const { items } = value as List;
      const { items: wanted, rest } = pattern;
      if (items.length < wanted.length || (rest === null && items.length > wanted.length)) return false;
      if (!wanted.every((one, i) => fits(one, at(items, i), frame, execution))) return false;
      if (rest === null || rest.test === "any") return true;
      execution.spend(Math.ceil((items.length - wanted.length) / costTable.restItemsPerGas));
      return fits(rest, { items: items.slice(wanted.length) }, frame, execution);
    }
  }
}
