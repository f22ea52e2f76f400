/** Declarations without bodies: types, tables, events and signatures. */
import { dataKind, kindNames, mayCopy, mayStore } from "../core/kind.ts";
import type { Event, Named, Signature, Table } from "../core/module.ts";
import type { Span } from "../core/term.ts";
import {
  builtInTypes,
  type Constructor,
  type DataType,
  holdsAnywhere,
  isBaseName,
  kindOf,
  mapType,
  partsOf,
  resolve,
  settleKinds,
  showType,
  type Type,
} from "../core/type.ts";
import type { Declaration, Param } from "../syntax/tree.ts";
import { declareName, type Names } from "./names.ts";
import type { Reporter } from "./report.ts";
import { readType, readTypeParams, type TypeScope } from "./types.ts";

export type DataNode = Extract<Declaration, { kind: "data" }>;
type Places = { readonly types: Map<string, Span>; readonly values: Map<string, Span> };

/** Declares all types of a module at once, since they may mention each other. */
export function declareTypes(
  names: Names,
  report: Reporter,
  places: Places,
  nodes: readonly DataNode[],
): readonly DataType[] {
  const declared = nodes.map((node, index): DataType => {
    const params = readTypeParams(report, node.params);
    const { owner } = names;
    const carries = params.map(() => false);
    const data: DataType = {
      name: node.name.name,
      owner,
      index,
      params,
      isAsset: node.isAsset,
      constructors: [],
      base: dataKind,
      carries,
    };
    if (isBuiltIn(data.name))
      report.error("built-in", node.name.span, `${data.name} is built in, and keeps its meaning`);
    declareName(report, names.types, places.types, node.name, data);
    return data;
  });
  // First without asking for kinds, which are not known yet, then with; only the second run tells errors of kinds.
  const quiet: Reporter = { ...report, error: () => {} };
  readConstructors(names, quiet, nodes, declared, false);
  settleKinds(declared);
  readConstructors(names, report, nodes, declared, true);
  nodes.forEach((node, i) => {
    const data = declared[i];
    if (data === undefined) return;
    for (const [j, made] of data.constructors.entries()) {
      const name = node.constructors[j]?.name ?? node.name;
      declareName(report, names.values, places.values, name, { kind: "constructor", constructor: made });
    }
    checkData(report, node, data);
  });
  return declared;
}

function isBuiltIn(name: string): boolean {
  return isBaseName(name) || builtInTypes.some((data) => data.name === name);
}

function readConstructors(
  names: Names,
  report: Reporter,
  nodes: readonly DataNode[],
  declared: readonly DataType[],
  kindsKnown: boolean,
): void {
  nodes.forEach((node, i) => {
    const data = declared[i];
    if (data === undefined) return;
    const scope: TypeScope = { names, report, params: data.params, kindsKnown };
    data.constructors = node.constructors.map((made, index): Constructor => {
      const fields = made.fields.map((f) => ({ name: f.name?.name ?? null, type: readType(scope, f.type) }));
      return { name: made.name.name, data, index, isPrivate: made.isPrivate || data.isAsset, fields };
    });
  });
}

function checkData(report: Reporter, node: DataNode, data: DataType): void {
  for (const [i, made] of data.constructors.entries()) {
    for (const [j, field] of made.fields.entries()) {
      const span = node.constructors[i]?.fields[j]?.type.span ?? node.span;
      // A parameter may be anything: then the whole is what the parameter is.
      const fixed = kindOf(mapType(field.type, (t) => (t.kind === "param" ? { ...t, bound: dataKind } : null)));
      if (!data.isAsset && !mayCopy(fixed)) {
        const hint = `declare ${data.name} as an asset`;
        report.error("asset-in-data", span, `data cannot hold ${showType(field.type)}, which cannot be copied`, {
          hint,
        });
      }
      const twice = field.name !== null && made.fields.findIndex((f) => f.name === field.name) !== j;
      if (twice) report.error("field-twice", span, `the field \`${field.name}\` is declared twice`);
    }
  }
  const contains = (type: Type): boolean => holdsAnywhere(type, (t) => t.kind === "data" && t.data === data);
  const fields = data.constructors.flatMap((c) => c.fields);
  if (!fields.some((f) => contains(f.type))) return;
  if (fields.some((f) => holdsAnywhere(f.type, (t) => t.kind === "arrow"))) {
    const hint = "such a type could run for ever without a `rec fn`";
    report.error("not-positive", node.name.span, `${data.name} contains itself, so it may not contain functions`, {
      hint,
    });
  }
  const isInCycle = (d: DataType): boolean => d.constructors.some((c) => c.fields.some((f) => contains(f.type)));
  const grows = (t: Type): boolean => t.kind === "data" && isInCycle(t.data) && t.args.some(isMixed);
  if (fields.some((f) => holdsAnywhere(f.type, grows))) {
    const hint = "inside itself, a type takes its parameters as they are";
    report.error("not-regular", node.name.span, `${data.name} contains ever larger types`, { hint });
  }
  if (data.constructors.every((c) => c.fields.some((f) => mustHold(f.type, data)))) {
    report.error("endless", node.name.span, `no value of ${data.name} can be made: each would contain another`);
  }
}

/** Neither a parameter nor free of parameters. */
function isMixed(type: Type): boolean {
  const mentions = (t: Type): boolean => resolve(t).kind === "param" || partsOf(t).some(mentions);
  return resolve(type).kind !== "param" && mentions(type);
}

/** True where a value of the type always has one of `data` inside. */
function mustHold(type: Type, data: DataType): boolean {
  const seen = resolve(type);
  if (seen.kind === "tuple") return seen.items.some((item) => mustHold(item, data));
  return seen.kind === "data" && seen.data === data;
}

function holdsFunctions(type: Type): boolean {
  return holdsAnywhere(type, (t) => t.kind === "arrow");
}

export function readTable(scope: TypeScope, node: Extract<Declaration, { kind: "table" }>): Table {
  const { report } = scope;
  const params = "kind" in node.keys ? null : node.keys;
  const columns: readonly Named[] =
    params === null || params.length === 0
      ? [{ name: "key", type: readType(scope, "kind" in node.keys ? node.keys : node.value) }]
      : readParams(scope, params);
  const value = readType(scope, node.value);
  const kind = kindOf(value);
  if (!mayStore(kind)) {
    report.error("not-storable", node.value.span, `${showType(value)} is ${kindNames[kind]}, and cannot be stored`);
  }
  const [only, another] = columns;
  const key: Type =
    only !== undefined && another === undefined ? only.type : { kind: "tuple", items: columns.map((c) => c.type) };
  const keySpan = "kind" in node.keys ? node.keys.span : (node.keys[0]?.span ?? node.span);
  if (kindOf(key) !== dataKind || holdsFunctions(key)) {
    report.error("bad-key", keySpan, `a key must be Data without functions, and ${showType(key)} is not`);
  }
  return { name: node.name.name, key, value, keyNames: columns.map((c) => c.name) };
}

export function readEvent(scope: TypeScope, node: Extract<Declaration, { kind: "event" }>): Event {
  const fields = readParams(scope, node.fields);
  for (const [i, field] of fields.entries()) {
    if (kindOf(field.type) === dataKind) continue;
    const message = `an event holds Data, and ${showType(field.type)} is ${kindNames[kindOf(field.type)]}`;
    scope.report.error("bad-event", node.fields[i]?.span ?? node.span, message);
  }
  return { name: node.name.name, fields };
}

export function readParams(scope: TypeScope, params: readonly Param[]): readonly Named[] {
  return params.map((param, i) => {
    const name = param.name?.name ?? "_";
    if (param.name !== null && params.findIndex((p) => p.name?.name === name) !== i) {
      scope.report.error("declared-twice", param.name.span, `\`${name}\` is declared twice`);
    }
    return { name, type: readType(scope, param.type) };
  });
}

export function readSignature(
  names: Names,
  report: Reporter,
  node: Extract<Declaration, { kind: "function" }>,
): Signature {
  const typeParams = readTypeParams(report, node.inferred);
  const scope: TypeScope = { names, report, params: typeParams, kindsKnown: true };
  return { typeParams, params: readParams(scope, node.params), result: readType(scope, node.result) };
}

/** What a command takes from outside must be made by anyone: no assets, no evidence, nothing with private constructors. */
export function checkWire(report: Reporter, params: readonly Param[], types: readonly Named[]): void {
  for (const [i, { name, type }] of types.entries()) {
    const span = params[i]?.type.span ?? { start: 0, end: 0 };
    const hint = "take it out of a table inside";
    if (kindOf(type) !== dataKind) {
      const message = `\`${name}\` comes from outside, and ${showType(type)} is ${kindNames[kindOf(type)]}`;
      report.error("not-wire", span, message, { expected: "Data", hint });
    } else if (holdsFunctions(type)) {
      report.error("not-wire", span, `\`${name}\` comes from outside, and functions cannot`, { expected: "Data" });
    } else if (holdsAnywhere(type, (t) => t.kind === "data" && t.data.constructors.some((c) => c.isPrivate))) {
      const message = `\`${name}\` comes from outside, and ${showType(type)} has a private constructor`;
      report.error("not-wire", span, message, { hint });
    }
  }
}
