/** Literals, which take the type that is asked for where they can. */
import type { Literal } from "../core/term.ts";
import { base, resolve, type Type } from "../core/type.ts";
import { limits } from "../ir/cost-table.ts";
import type { Expr } from "../syntax/tree.ts";
import type { Body } from "./body.ts";

/** A Nat where nothing else is asked for; a fraction is a Rat. */
export function readLiteral(
  body: Body,
  expr: Expr,
  want: Type | null,
): { readonly literal: Literal; readonly type: Type } {
  const seen = want === null ? null : resolve(want);
  const asked = seen?.kind === "base" ? seen.name : null;
  switch (expr.kind) {
    case "number": {
      const { numerator, denominator } = expr;
      if (isHuge(numerator) || isHuge(denominator)) {
        body.report.error("too-large", expr.span, `a number has at most ${integerBitsMax} bits`);
        return { literal: { type: "Nat", value: 0n }, type: { kind: "wrong" } };
      }
      if (expr.isExact || asked === "Rat")
        return { literal: { type: "Rat", numerator, denominator }, type: base("Rat") };
      const type = numerator < 0n || asked === "Int" ? "Int" : "Nat";
      return { literal: { type, value: numerator }, type: base(type) };
    }
    case "unary": {
      if (expr.operator !== "-" || expr.of.kind !== "number") break;
      return readLiteral(body, { ...expr.of, numerator: -expr.of.numerator, span: expr.span }, want);
    }
    case "text":
      return { literal: { type: "Text", value: expr.value }, type: base("Text") };
    case "bytes":
      return asked === "Id"
        ? { literal: { type: "Id", value: expr.value }, type: base("Id") }
        : { literal: { type: "Bytes", value: expr.value }, type: base("Bytes") };
    case "time":
      return { literal: { type: "Time", value: expr.value }, type: base("Time") };
    default:
  }
  body.report.error(
    "not-a-literal",
    expr.span,
    "only numbers, texts, bytes, times, true and false can be matched by value",
  );
  return { literal: { type: "Bool", value: false }, type: { kind: "wrong" } };
}

/** As the evaluators have it. */
const integerBitsMax = limits.integerBits;

function isHuge(value: bigint): boolean {
  return (value < 0n ? -value : value) >> BigInt(integerBitsMax) !== 0n;
}

export function isLiteral(expr: Expr): boolean {
  if (expr.kind === "unary") return expr.operator === "-" && expr.of.kind === "number";
  return expr.kind === "number" || expr.kind === "text" || expr.kind === "bytes" || expr.kind === "time";
}
