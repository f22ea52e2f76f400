/** Types that generated programs are made of. */
import type { Tape } from "./tape.ts";

export type Type =
  | { readonly kind: "base"; readonly name: BaseName }
  | { readonly kind: "list" | "maybe"; readonly of: Type }
  | { readonly kind: "map" | "result"; readonly first: Type; readonly second: Type }
  | { readonly kind: "tuple"; readonly items: readonly Type[] }
  | { readonly kind: "data"; readonly data: DataType }
  | { readonly kind: "function"; readonly params: readonly Type[]; readonly result: Type };

export type BaseName = "Nat" | "Int" | "Rat" | "Bool" | "Text" | "Bytes" | "Id" | "Principal" | "Time" | "Duration";

/** The first constructor does not hold the type itself. */
export type DataType = { readonly name: string; readonly constructors: Constructor[] };
export type Constructor = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
  /** Its fields have names. */
  readonly named: boolean;
};

export const base = (name: BaseName): Type => ({ kind: "base", name });
export const nat: Type = base("Nat");
export const bool: Type = base("Bool");
export const listOf = (of: Type): Type => ({ kind: "list", of });
export const maybeOf = (of: Type): Type => ({ kind: "maybe", of });
export const unit: Type = { kind: "tuple", items: [] };

const bases: readonly BaseName[] = [
  ...(["Nat", "Int", "Bool", "Text", "Rat", "Bytes", "Id", "Principal", "Time", "Duration"] as const),
];

/** What may be stored, sent and compared: no functions in it. */
export function dataType(tape: Tape, known: readonly DataType[], deep = 2): Type {
  const inner = (): Type => dataType(tape, known, deep - 1);
  switch (deep <= 0 ? tape.below(4) : tape.below(12)) {
    case 4:
    case 5:
      return listOf(inner());
    case 6:
      return maybeOf(inner());
    case 7:
      return { kind: "map", first: base(tape.one<BaseName>("Nat", "Text", "Int", "Bytes")), second: inner() };
    case 8:
      return { kind: "tuple", items: tape.times(2, 3, inner) };
    case 9:
      return { kind: "result", first: inner(), second: inner() };
    case 10:
    case 11:
      return known.length === 0 ? nat : { kind: "data", data: tape.of(known) };
    default:
      return base(tape.of(bases));
  }
}

export function functionType(tape: Tape, known: readonly DataType[]): Type {
  const params = tape.times(1, 2, () => dataType(tape, known, 1));
  return { kind: "function", params, result: dataType(tape, known, 1) };
}

export function textOf(type: Type): string {
  switch (type.kind) {
    case "base":
      return type.name;
    case "list":
      return `List(${textOf(type.of)})`;
    case "maybe":
      return `Maybe(${textOf(type.of)})`;
    case "map":
    case "result":
      return `${type.kind === "map" ? "Map" : "Result"}(${textOf(type.first)}, ${textOf(type.second)})`;
    case "tuple":
      return `(${type.items.map(textOf).join(", ")})`;
    case "data":
      return type.data.name;
    case "function":
      return `(${type.params.map(textOf).join(", ")}) -> ${textOf(type.result)}`;
  }
}

export function isSame(a: Type, b: Type): boolean {
  return a === b || textOf(a) === textOf(b);
}

/** A record, a choice, or one that holds itself; fields are of those that are known. */
export function newData(tape: Tape, known: readonly DataType[], name: string): DataType {
  const data: DataType = { name, constructors: [] };
  const constructors = tape.times(1, 3, (i) => {
    const named = i === 0 && tape.below(2) === 1;
    const fields = tape.times(i === 0 && named ? 1 : 0, 3, (f) => {
      const itself = i > 0 && tape.below(3) === 2;
      return { name: `f${f}`, type: itself ? ({ kind: "data", data } as const) : dataType(tape, known, 1) };
    });
    return { name: `${name}${"ABC"[i]}`, fields, named };
  });
  data.constructors.push(...constructors);
  return data;
}

export function declarationOf({ name, constructors }: DataType): string {
  const made = constructors.map(({ name: one, fields, named }) => {
    if (fields.length === 0) return one;
    if (named) return `${one} { ${fields.map((f) => `${f.name} : ${textOf(f.type)}`).join(", ")} }`;
    return `${one}(${fields.map((f) => textOf(f.type)).join(", ")})`;
  });
  return `data ${name} = ${made.join(" | ")}`;
}
