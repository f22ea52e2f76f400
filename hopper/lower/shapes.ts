/** Types to the shapes by which stored and sent values are read: parameters filled in, each named type once. */
import { encodeType } from "../core/encode.ts";
import { dataKind } from "../core/kind.ts";
import { type DataType, kindOf, listData, mapData, partsOf, resolve, substitute, type Type } from "../core/type.ts";
import type { NamedShape, Shape, StoredFunction } from "../ir/ir.ts";

type Waiting = { readonly index: number; readonly data: DataType; readonly args: readonly Type[] };
export type Shapes = {
  readonly found: NamedShape[];
  readonly indices: Map<string, number>;
  /** Named, but not filled in yet; the first is being filled. */
  readonly waiting: Waiting[];
};

export function startShapes(): Shapes {
  return { found: [], indices: new Map(), waiting: [] };
}

/** Adds what the type needs to `shapes`; the type is one that may be stored. */
export function shapeOf(shapes: Shapes, type: Type): Shape {
  const seen = resolve(type);
  switch (seen.kind) {
    case "base":
      return { of: seen.name };
    case "tuple":
      return { of: "tuple", items: seen.items.map((item) => shapeOf(shapes, item)) };
    case "arrow":
      return {
        of: "function",
        params: seen.params.map((param) => shapeOf(shapes, param)),
        result: shapeOf(shapes, seen.result),
        once: seen.once,
      };
    case "data": {
      const [first, second] = seen.args;
      if (seen.data === listData && first !== undefined) return { of: "list", item: shapeOf(shapes, first) };
      if (seen.data === mapData && first !== undefined && second !== undefined) {
        return { of: "map", key: shapeOf(shapes, first), value: shapeOf(shapes, second) };
      }
      return { of: "named", index: nameShape(shapes, seen.data, seen.args) };
    }
    default:
      throw new Error("assert: only closed types are stored or sent");
  }
}

/** What is stored of a function of this type that captured values of these; null where that cannot be said. */
export function storedFunction(shapes: Shapes, captures: readonly Type[], type: Type): StoredFunction | null {
  const whole = { left: storedPartsMax };
  if (![...captures, type].every((one) => isClosed(one, whole))) return null;
  if (captures.some((one) => kindOf(one) !== dataKind)) return null;
  return { captures: captures.map((one) => shapeOf(shapes, one)), type: shapeOf(shapes, type) };
}

/** Inferred types may be exponentially larger than their text, and nobody stores values of such. */
const storedPartsMax = 1000;

/** True where nothing is open in the type, and it has no more parts than are left. */
function isClosed(type: Type, whole: { left: number }): boolean {
  const seen = resolve(type);
  if (--whole.left < 0 || seen.kind === "param" || seen.kind === "wrong" || seen.kind === "hole") return false;
  return partsOf(seen).every((part) => isClosed(part, whole));
}

function nameShape(shapes: Shapes, data: DataType, args: readonly Type[]): number {
  const key = encodeType({ kind: "data", data, args }).join();
  const before = shapes.indices.get(key);
  if (before !== undefined) return before;
  const index = shapes.found.length;
  shapes.indices.set(key, index);
  // The place is taken first, since a type may contain itself; and what it contains waits, since chains of types may be long.
  shapes.found.push({ name: data.name, constructors: [], amount: null });
  shapes.waiting.push({ index, data, args });
  if (shapes.waiting.length > 1) return index;
  for (let next = shapes.waiting[0]; next !== undefined; next = shapes.waiting[0]) {
    fill(shapes, next);
    shapes.waiting.shift();
  }
  return index;
}

function fill(shapes: Shapes, { index, data, args }: Waiting): void {
  const constructors = data.constructors.map((made) => ({
    name: made.name,
    fields: made.fields.map((f) => shapeOf(shapes, substitute(f.type, args))),
    labels: made.fields.map((f) => f.name),
  }));
  shapes.found[index] = { name: data.name, constructors, amount: amountOf(data) };
}

/** Where an asset of one constructor says how much it is, and of which unit. */
function amountOf(data: DataType): NamedShape["amount"] {
  const [only, another] = data.constructors;
  if (!data.isAsset || only === undefined || another !== undefined) return null;
  const at = (name: string): number => only.fields.findIndex((f) => f.name === name);
  const amount = at("amount");
  const type = only.fields[amount]?.type;
  if (type?.kind !== "base" || type.name !== "Nat") return null;
  return { unit: at("unit") < 0 ? null : at("unit"), amount };
}
