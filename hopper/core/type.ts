/** The types of the core: what a checked program's values are. Later stages add indices beside `args`. */
import { step } from "./budget.ts";
import { anyKind, assetKind, dataKind, joinKinds, type Kind, localKind } from "./kind.ts";

export type BaseName = "Int" | "Nat" | "Rat" | "Text" | "Bytes" | "Bool" | "Time" | "Duration" | "Principal" | "Id";

export type Type =
  | { readonly kind: "base"; readonly name: BaseName }
  | { readonly kind: "data"; readonly data: DataType; readonly args: readonly Type[] }
  | { readonly kind: "tuple"; readonly items: readonly Type[] }
  | { readonly kind: "arrow"; readonly params: readonly Type[]; readonly result: Type; readonly once: boolean }
  | { readonly kind: "param"; readonly index: number; readonly name: string; readonly bound: Kind }
  | Hole
  /** Stands where an error was already told, and agrees with every type. */
  | { readonly kind: "wrong" };

/** An argument to be inferred; `solution` is set once, by unification. */
export type Hole = { readonly kind: "hole"; readonly name: string; readonly bound: Kind; solution: Type | null };

/** The module that declares something; `hash` is null until that module has been checked, and "" for what is built in. */
export type Owner = { readonly path: string; hash: string | null };

export type DataType = {
  readonly name: string;
  readonly owner: Owner;
  /** Position among the declared types of its module. */
  readonly index: number;
  readonly params: readonly TypeParam[];
  readonly isAsset: boolean;
  constructors: readonly Constructor[];
  /** Kind of the fields when all parameters are Data, and which parameters hand their own kind on. */
  base: Kind;
  carries: readonly boolean[];
};

export type TypeParam = { readonly name: string; readonly bound: Kind };

export type Constructor = {
  readonly name: string;
  readonly data: DataType;
  readonly index: number;
  readonly isPrivate: boolean;
  readonly fields: readonly Field[];
};

/** `name` is null for fields that have only a position. */
export type Field = { readonly name: string | null; readonly type: Type };

export const wrong: Type = { kind: "wrong" };
export const unit: Type = { kind: "tuple", items: [] };

export function base(name: BaseName): Type {
  return bases[name];
}

const bases: Readonly<Record<BaseName, Type>> = {
  Int: { kind: "base", name: "Int" },
  Nat: { kind: "base", name: "Nat" },
  Rat: { kind: "base", name: "Rat" },
  Text: { kind: "base", name: "Text" },
  Bytes: { kind: "base", name: "Bytes" },
  Bool: { kind: "base", name: "Bool" },
  Time: { kind: "base", name: "Time" },
  Duration: { kind: "base", name: "Duration" },
  Principal: { kind: "base", name: "Principal" },
  Id: { kind: "base", name: "Id" },
};

export function isBaseName(name: string): name is BaseName {
  return Object.hasOwn(bases, name);
}

/** The type behind solved holes, outermost layer only. */
export function resolve(type: Type): Type {
  step();
  let seen = type;
  while (seen.kind === "hole" && seen.solution !== null) seen = seen.solution;
  return seen;
}

/** Replaces parameters by `args`, by index. */
export function substitute(type: Type, args: readonly Type[]): Type {
  if (args.length === 0) return type;
  return mapType(type, (t) => (t.kind === "param" ? (args[t.index] ?? t) : null));
}

/** Rebuilds a type; `change` answers null where the parts are to be visited. */
export function mapType(type: Type, change: (type: Type) => Type | null): Type {
  const seen = resolve(type);
  const changed = change(seen);
  if (changed !== null) return changed;
  const visit = (t: Type): Type => mapType(t, change);
  switch (seen.kind) {
    case "data":
      return seen.args.length === 0 ? seen : { ...seen, args: seen.args.map(visit) };
    case "tuple":
      return { ...seen, items: seen.items.map(visit) };
    case "arrow":
      return { ...seen, params: seen.params.map(visit), result: visit(seen.result) };
    default:
      return seen;
  }
}

/** Direct parts of a type, constructors' fields not counted. */
export function partsOf(type: Type): readonly Type[] {
  const seen = resolve(type);
  if (seen.kind === "data") return seen.args;
  if (seen.kind === "tuple") return seen.items;
  if (seen.kind === "arrow") return [...seen.params, seen.result];
  return [];
}

/** True where `test` holds for the type or a part of it, fields of constructors included; chains of types may be long. */
export function holdsAnywhere(type: Type, test: (type: Type) => boolean): boolean {
  const seen = new Set<DataType>();
  const open: Type[] = [type];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const at = resolve(next);
    if (test(at)) return true;
    open.push(...partsOf(at));
    if (at.kind !== "data" || seen.has(at.data)) continue;
    seen.add(at.data);
    for (const made of at.data.constructors) open.push(...made.fields.map((f) => f.type));
  }
  return false;
}

/** The kind of a type; an open hole counts as Data. */
export function kindOf(type: Type): Kind {
  const seen = resolve(type);
  switch (seen.kind) {
    case "base":
    case "wrong":
    case "hole":
      return dataKind;
    case "param":
      return seen.bound;
    case "tuple":
      return seen.items.reduce<Kind>((k, item) => joinKinds(k, kindOf(item)), dataKind);
    case "arrow":
      return seen.once ? anyKind : dataKind;
    case "data":
      return seen.args.reduce<Kind>((k, a, i) => (seen.data.carries[i] ? joinKinds(k, kindOf(a)) : k), seen.data.base);
  }
}

/** Works out `base` and `carries` of types that may mention each other: the least solution. */
export function settleKinds(types: readonly DataType[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const data of types) {
      const kind = (bound: (i: number) => Kind): Kind =>
        data.constructors
          .flatMap((c) => c.fields)
          .reduce<Kind>(
            (k, f) =>
              joinKinds(
                k,
                kindOf(mapType(f.type, (t) => (t.kind === "param" ? { ...t, bound: bound(t.index) } : null))),
              ),
            data.isAsset ? assetKind : dataKind,
          );
      const settled = kind(() => dataKind);
      const carries = data.params.map(
        (_, i) => kind((j) => (j === i ? anyKind : dataKind)) !== settled || settled === anyKind,
      );
      if (settled !== data.base || carries.some((c, i) => c !== data.carries[i])) changed = true;
      data.base = settled;
      data.carries = carries;
    }
  }
}

export function isOpen(type: Type): boolean {
  const seen = resolve(type);
  return seen.kind === "hole" || partsOf(seen).some(isOpen);
}

export function sameData(a: DataType, b: DataType): boolean {
  if (a === b) return true;
  return a.name === b.name && a.owner.hash !== null && a.owner.hash === b.owner.hash;
}

export function showType(type: Type): string {
  const seen = resolve(type);
  switch (seen.kind) {
    case "base":
    case "param":
      return seen.name;
    case "hole":
      return "_";
    case "wrong":
      return "?";
    case "tuple":
      return `(${seen.items.map(showType).join(", ")})`;
    case "arrow":
      return `(${seen.params.map(showType).join(", ")}) -> ${showType(seen.result)}${seen.once ? " once" : ""}`;
    case "data":
      return seen.args.length === 0 ? seen.data.name : `${seen.data.name}(${seen.args.map(showType).join(", ")})`;
  }
}

const builtIn: Owner = { path: "hopper", hash: "" };

function declare(
  index: number,
  name: string,
  params: readonly TypeParam[],
  kind: Kind,
  constructors: readonly [string, readonly Field[]][],
  isPrivate = false,
): DataType {
  const carries = params.map(() => true);
  const data: DataType = { name, owner: builtIn, index, params, isAsset: false, constructors: [], base: kind, carries };
  data.constructors = constructors.map(([c, fields], i) => ({ name: c, data, index: i, isPrivate, fields }));
  return data;
}

function param(index: number, name: string, bound: Kind = anyKind): Type {
  return { kind: "param", index, name, bound };
}

const one = { name: "A", bound: anyKind } as const;
export const listData: DataType = declare(0, "List", [one], dataKind, []);
export const mapData: DataType = declare(
  1,
  "Map",
  [
    { name: "K", bound: dataKind },
    { name: "V", bound: dataKind },
  ],
  dataKind,
  [],
);
export const maybeData: DataType = declare(2, "Maybe", [one], dataKind, [
  ["Nothing", []],
  ["Just", [{ name: null, type: param(0, "A") }]],
]);
export const resultData: DataType = declare(3, "Result", [one, { name: "E", bound: anyKind }], dataKind, [
  ["Ok", [{ name: null, type: param(0, "A") }]],
  ["Err", [{ name: null, type: param(1, "E") }]],
]);
/** Evidence that a principal has signed the running command; made by `signed by`, `quorum` and `selfAuth` only. */
export const authData: DataType = declare(
  4,
  "Auth",
  [],
  localKind,
  [["Auth", [{ name: "who", type: bases.Principal }]]],
  true,
);

export const builtInTypes: readonly DataType[] = [listData, mapData, maybeData, resultData, authData];

export function listOf(item: Type): Type {
  return { kind: "data", data: listData, args: [item] };
}

export function maybeOf(item: Type): Type {
  return { kind: "data", data: maybeData, args: [item] };
}
