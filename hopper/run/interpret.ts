/** The reference evaluator: the meaning of the IR, as plainly as it can be said. The compiler (compile.ts) has to agree with it. */
import { costTable } from "../ir/cost-table.ts";
import type { Code, IrFunction, Pattern, Ref } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import type { Execution, Linked } from "./execution.ts";
import { Fault, fault } from "./fault.ts";
import { nestingOf } from "./nesting.ts";
import { primitives } from "./primitives.ts";
import { functionOf, moduleOf, putRow, readRow, selfOf, tableOf, takeRow, tell } from "./steps.ts";
import type { Closure, Data, List, Value } from "./value.ts";

/** Runs a function on captured values and arguments. */
export function interpret(module: Linked, index: number, values: readonly Value[], execution: Execution): Value {
  const of = functionOf(module, index);
  const nesting = nestingOf(of);
  execution.enter(module, of, nesting);
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

function run(code: Code, scope: Scope, tail: boolean): Value {
  const { frame, module, of, execution } = scope;
  const all = (codes: readonly Code[]): Value[] => codes.map((one) => run(one, scope, false));
  const inner = (one: Code): Value => run(one, scope, false);
  const last = (one: Code): Value => run(one, scope, tail);
  switch (code.op) {
    case "const":
      return code.value;
    case "slot":
      return at(frame, code.slot);
    case "charge":
      execution.spend(code.gas);
      return last(code.rest);
    case "let":
      frame[code.slot] = inner(code.value);
      return last(code.rest);
    case "if":
      return last(inner(code.test) === true ? code.yes : code.no);
    case "match": {
      const values = all(code.on);
      for (const { patterns, body } of code.cases) {
        if (patterns.every((pattern, i) => fits(pattern, at(values, i), frame))) return last(body);
      }
      throw new Error("assert: a checked match has a case for every value");
    }
    case "for": {
      const { items } = inner(code.list) as List;
      frame[code.acc] = inner(code.start);
      for (const item of items) {
        frame[code.item] = item;
        frame[code.acc] = inner(code.body);
      }
      return at(frame, code.acc);
    }
    case "call": {
      const values = all(code.args);
      if (tail && code.to.module === null && code.to.index === scope.index) {
        for (const [slot, value] of values.entries()) frame[slot] = value;
        return again;
      }
      return located(code, of, () => callTo(module, code.to, values, execution));
    }
    case "apply": {
      const { module: hash, index, captured } = inner(code.to) as Closure;
      const values = [...captured, ...all(code.args)];
      return located(code, of, () => interpret(moduleOf(module, hash), index, values, execution));
    }
    case "closure":
      return { module: code.of.module ?? module.ir.hash, index: code.of.index, captured: all(code.captures) };
    case "construct":
      return [code.tag, ...all(code.fields)];
    case "list":
      return { items: all(code.items) };
    case "field":
      return at(inner(code.of) as Data, code.index + 1);
    case "primitive": {
      if (code.name === "self") return selfOf(module);
      const [a = 0, b = 0, c = 0] = all(code.args);
      const primitive = primitives.get(code.name);
      if (primitive === undefined) throw new Error(`assert: ${code.name} is no primitive`);
      return located(code, of, () => primitive(execution, a, b, c));
    }
    case "fail":
      return located(code, of, () => fault("Fail", code.fault));
    case "get":
    case "take": {
      const table = tableOf(module, code.table);
      const key = inner(code.key);
      const value = located(code, of, () =>
        code.op === "get" ? readRow(execution, table, key) : takeRow(execution, table, key),
      );
      return value ?? inner(code.absent);
    }
    case "put": {
      const table = tableOf(module, code.table);
      const [key = 0, value = 0] = all([code.key, code.value]);
      return located(code, of, () => putRow(execution, table, key, value, code.fault));
    }
    case "emit": {
      const fields = all(code.fields);
      return located(code, of, () => tell(execution, module, code.event, fields));
    }
    case "moves": {
      execution.spend(costTable.moves);
      const changes = code.changes.map(({ account, amount, gains }) => ({
        account: inner(account),
        amount: inner(amount),
        gains,
      }));
      execution.promises.push({
        tables: code.tables.map((ref) => tableOf(module, ref)),
        unit: inner(code.unit),
        changes,
      });
      return [0];
    }
  }
}

function callTo(module: Linked, to: Ref, values: readonly Value[], execution: Execution): Value {
  return interpret(moduleOf(module, to.module), to.index, values, execution);
}

export function at(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined) throw new Error("assert: every slot is set before it is read");
  return value;
}

/** A fault tells the innermost place that it came from. */
export function located<T>(code: { readonly place: Fault["place"] & object }, of: IrFunction, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Fault && error.where === undefined) {
      error.where = of.name;
      error.place = code.place;
    }
    throw error;
  }
}

/** Binds slots as it goes; those of a pattern that does not fit are overwritten by the next. */
export function fits(pattern: Pattern, value: Value, frame: Value[]): boolean {
  switch (pattern.test) {
    case "any":
      return true;
    case "bind":
      frame[pattern.slot] = value;
      return true;
    case "const":
      return equal(pattern.value, value);
    case "construct": {
      const data = value as Data;
      return data[0] === pattern.tag && pattern.fields.every((field, i) => fits(field, at(data, i + 1), frame));
    }
    case "list": {
      const { items } = value as List;
      const { items: wanted, rest } = pattern;
      if (items.length < wanted.length || (rest === null && items.length > wanted.length)) return false;
      if (!wanted.every((one, i) => fits(one, at(items, i), frame))) return false;
      return rest === null || fits(rest, { items: items.slice(wanted.length) }, frame);
    }
  }
}
