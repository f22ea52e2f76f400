/**
 * The fast evaluator: turns the IR into a tree of closures once, and runs that. It does what interpret.ts does, in the same order
 * and for the same gas; a call of itself in tail position becomes a loop.
 */
import { costTable } from "../ir/cost-table.ts";
import type { Code, IrFunction, Pattern, Ref } from "../ir/ir.ts";
import type { Compiled, Execution, Linked } from "./execution.ts";
import { type Fault, fault } from "./fault.ts";
import { at, fits, placed } from "./interpret.ts";
import { nestingOf } from "./nesting.ts";
import { primitives } from "./primitives.ts";
import { functionOf, moduleOf, moduleOfFunction, putRow, readRow, selfOf, tableOf, takeRow, tell } from "./steps.ts";
import type { Closure, Data, List, Value } from "./value.ts";

type Run = (frame: Value[], execution: Execution) => Value;

/** Where code stands: in which function, and whether its value is the function's own. */
type Scope = { readonly module: Linked; readonly of: IrFunction; readonly index: number; readonly again: object };

/** Runs a function on captured values and arguments. */
export function runCompiled(module: Linked, index: number, values: readonly Value[], execution: Execution): Value {
  const compiled = compiledOf(module, index);
  const frame = new Array<Value>(compiled.of.slots);
  for (let i = 0; i < values.length; i++) frame[i] = values[i] as Value;
  return enterCompiled(compiled, frame, module, execution);
}

function enterCompiled({ nesting, run }: Compiled, frame: Value[], module: Linked, execution: Execution): Value {
  execution.enter(module, nesting);
  const value = run(frame, execution);
  execution.leave(nesting);
  return value;
}

function compiledOf(module: Linked, index: number): Compiled {
  const known = module.compiled[index];
  if (known !== undefined) return known;
  const of = functionOf(module, index);
  const compiled = { of, nesting: nestingOf(of), run: compileFunction(module, index) };
  module.compiled[index] = compiled;
  return compiled;
}

function compileFunction(module: Linked, index: number): Run {
  const of = functionOf(module, index);
  // Stands for "run the body again": the frame holds the new arguments.
  const again: Value = { items: [] };
  const body = compile(of.body, { module, of, index, again }, true);
  if (!callsItself(of.body, index)) return body;
  return (frame, execution) => {
    let value = body(frame, execution);
    while (value === again) value = body(frame, execution);
    return value;
  };
}

function callsItself(code: Code, index: number): boolean {
  switch (code.op) {
    case "charge":
    case "let":
      return callsItself(code.rest, index);
    case "if":
      return callsItself(code.yes, index) || callsItself(code.no, index);
    case "match":
      return code.cases.some(({ body }) => callsItself(body, index));
    case "call":
      return code.to.module === null && code.to.index === index;
    default:
      return false;
  }
}

function compile(code: Code, scope: Scope, tail: boolean): Run {
  const inner = (one: Code): Run => compile(one, scope, false);
  const last = (one: Code): Run => compile(one, scope, tail);
  switch (code.op) {
    case "const": {
      const { value } = code;
      return () => value;
    }
    case "slot": {
      const { slot } = code;
      return (frame) => frame[slot] as Value;
    }
    case "charge": {
      const { gas } = code;
      const rest = last(code.rest);
      return (frame, execution) => {
        execution.spend(gas);
        return rest(frame, execution);
      };
    }
    case "let": {
      const { slot } = code;
      const value = inner(code.value);
      const rest = last(code.rest);
      return (frame, execution) => {
        frame[slot] = value(frame, execution);
        return rest(frame, execution);
      };
    }
    case "if": {
      const test = inner(code.test);
      const yes = last(code.yes);
      const no = last(code.no);
      return (frame, execution) => (test(frame, execution) === true ? yes(frame, execution) : no(frame, execution));
    }
    case "match":
      return compileMatch(code, scope, tail);
    case "for":
      return compileFor(code, inner);
    case "call":
      return compileCall(code, scope, tail);
    case "apply": {
      const to = inner(code.to);
      const args = code.args.map(inner);
      const { module, of } = scope;
      return (frame, execution) => {
        const { module: hash, index, captured } = to(frame, execution) as Closure;
        const values: Value[] = captured.slice();
        for (const arg of args) values.push(arg(frame, execution));
        return guarded(code, of, () =>
          runCompiled(moduleOfFunction(module, hash, execution), index, values, execution),
        );
      };
    }
    case "closure": {
      const module = code.of.module ?? scope.module.ir.hash;
      const { index } = code.of;
      const captures = code.captures.map(inner);
      return (frame, execution) => ({ module, index, captured: captures.map((one) => one(frame, execution)) });
    }
    case "construct":
      return compileConstruct(code.tag, code.fields.map(inner));
    case "list": {
      const items = code.items.map(inner);
      return (frame, execution) => ({ items: items.map((one) => one(frame, execution)) });
    }
    case "field": {
      const of = inner(code.of);
      const place = code.index + 1;
      if (code.of.op === "slot") {
        const { slot } = code.of;
        return (frame) => (frame[slot] as Data)[place] as Value;
      }
      return (frame, execution) => (of(frame, execution) as Data)[place] as Value;
    }
    case "primitive":
      return compilePrimitive(code, scope, inner);
    case "fail":
      return () => guarded(code, scope.of, () => fault("Fail", code.fault));
    case "get":
    case "take":
      return compileRead(code, scope, inner);
    case "put": {
      const table = tableOf(scope.module, code.table);
      const key = inner(code.key);
      const value = inner(code.value);
      return (frame, execution) => {
        const at = key(frame, execution);
        const what = value(frame, execution);
        try {
          return putRow(execution, table, at, what, code.fault);
        } catch (error) {
          throw placed(error, code, scope.of);
        }
      };
    }
    case "emit": {
      const fields = code.fields.map(inner);
      return (frame, execution) => {
        const values = runAll(fields, frame, execution);
        try {
          return tell(execution, scope.module, code.event, values);
        } catch (error) {
          throw placed(error, code, scope.of);
        }
      };
    }
    case "moves":
      return compileMoves(code, scope, inner);
  }
}

type Of<Op extends Code["op"]> = Extract<Code, { readonly op: Op }>;
type Inner = (code: Code) => Run;

function compileMatch(code: Of<"match">, scope: Scope, tail: boolean): Run {
  const on = code.on.map((one) => compile(one, scope, false));
  const bodies = code.cases.map(({ body }) => compile(body, scope, tail));
  const [single] = on;
  const byTag = on.length === 1 ? constructorsOnly(code) : undefined;
  if (single !== undefined && byTag !== undefined) {
    return (frame, execution) => {
      const value = single(frame, execution) as Data;
      const place = byTag(value, frame);
      return (bodies[place] as Run)(frame, execution);
    };
  }
  const tests = code.cases.map(({ patterns }) => patterns.map(compilePattern));
  return (frame, execution) => {
    const values = runAll(on, frame, execution);
    for (let place = 0; place < tests.length; place++) {
      const patterns = tests[place] as readonly Test[];
      let all = true;
      for (let i = 0; i < patterns.length && all; i++) all = (patterns[i] as Test)(at(values, i), frame, execution);
      if (all) return (bodies[place] as Run)(frame, execution);
    }
    throw new Error("assert: a checked match has a case for every value");
  };
}

type Test = (value: Value, frame: Value[], execution: Execution) => boolean;

function compilePattern(pattern: Pattern): Test {
  switch (pattern.test) {
    case "any":
      return () => true;
    case "bind": {
      const { slot } = pattern;
      return (value, frame) => {
        frame[slot] = value;
        return true;
      };
    }
    case "construct": {
      const { tag } = pattern;
      const fields = pattern.fields.map(compilePattern);
      return (value, frame, execution) => {
        const data = value as Data;
        if (data[0] !== tag) return false;
        for (let i = 0; i < fields.length; i++) {
          if (!(fields[i] as Test)(data[i + 1] as Value, frame, execution)) return false;
        }
        return true;
      };
    }
    default:
      return (value, frame, execution) => fits(pattern, value, frame, execution);
  }
}

/** Matches of one value whose patterns are constructors with plain fields: the case follows from the tag. */
function constructorsOnly(code: Of<"match">): ((value: Data, frame: Value[]) => number) | undefined {
  const places: number[] = [];
  const slots: (readonly (number | null)[])[] = [];
  let otherwise = -1;
  for (const [place, { patterns }] of code.cases.entries()) {
    const [pattern] = patterns;
    if (pattern === undefined || otherwise >= 0) return undefined;
    if (pattern.test === "any") {
      otherwise = place;
      continue;
    }
    if (pattern.test !== "construct" || places[pattern.tag] !== undefined) return undefined;
    const bound = pattern.fields.map(slotOf);
    if (bound.includes(undefined)) return undefined;
    places[pattern.tag] = place;
    slots[pattern.tag] = bound as (number | null)[];
  }
  return (value, frame) => {
    const tag = value[0];
    const place = places[tag];
    if (place === undefined) return otherwise;
    const bound = slots[tag] as readonly (number | null)[];
    for (let i = 0; i < bound.length; i++) {
      const slot = bound[i];
      if (slot !== null && slot !== undefined) frame[slot] = value[i + 1] as Value;
    }
    return place;
  };
}

function slotOf(pattern: Pattern): number | null | undefined {
  if (pattern.test === "bind") return pattern.slot;
  return pattern.test === "any" ? null : undefined;
}

function compileFor(code: Of<"for">, inner: Inner): Run {
  const list = inner(code.list);
  const start = inner(code.start);
  const body = inner(code.body);
  const { item, acc } = code;
  return (frame, execution) => {
    const { items } = list(frame, execution) as List;
    frame[acc] = start(frame, execution);
    for (const one of items) {
      frame[item] = one;
      frame[acc] = body(frame, execution);
    }
    return frame[acc] as Value;
  };
}

function compileCall(code: Of<"call">, scope: Scope, tail: boolean): Run {
  const args = code.args.map((one) => compile(one, scope, false));
  const { to } = code;
  const { module, of, again } = scope;
  if (tail && to.module === null && to.index === scope.index) return compileAgain(args, again as Value);
  const target: Linked = moduleOf(module, (to as Ref).module);
  const { index } = to;
  let compiled: Compiled | undefined;
  return (frame, execution) => {
    compiled ??= compiledOf(target, index);
    // As long as it will be: a frame that grows is copied.
    const values = new Array<Value>(compiled.of.slots);
    for (let i = 0; i < args.length; i++) values[i] = (args[i] as Run)(frame, execution);
    try {
      return enterCompiled(compiled, values, target, execution);
    } catch (error) {
      throw placed(error, code, of);
    }
  };
}

/** All arguments are worked out before any of them is put in its place. A captured value stays where it is. */
function compileAgain(args: readonly Run[], again: Value): Run {
  return (frame, execution) => {
    const values = runAll(args, frame, execution);
    for (let i = 0; i < values.length; i++) frame[i] = values[i] as Value;
    return again;
  };
}

function compileConstruct(tag: number, fields: readonly Run[]): Run {
  const [first, second] = fields;
  if (first === undefined) {
    const value: Data = [tag];
    return () => value;
  }
  if (second === undefined) return (frame, execution) => [tag, first(frame, execution)];
  if (fields.length === 2) return (frame, execution) => [tag, first(frame, execution), second(frame, execution)];
  const third = fields[2];
  if (third !== undefined && fields.length === 3) {
    return (frame, execution) => [tag, first(frame, execution), second(frame, execution), third(frame, execution)];
  }
  return (frame, execution) => [tag, ...runAll(fields, frame, execution)];
}

function compilePrimitive(code: Of<"primitive">, { module, of }: Scope, inner: Inner): Run {
  if (code.name === "self") {
    const self = selfOf(module);
    return () => self;
  }
  const primitive = primitives.get(code.name);
  if (primitive === undefined) throw new Error(`assert: ${code.name} is no primitive`);
  const none: Run = () => 0;
  const [a = none, b = none, c = none] = code.args.map(inner);
  if (code.args.length === 2) {
    return (frame, execution) => {
      const x = a(frame, execution);
      const y = b(frame, execution);
      try {
        return primitive(execution, x, y, 0);
      } catch (error) {
        throw placed(error, code, of);
      }
    };
  }
  return (frame, execution) => {
    const x = a(frame, execution);
    const y = b(frame, execution);
    const z = c(frame, execution);
    try {
      return primitive(execution, x, y, z);
    } catch (error) {
      throw placed(error, code, of);
    }
  };
}

function compileRead(code: Of<"get" | "take">, { module, of }: Scope, inner: Inner): Run {
  const table = tableOf(module, code.table);
  const key = inner(code.key);
  const absent = inner(code.absent);
  const read = code.op === "get" ? readRow : takeRow;
  return (frame, execution) => {
    const at = key(frame, execution);
    try {
      const value = read(execution, table, at);
      if (value !== undefined) return value;
    } catch (error) {
      throw placed(error, code, of);
    }
    return absent(frame, execution);
  };
}

function compileMoves(code: Of<"moves">, { module }: Scope, inner: Inner): Run {
  const tables = code.tables.map((ref) => tableOf(module, ref).table);
  const unit = inner(code.unit);
  const changes = code.changes.map(({ account, amount, gains }) => ({
    account: inner(account),
    amount: inner(amount),
    gains,
  }));
  return (frame, execution) => {
    execution.spend(costTable.moves);
    const promised = changes.map(({ account, amount, gains }) => ({
      account: account(frame, execution),
      amount: amount(frame, execution),
      gains,
    }));
    execution.promises.push({ tables, unit: unit(frame, execution), changes: promised });
    return [0];
  };
}

function runAll(codes: readonly Run[], frame: Value[], execution: Execution): Value[] {
  const values: Value[] = [];
  for (let i = 0; i < codes.length; i++) values.push((codes[i] as Run)(frame, execution));
  return values;
}

function guarded<T>(code: { readonly place: Fault["place"] & object }, of: IrFunction, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw placed(error, code, of);
  }
}
