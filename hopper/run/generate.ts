/**
 * Writes a module's functions as JavaScript: what interpret.ts does, in the same order and for the same gas. All names are made
 * here, and of a program's own texts nothing is printed but whole numbers and truth values: all else is a constant with a number.
 *
 *   x            the execution                    f0 f1 ...   functions of this module
 *   s0 s1 ...    slots; arguments come first      k0 k1 ...   constants
 *   t0 t1 ...    values in between                p           place of what is being done; 0: a fault is the caller's
 */
import { costTable } from "../ir/cost-table.ts";
import type { Code, IrFunction, Pattern, Place } from "../ir/ir.ts";
import { weight } from "./compare.ts";
import type { Linked } from "./execution.ts";
import { nestingOf } from "./nesting.ts";
import { primitives } from "./primitives.ts";
import { moduleOf, selfOf, tableOf } from "./steps.ts";
import { unit } from "./value.ts";

/** The inside of a JavaScript function of `run` (compile.ts has it) and the list `k`; that function gives those of the module. */
export type Generated = { readonly text: string; readonly constants: readonly unknown[] };

/** A function with more would take too much of the platform's stack; it is interpreted. */
const variablesMax = 96;
/** As deep as blocks may lie in each other before they take too much of the platform's stack to be read. */
const depthMax = 128;

type Module = {
  readonly linked: Linked;
  readonly constants: unknown[];
  readonly named: Map<unknown, string>;
  /** By `p`; the first stands for none. */
  readonly places: Place[];
};

type Body = {
  readonly module: Module;
  readonly index: number;
  readonly lines: string[];
  /** Temporaries in use, and how many there were at most. */
  used: number;
  most: number;
  labels: number;
  loops: boolean;
};

/** Where a value goes: into a variable, or to the caller. */
type Target = string | typeof toCaller;
const toCaller: unique symbol = Symbol("to the caller");

/** Of a module whose imports are compiled. */
export function generate(linked: Linked): Generated {
  const places: Place[] = [{ start: 0, end: 0 }];
  const module: Module = { linked, constants: [places], named: new Map(), places };
  const { functions } = linked.ir;
  const made = functions.map((of, index) => `const f${index} = ${functionText(module, of, index)};\n`);
  const constants = module.constants.map((_, i) => `const k${i} = k[${i}];\n`);
  const all = functions.map((_, index) => `f${index}`).join(", ");
  return {
    text: `"use strict";
const { module, interpret, apply, readRow, takeRow, putRow, tell, equal, fault, placed, noCase } = run;
${constants.join("")}${made.join("")}return [${all}];`,
    constants: module.constants,
  };
}

function functionText(module: Module, of: IrFunction, index: number): string {
  const nesting = nestingOf(of);
  const args = of.captures + of.params;
  const body: Body = { module, index, lines: [], used: 0, most: 0, labels: 0, loops: false };
  if (nesting <= depthMax) store(body, of.body, toCaller);
  if (nesting > depthMax || of.slots + body.most > variablesMax) {
    return `(x, ...values) => interpret(module, ${index}, values, x)`;
  }
  const variables = ["p = 0", ...names("s", args, of.slots), ...names("t", 0, body.most)];
  const lines = body.lines.join("\n");
  // In brackets, V8 reads all of it at once: where it is first called there may be little stack left for that.
  return `(function (${["x", ...names("s", 0, args)].join(", ")}) {
let ${variables.join(", ")};
x.enter(module, ${nesting});
try {
${body.loops ? `again: for (;;) {\n${lines}\n}` : lines}
} catch (error) { throw p === 0 ? error : placed(error, k0[p], ${constant(module, of.name)}); }
})`;
}

function names(letter: string, from: number, to: number): string[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => `${letter}${from + i}`);
}

function constant(module: Module, value: unknown): string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return `(${value})`;
  if (typeof value === "boolean" || value === null) return String(value);
  const known = module.named.get(value);
  if (known !== undefined) return known;
  const name = `k${module.constants.push(value) - 1}`;
  module.named.set(value, name);
  return name;
}

function temporary(body: Body): string {
  const name = `t${body.used++}`;
  body.most = Math.max(body.most, body.used);
  return name;
}

/** What comes next faults at this place, if it does. */
function placeNext(body: Body, place: Place): void {
  body.lines.push(`p = ${body.module.places.push(place) - 1};`);
}

/** Faults of this are told of the caller's place. */
function spend(body: Body, gas: string): void {
  body.lines.push("p = 0;", `x.spend(${gas});`);
}

/** Runs a piece of code and stores its value. Temporaries made on the way are free again. */
function store(body: Body, code: Code, target: Target): void {
  const { lines, used } = body;
  switch (code.op) {
    case "charge":
      spend(body, String(code.gas));
      store(body, code.rest, target);
      return;
    case "let":
      store(body, code.value, `s${code.slot}`);
      store(body, code.rest, target);
      return;
    case "if":
      lines.push(`if (${expressionOf(body, code.test)} === true) {`);
      store(body, code.yes, target);
      lines.push("} else {");
      store(body, code.no, target);
      lines.push("}");
      break;
    case "match":
      storeMatch(body, code, target);
      break;
    default:
      if (target !== toCaller) lines.push(`${target} = ${expressionOf(body, code)};`);
      else if (code.op === "call" && code.to.module === null && code.to.index === body.index) runAgain(body, code);
      else giveBack(body, expressionOf(body, code));
  }
  body.used = used;
}

function giveBack({ module, index, lines }: Body, value: string): void {
  const { [index]: of } = module.linked.ir.functions;
  const nesting = of === undefined ? 0 : nestingOf(of);
  lines.push(`{ const value = ${value}; x.leave(${nesting}); return value; }`);
}

type Of<Op extends Code["op"]> = Extract<Code, { readonly op: Op }>;

/** A call of itself in tail position goes no deeper. All arguments are worked out before any of them is put in its place. */
function runAgain(body: Body, code: Of<"call">): void {
  const values = code.args.map((one) => {
    const name = temporary(body);
    store(body, one, name);
    return name;
  });
  body.loops = true;
  body.lines.push(...values.map((value, slot) => `s${slot} = ${value};`), "continue again;");
}

function storeMatch(body: Body, code: Of<"match">, target: Target): void {
  const { lines } = body;
  const values = code.on.map((one) => named(body, expressionOf(body, one)));
  const label = `m${body.labels++}`;
  lines.push(`${label}: {`);
  for (const { patterns, body: rest } of code.cases) {
    const otherwise = `c${body.labels++}`;
    lines.push(`${otherwise}: {`);
    for (const [i, pattern] of patterns.entries()) fit(body, pattern, values[i] ?? "", otherwise);
    store(body, rest, target);
    if (target !== toCaller) lines.push(`break ${label};`);
    lines.push("}");
  }
  lines.push("noCase();", "}");
}

/** The name of a value that is looked at more than once. */
function named(body: Body, value: string): string {
  if (/^[a-z]\d+$/.test(value)) return value;
  const name = temporary(body);
  body.lines.push(`${name} = ${value};`);
  return name;
}

/** Binds slots as it goes; where the value does not fit, goes on after the block `otherwise`. */
function fit(body: Body, pattern: Pattern, value: string, otherwise: string): void {
  const { lines, module } = body;
  switch (pattern.test) {
    case "any":
      return;
    case "bind":
      lines.push(`s${pattern.slot} = ${value};`);
      return;
    case "const": {
      const gas = Math.floor(weight(pattern.value) / costTable.textBytesPerGas);
      if (gas > 0) spend(body, String(gas));
      lines.push(`if (!equal(${constant(module, pattern.value)}, ${value})) break ${otherwise};`);
      return;
    }
    case "construct":
      lines.push(`if (${value}[0] !== ${pattern.tag}) break ${otherwise};`);
      for (const [i, field] of pattern.fields.entries()) fit(body, field, `${value}[${i + 1}]`, otherwise);
      return;
    case "list": {
      const { items: wanted, rest } = pattern;
      const items = named(body, `${value}.items`);
      lines.push(`if (${items}.length ${rest === null ? "!==" : "<"} ${wanted.length}) break ${otherwise};`);
      for (const [i, one] of wanted.entries()) fit(body, one, `${items}[${i}]`, otherwise);
      if (rest === null || rest.test === "any") return;
      spend(body, `Math.ceil((${items}.length - ${wanted.length}) / ${costTable.restItemsPerGas})`);
      fit(body, rest, named(body, `{ items: ${items}.slice(${wanted.length}) }`), otherwise);
    }
  }
}

/**
 * An expression for the value, after lines for all that costs, faults or acts. The expression itself does nothing but look and make,
 * so it may be used later; but once only, or equal things would be made twice.
 */
function expressionOf(body: Body, code: Code): string {
  const { lines, module } = body;
  const inner = (one: Code): string => expressionOf(body, one);
  switch (code.op) {
    case "const":
      return constant(module, code.value);
    case "slot":
      return `s${code.slot}`;
    case "charge":
    case "let":
    case "if":
    case "match": {
      const name = temporary(body);
      store(body, code, name);
      return name;
    }
    case "for":
      return expressionOfFor(body, code);
    case "field":
      return `${inner(code.of)}[${code.index + 1}]`;
    case "construct":
      return `[${[code.tag, ...code.fields.map(inner)].join(", ")}]`;
    case "list":
      return `{ items: [${code.items.map(inner).join(", ")}] }`;
    case "closure": {
      const home = code.of.module === null ? "module" : constant(module, moduleOf(module.linked, code.of.module));
      return `{ module: ${home}, index: ${code.of.index}, captured: [${code.captures.map(inner).join(", ")}] }`;
    }
    case "call":
      return doneAt(body, code.place, callOf(body, code));
    case "apply": {
      const to = inner(code.to);
      return doneAt(body, code.place, `apply(x, ${to}, [${code.args.map(inner).join(", ")}])`);
    }
    case "primitive": {
      if (code.name === "self") return constant(module, selfOf(module.linked));
      const primitive = primitives.get(code.name);
      if (primitive === undefined) throw new Error(`assert: ${code.name} is no primitive`);
      const [a = "0", b = "0", c = "0"] = code.args.map(inner);
      return doneAt(body, code.place, `${constant(module, primitive)}(x, ${a}, ${b}, ${c})`);
    }
    case "fail":
      return doneAt(body, code.place, `fault("Fail", ${constant(module, code.fault)})`);
    case "get":
    case "take": {
      const read = code.op === "get" ? "readRow" : "takeRow";
      const value = doneAt(body, code.place, `${read}(x, ${seen(body, code)}, ${inner(code.key)})`);
      lines.push(`if (${value} === undefined) {`);
      store(body, code.absent, value);
      lines.push("}");
      return value;
    }
    case "put": {
      const [key, value] = [inner(code.key), inner(code.value)];
      const row = `${seen(body, code)}, ${key}, ${value}, ${constant(module, code.fault)}`;
      return doneAt(body, code.place, `putRow(x, ${row})`);
    }
    case "emit": {
      const fields = code.fields.map(inner).join(", ");
      return doneAt(body, code.place, `tell(x, module, ${constant(module, code.event)}, [${fields}])`);
    }
    case "moves":
      return expressionOfMoves(body, code);
  }
}

/** Does something that may fault here; its value is kept. */
function doneAt(body: Body, place: Place, expression: string): string {
  placeNext(body, place);
  const name = temporary(body);
  body.lines.push(`${name} = ${expression};`);
  return name;
}

function callOf(body: Body, { to, args }: Of<"call">): string {
  const { module } = body;
  const values = ["x", ...args.map((one) => expressionOf(body, one))].join(", ");
  if (to.module === null) return `f${to.index}(${values})`;
  const found = moduleOf(module.linked, to.module).compiled[to.index];
  if (found === undefined) throw new Error("assert: imports are compiled first, and have what is called");
  return `${constant(module, found)}(${values})`;
}

function seen({ module }: Body, { table }: Of<"get" | "take" | "put">): string {
  return constant(module, tableOf(module.linked, table));
}

function expressionOfFor(body: Body, code: Of<"for">): string {
  const { lines } = body;
  const [items, i, value] = [temporary(body), temporary(body), temporary(body)];
  const [item, acc] = [`s${code.item}`, `s${code.acc}`];
  lines.push(`${items} = ${expressionOf(body, code.list)}.items;`);
  store(body, code.start, acc);
  lines.push(`for (${i} = 0; ${i} < ${items}.length; ${i}++) {`, `${item} = ${items}[${i}];`);
  store(body, code.body, acc);
  lines.push("}", `${value} = ${acc};`);
  return value;
}

function expressionOfMoves(body: Body, code: Of<"moves">): string {
  const { lines, module } = body;
  spend(body, String(costTable.moves));
  const changes = code.changes.map(({ account, amount, gains }) => {
    return `{ account: ${expressionOf(body, account)}, amount: ${expressionOf(body, amount)}, gains: ${gains} }`;
  });
  const tables = code.tables.map((ref) => tableOf(module.linked, ref).table);
  const of = expressionOf(body, code.unit);
  lines.push(`x.promise({ tables: ${constant(module, tables)}, unit: ${of}, changes: [${changes.join(", ")}] });`);
  return constant(module, unit);
}
