/** Reads the types that a program writes. */
import { anyKind, kindFits, kindNames, readKind } from "../core/kind.ts";
import type { Span } from "../core/term.ts";
import {
  base,
  holdsAnywhere,
  isBaseName,
  kindOf,
  mapData,
  resolve,
  showType,
  type Type,
  type TypeParam,
  wrong,
} from "../core/type.ts";
import type { Expr, Param } from "../syntax/tree.ts";
import { findType, type Names, nearest } from "./names.ts";
import type { Reporter } from "./report.ts";

export type TypeScope = {
  readonly names: Names;
  readonly report: Reporter;
  readonly params: readonly TypeParam[];
  /** False while kinds of the module's own types are not worked out. */
  readonly kindsKnown: boolean;
};

export function readType(scope: TypeScope, expr: Expr): Type {
  switch (expr.kind) {
    case "tuple":
      return { kind: "tuple", items: expr.items.map((item) => readType(scope, item)) };
    case "arrow": {
      const params = expr.params.map((p) => readType(scope, p));
      return { kind: "arrow", params, result: readType(scope, expr.result), once: expr.once };
    }
    case "call":
      return readNamed(scope, expr.to, expr.args, expr.span);
    case "name":
    case "field":
      return readNamed(scope, expr, [], expr.span);
    case "broken":
      return wrong;
    default:
      scope.report.error("not-a-type", expr.span, "this is not a type");
      return wrong;
  }
}

function readNamed(scope: TypeScope, to: Expr, args: readonly Expr[], span: Span): Type {
  if (to.kind === "name") {
    const index = scope.params.findIndex((p) => p.name === to.name);
    const param = scope.params[index];
    if (param !== undefined) return { kind: "param", index, name: param.name, bound: param.bound };
    if (isBaseName(to.name)) {
      if (args.length > 0) scope.report.error("type-arguments", span, `${to.name} takes no arguments`);
      return base(to.name);
    }
  }
  const data = findType(scope.names, to);
  if (data === null) {
    const name = to.kind === "name" ? to.name : to.kind === "field" ? to.name.name : "this";
    const near = nearest(name, [...scope.names.types.keys(), ...scope.params.map((p) => p.name)]);
    scope.report.error(
      "unknown-type",
      to.span,
      `there is no type \`${name}\``,
      near === null ? {} : { hint: `did you mean ${near}?` },
    );
    return wrong;
  }
  const types = args.map((arg) => readType(scope, arg));
  if (types.length !== data.params.length) {
    const count =
      data.params.length === 0
        ? "no arguments"
        : data.params.length === 1
          ? "1 argument"
          : `${data.params.length} arguments`;
    scope.report.error("type-arguments", span, `${data.name} takes ${count}, not ${types.length}`);
    return wrong;
  }
  if (scope.kindsKnown) {
    for (const [i, param] of data.params.entries()) {
      const arg = types[i] ?? wrong;
      if (kindFits(kindOf(arg), param.bound)) continue;
      const message = `${data.name} wants ${kindNames[param.bound]} for ${param.name}, and ${showType(arg)} is ${kindNames[kindOf(arg)]}`;
      scope.report.error("wrong-kind", args[i]?.span ?? span, message);
      return wrong;
    }
  }
  const whole: Type = { kind: "data", data, args: types };
  const bad = badMap(whole);
  if (bad) scope.report.error("bad-key", span, "the keys of a map contain no functions");
  return bad ? wrong : whole;
}

/** A map orders its keys by their bytes, and functions have none. */
export function badMap(type: Type): boolean {
  const seen = resolve(type);
  const [key] = seen.kind === "data" && seen.data === mapData ? seen.args : [];
  return key !== undefined && holdsAnywhere(key, (t) => t.kind === "arrow");
}

/** `{A : Data}` or `(A : Type)`; without a kind that is known, Type. */
export function readTypeParams(report: Reporter, params: readonly Param[]): readonly TypeParam[] {
  return params.map((param) => {
    const bound = param.type.kind === "name" ? readKind(param.type.name) : null;
    if (bound === null) report.error("not-a-kind", param.type.span, "a type parameter is Data, Asset, Local or Type");
    return { name: param.name?.name ?? "_", bound: bound ?? anyKind };
  });
}
