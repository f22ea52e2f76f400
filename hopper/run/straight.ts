/**
 * Writers and weighers of values that have few parts, such as tables' keys and coins: JavaScript that goes straight through the
 * parts, in half the time that a function for each of them takes. All names are made here, and of a shape only numbers get in.
 *
 *   v            the value                        p0 p1 ...   its parts, and theirs
 *   w            what writes or weighs a part that has none of its own
 */
import { limits } from "../ir/cost-table.ts";
import type { NamedShape, Shape } from "../ir/ir.ts";
import { functionOfText } from "./function-of-text.ts";
import type { Value } from "./value.ts";

/** A part that has none of its own, under its name in the text. */
type Leaf = { readonly of: LeafKind; readonly name: string };
type LeafKind = Exclude<Shape["of"], "list" | "map" | "tuple" | "named" | "function">;

/** In the order of their bytes: for each tuple, how many fields it has; then they. */
type Walk = { readonly lines: string[]; readonly steps: (number | Leaf)[] };

/** Undefined where the shape is no tuple, or has parts that not every value has. */
function walkOf(shape: Shape, shapes: readonly NamedShape[]): Walk | undefined {
  const walk: Walk = { lines: [], steps: [] };
  const isWhole = fieldsOf(shape, shapes) !== undefined && enter(walk, shape, shapes, "v");
  return isWhole ? walk : undefined;
}

function enter(walk: Walk, shape: Shape, shapes: readonly NamedShape[], name: string): boolean {
  const fields = fieldsOf(shape, shapes);
  if (fields !== undefined) {
    walk.steps.push(fields.length);
    return enterAll(walk, fields, shapes, name, 1);
  }
  const { of } = shape;
  if (of === "list" || of === "map" || of === "function" || of === "tuple" || of === "named") return false;
  walk.steps.push({ of, name });
  return true;
}

/** `first`: where the first of the fields stands. */
function enterAll(
  walk: Walk,
  fields: readonly Shape[],
  shapes: readonly NamedShape[],
  name: string,
  first: number,
): boolean {
  return fields.every((field, i) => {
    const part = `p${walk.lines.length}`;
    walk.lines.push(`const ${part} = ${name}[${i + first}];`);
    return enter(walk, field, shapes, part);
  });
}

/** Of a tuple, or of a type with one constructor. */
function fieldsOf(shape: Shape, shapes: readonly NamedShape[]): readonly Shape[] | undefined {
  if (shape.of === "tuple") return shape.items;
  if (shape.of !== "named") return undefined;
  const [only, other] = shapes[shape.index]?.constructors ?? [];
  return other === undefined ? only?.fields : undefined;
}

/** How the parts are written that have none; `head` writes what stands before a tuple's fields. */
export type PartWriters = {
  readonly head: (fields: number) => string;
  readonly int: (value: never) => string;
  readonly rat: (value: never) => string;
  readonly text: (value: never) => string;
  readonly bytes: (value: never) => string;
  readonly principal: (value: never) => string;
};

const writerNames = {
  Int: "int",
  Nat: "int",
  Time: "int",
  Duration: "int",
  Rat: "rat",
  Text: "text",
  Bytes: "bytes",
  Id: "bytes",
} as const;

/** What the general writer makes of a value, with `lead` before it. Of shapes with few parts; undefined where it is to be general. */
export function straightWriter(
  shape: Shape,
  shapes: readonly NamedShape[],
  writers: PartWriters,
  lead: string,
): ((value: Value) => string) | undefined {
  const walk = walkOf(shape, shapes);
  if (walk === undefined) return undefined;
  const pieces: string[] = [];
  // Known bytes are joined here, and not for every value.
  let known = lead;
  for (const step of walk.steps) {
    if (typeof step === "number") {
      known += writers.head(step);
      continue;
    }
    pieces.push(pieceOf(step, known));
    known = "";
  }
  if (known !== "") pieces.push(JSON.stringify(known));
  return functionOf(walk, `return ${pieces.join(" + ")};`, writers);
}

/** A part's bytes, and those that are known to stand before them. */
function pieceOf({ of, name }: Leaf, known: string): string {
  const before = known === "" ? "" : `${JSON.stringify(known)} + `;
  if (of === "Bool") return `${before}(${name} === true ? "\\xf5" : "\\xf4")`;
  if (of !== "Principal") return `${before}w.${writerNames[of]}(${name})`;
  // Nearly all are keys: 32 bytes, whose head is known.
  const ofKey = JSON.stringify(`${known}\x82\x00\x58\x20`);
  return `(${name}[0] === 0 ? ${ofKey} + ${name}[1].bytes : ${before}w.principal(${name}))`;
}

/** How a part is weighed: `size` is how many bytes a text has, `weight` weighs the whole value in the general way. */
export type PartWeighers<V> = { readonly weight: (value: V) => number; readonly size: (text: string) => number };

/** What `weight` gives of values of a shape with few parts; it is asked where anything is unusual, so faults are the same. */
export function straightWeigher(
  shape: Shape,
  shapes: readonly NamedShape[],
  weighers: PartWeighers<Value>,
): ((value: Value) => number) | undefined {
  const walk = walkOf(shape, shapes);
  return walk === undefined ? undefined : weigherOf(walk, weighers);
}

/** The same of several values together, which stand in a list without a tag. */
export function straightWeigherOfAll(
  fields: readonly Shape[],
  shapes: readonly NamedShape[],
  weighers: PartWeighers<readonly Value[]>,
): ((values: readonly Value[]) => number) | undefined {
  const walk: Walk = { lines: [], steps: [] };
  return enterAll(walk, fields, shapes, "v", 0) ? weigherOf(walk, weighers) : undefined;
}

function weigherOf<V>(walk: Walk, weighers: PartWeighers<V>): ((value: V) => number) | undefined {
  const usual: string[] = [];
  const sizes: string[] = [];
  let known = 0;
  for (const step of walk.steps) {
    if (typeof step === "number") {
      // Itself, and its tag.
      known += 5;
      continue;
    }
    const { of, name } = step;
    if (of === "Rat") return undefined;
    if (of === "Bool") known += 1;
    else if (of === "Text") {
      known += 1;
      sizes.push(`w.size(${name})`);
    } else if (of === "Bytes" || of === "Id") {
      known += 1;
      sizes.push(`${name}.bytes.length`);
    } else if (of === "Principal") {
      usual.push(`${name}[0] === 0`);
      known += 6;
      sizes.push(`${name}[1].bytes.length`);
    } else {
      usual.push(`typeof ${name} === "number"`);
      known += 4;
    }
  }
  const isUsual = usual.length === 0 ? "" : `if (!(${usual.join(" && ")})) return w.weight(v);\n`;
  const sum = [String(known), ...sizes].join(" + ");
  const end = `const sum = ${sum};\nreturn sum > ${limits.valueBytes} ? w.weight(v) : sum;`;
  return functionOf(walk, isUsual + end, weighers);
}

function functionOf<F>({ lines }: Walk, body: string, parts: unknown): F | undefined {
  const text = `"use strict";\nreturn (v) => {\n${lines.join("\n")}\n${body}\n};`;
  return functionOfText<(w: unknown) => F>(["w"], text)?.(parts);
}
