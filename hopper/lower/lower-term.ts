/**
 * Core terms to code. Every straight run of code begins with a charge for all of its simple steps, also those after a branch
 * inside of it; what depends on the size of values is charged where it happens.
 */
import { childrenOf } from "../core/children.ts";
import type { Pattern as CorePattern, Literal, Term } from "../core/term.ts";
import { wrong } from "../core/type.ts";
import { costTable } from "../ir/cost-table.ts";
import type { Code, IrFunction, Pattern, Ref, StoredFunction } from "../ir/ir.ts";
import { textOfBytes } from "../run/canonical.ts";
import { canonical } from "../run/integer.ts";
import type { Value } from "../run/value.ts";
import { type Shapes, storedFunction } from "./shapes.ts";

/** Made so far: functions of the module, then lambdas and other bodies as they come; and the shapes of their values. */
export type Lowered = { readonly functions: (IrFunction | null)[]; readonly shapes: Shapes };

type Frame = {
  readonly name: string;
  readonly lowered: Lowered;
  /** Levels that are captured, in the order of their slots. */
  readonly captured: readonly number[];
  /** The first level that is the function's own. */
  readonly from: number;
  slots: number;
  gas: number;
};

/** A function of its own whose parameters are the levels from `from` on; those of `captured` come before them. */
export function lowerBody(
  lowered: Lowered,
  name: string,
  body: Term,
  params: number,
  stored: StoredFunction | null = null,
  captured: readonly number[] = [],
  from = 0,
): IrFunction {
  const frame: Frame = { name, lowered, captured, from, slots: captured.length + params, gas: 0 };
  const code = block(frame, body);
  return { name, captures: captured.length, params, slots: frame.slots, body: code, stored };
}

export function addFunction({ functions }: Lowered, fn: IrFunction): number {
  return functions.push(fn) - 1;
}

function slotOf(frame: Frame, level: number): number {
  const captured = frame.captured.indexOf(level);
  const slot = level < frame.from ? captured : frame.captured.length + level - frame.from;
  if (slot < 0) throw new Error("assert: a function captures what it names");
  frame.slots = Math.max(frame.slots, slot + 1);
  return slot;
}

/** Code with the charge for all that runs before its next branches. */
function block(frame: Frame, term: Term, before = 0): Code {
  const outer = frame.gas;
  frame.gas = before;
  const rest = code(frame, term);
  const gas = frame.gas;
  frame.gas = outer;
  return gas === 0 ? rest : { op: "charge", gas, rest };
}

function code(frame: Frame, term: Term): Code {
  const all = (terms: readonly Term[]): readonly Code[] => terms.map((t) => code(frame, t));
  const spend = (gas: number): void => {
    frame.gas += gas;
  };
  switch (term.kind) {
    case "literal":
      spend(costTable.simple);
      return { op: "const", value: constantOf(term.literal) };
    case "local":
      spend(costTable.simple);
      return { op: "slot", slot: slotOf(frame, term.level) };
    case "function":
      spend(costTable.closure);
      return { op: "closure", of: refOf(term.ref), captures: [] };
    case "call":
      spend(costTable.call + costTable.argument * term.args.length);
      return { op: "call", to: refOf(term.ref), args: all(term.args), place: term.span };
    case "apply":
      spend(costTable.apply + costTable.argument * term.args.length);
      return { op: "apply", to: code(frame, term.to), args: all(term.args), place: term.span };
    case "primitive":
      return { op: "primitive", name: term.name, args: all(term.args), place: term.span };
    case "lambda":
      return lambda(frame, term);
    case "construct":
      spend(costTable.construct + costTable.constructField * term.args.length);
      return { op: "construct", tag: term.constructor.index, fields: all(term.args) };
    case "tuple":
      spend(costTable.construct + costTable.constructField * term.items.length);
      return { op: "construct", tag: 0, fields: all(term.items) };
    case "list":
      spend(costTable.construct + costTable.item * term.items.length);
      return { op: "list", items: all(term.items) };
    case "field":
      spend(costTable.simple);
      return { op: "field", of: code(frame, term.of), index: term.index };
    case "let": {
      spend(costTable.simple);
      const value = code(frame, term.value);
      const slot = slotOf(frame, term.level);
      return { op: "let", slot, value, rest: code(frame, term.body) };
    }
    case "if":
      spend(costTable.branch);
      return { op: "if", test: code(frame, term.condition), yes: block(frame, term.yes), no: block(frame, term.no) };
    case "match": {
      spend(costTable.branch);
      const on = all(term.on);
      const cases = term.cases.map((c) => {
        const patterns = c.patterns.map((p) => pattern(frame, p));
        return { patterns, body: block(frame, c.body) };
      });
      return { op: "match", on, cases };
    }
    case "for": {
      spend(costTable.simple);
      const list = code(frame, term.list);
      const start = code(frame, term.start);
      const item = slotOf(frame, term.level);
      const acc = slotOf(frame, term.level + 1);
      return { op: "for", list, start, item, acc, body: block(frame, term.body, costTable.round) };
    }
    case "fail":
      return { op: "fail", fault: term.fault, place: term.span };
    case "get":
    case "take": {
      const key = code(frame, term.key);
      return { op: term.kind, table: own(term.table), key, absent: block(frame, term.absent), place: term.span };
    }
    case "put": {
      const key = code(frame, term.key);
      const value = code(frame, term.value);
      return { op: "put", table: own(term.table), key, value, fault: term.fault, place: term.span };
    }
    case "emit":
      return { op: "emit", event: own(term.event), fields: all(term.fields), place: term.span };
    case "moves": {
      const changes = term.changes.map(({ account, amount, gains }) => {
        return { account: code(frame, account), amount: code(frame, amount), gains };
      });
      return { op: "moves", tables: term.tables.map(refOf), unit: code(frame, term.unit), changes, place: term.span };
    }
  }
}

/** A function of its own, which gets what it names of the outside first. */
function lambda(frame: Frame, term: Extract<Term, { kind: "lambda" }>): Code {
  const free = new Set<number>();
  collect(term.body, term.level, free);
  const captured = [...free].sort((a, b) => a - b);
  frame.gas += costTable.closure + costTable.capture * captured.length;
  const captures = captured.map((level): Code => ({ op: "slot", slot: slotOf(frame, level) }));
  const { functions, shapes } = frame.lowered;
  // The place is taken first, so that a lambda comes before those inside of it.
  const index = functions.push(null) - 1;
  const { params, result } = term;
  const types = captured.map((level) => term.around[level] ?? wrong);
  const stored = storedFunction(shapes, types, { kind: "arrow", params, result, once: false });
  const name = `${frame.name}, a function inside`;
  functions[index] = lowerBody(frame.lowered, name, term.body, params.length, stored, captured, term.level);
  return { op: "closure", of: own(index), captures };
}

/** Levels below `level` that a term names: whatever binds inside of it has a higher one. */
function collect(term: Term, level: number, free: Set<number>): void {
  if (term.kind === "local" && term.level < level) free.add(term.level);
  for (const child of childrenOf(term)) collect(child, level, free);
}

function pattern(frame: Frame, p: CorePattern): Pattern {
  switch (p.kind) {
    case "any":
      return { test: "any" };
    case "bind":
      return { test: "bind", slot: slotOf(frame, p.level) };
    case "literal":
      return { test: "const", value: constantOf(p.literal) };
    case "construct":
      return { test: "construct", tag: p.constructor.index, fields: p.fields.map((f) => pattern(frame, f)) };
    case "tuple":
      return { test: "construct", tag: 0, fields: p.items.map((i) => pattern(frame, i)) };
    case "list": {
      const items = p.items.map((i) => pattern(frame, i));
      return { test: "list", items, rest: p.rest === null ? null : pattern(frame, p.rest) };
    }
  }
}

function constantOf(literal: Literal): Value {
  if (literal.type === "Rat") return { n: canonical(literal.numerator), d: canonical(literal.denominator) };
  if (typeof literal.value === "bigint") return canonical(literal.value);
  if (typeof literal.value !== "object") return literal.value;
  return { bytes: textOfBytes(literal.value) };
}

function refOf(ref: { readonly hash: string | null; readonly index: number }): Ref {
  return { module: ref.hash, index: ref.index };
}

function own(index: number): Ref {
  return { module: null, index };
}
