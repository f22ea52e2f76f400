/** Operators: which primitive each stands for, by the types of its operands. */

import { dataKind } from "../core/kind.ts";
import type { Term } from "../core/term.ts";
import {
  type BaseName,
  base,
  holdsAnywhere,
  kindOf,
  listData,
  resolve,
  showType,
  type Type,
  wrong,
} from "../core/type.ts";
import type { BinaryOperator, Expr } from "../syntax/tree.ts";
import { type Body, branches, check, type Typed } from "./body.ts";
import { isLiteral, readLiteral } from "./literal.ts";
import { unify } from "./unify.ts";

type Binary = Extract<Expr, { kind: "binary" }>;
const bool = base("Bool");

export function inferBinary(body: Body, expr: Binary, want: Type | null): Typed {
  const { operator } = expr;
  if (operator === "&&" || operator === "||") return inferLogic(body, expr);
  const [left, right] = operands(body, expr, want);
  // What is still unknown is taken to be what the other side is.
  if (resolve(left.type).kind === "hole" || resolve(right.type).kind === "hole") unify(left.type, right.type);
  const x = resolve(left.type);
  const y = resolve(right.type);
  if (x.kind === "wrong" || y.kind === "wrong") return { term: left.term, type: wrong };
  const found = operator === "==" || operator === "!=" ? equality(body, expr, x, y) : meaning(operator, x, y);
  if (found === null) {
    const isUnknown = x.kind === "hole";
    const details = isUnknown ? { hint: "write the type: `let f : (Nat) -> Nat = (x) => …`" } : {};
    body.report.error(
      "wrong-operands",
      expr.span,
      `\`${operator}\` is not known between ${showType(x)} and ${showType(y)}`,
      details,
    );
    return { term: left.term, type: wrong };
  }
  const args = [left.term, right.term];
  return { term: { kind: "primitive", name: found.name, args, span: expr.span }, type: found.type };
}

/** A literal takes the type of the other side. */
function operands(body: Body, expr: Binary, want: Type | null): readonly [Typed, Typed] {
  if (isLiteral(expr.left) && !isLiteral(expr.right)) {
    const right = body.infer(body, expr.right, null);
    return [body.infer(body, expr.left, right.type), right];
  }
  const left = body.infer(body, expr.left, isLiteral(expr.left) && isArithmetic(expr.operator) ? want : null);
  return [left, body.infer(body, expr.right, left.type)];
}

function isArithmetic(operator: BinaryOperator): boolean {
  return operator === "+" || operator === "-" || operator === "*" || operator === "/";
}

function inferLogic(body: Body, expr: Binary): Typed {
  const condition = check(body, expr.left, bool);
  const constant: Term = { kind: "literal", literal: { type: "Bool", value: expr.operator === "||" } };
  // The right side runs only if the left does not decide.
  const [right = constant] = branches(body, [
    { span: expr.right.span, run: () => check(body, expr.right, bool) },
    { span: expr.left.span, run: () => constant },
  ]);
  const [yes, no] = expr.operator === "&&" ? [right, constant] : [constant, right];
  return { term: { kind: "if", condition, yes, no }, type: bool };
}

type Meaning = { readonly name: string; readonly type: Type };

function equality(body: Body, expr: Binary, x: Type, y: Type): Meaning | null {
  if (numeric(x, y) === null && !unify(x, y)) return null;
  body.report.whenKnown(x, () => {
    if (kindOf(x) === dataKind && !holdsAnywhere(x, (t) => t.kind === "arrow")) return;
    const hint = "compare fields that are Data";
    body.report.error("not-comparable", expr.span, `values of ${showType(x)} cannot be compared`, { hint });
  });
  return { name: expr.operator === "==" ? "equal" : "notEqual", type: bool };
}

function meaning(operator: BinaryOperator, x: Type, y: Type): Meaning | null {
  if (operator === "++") return joining(x, y);
  const number = numeric(x, y);
  const compare = comparisons[operator];
  if (compare !== undefined) {
    const order = number === null ? (sameBase(x, y) ?? "") : number;
    const family = families[order];
    return family === undefined ? null : { name: `${family}${compare}`, type: bool };
  }
  const name = arithmetic[operator];
  if (name === undefined) return null;
  if (number !== null) {
    if (operator === "/" && number !== "Rat") return null;
    const family = number === "Rat" ? "rat" : number === "Nat" && operator === "-" ? "nat" : "int";
    return { name: `${family}${name}`, type: base(number) };
  }
  const timed = times[`${baseName(x)} ${operator} ${baseName(y)}`];
  return timed === undefined ? null : { name: `int${name}`, type: base(timed) };
}

const arithmetic: Readonly<Record<string, string>> = { "+": "Add", "-": "Sub", "*": "Mul", "/": "Div" };
const comparisons: Readonly<Record<string, string>> = {
  "<": "Less",
  "<=": "LessEqual",
  ">": "Greater",
  ">=": "GreaterEqual",
};
const families: Readonly<Record<string, string>> = {
  Nat: "int",
  Int: "int",
  Time: "int",
  Duration: "int",
  Rat: "rat",
  Text: "text",
  Bytes: "bytes",
};
const times: Readonly<Record<string, BaseName>> = {
  "Time + Duration": "Time",
  "Time - Duration": "Time",
  "Time - Time": "Duration",
  "Duration + Duration": "Duration",
  "Duration - Duration": "Duration",
  "Duration * Nat": "Duration",
};

/** The type of numbers that both are; null where one is none, or where a fraction meets a whole number. */
function numeric(x: Type, y: Type): "Nat" | "Int" | "Rat" | null {
  const [a, b] = [baseName(x), baseName(y)];
  if (a === "Rat" && b === "Rat") return "Rat";
  if (a === "Nat" && b === "Nat") return "Nat";
  return (a === "Nat" || a === "Int") && (b === "Nat" || b === "Int") ? "Int" : null;
}

function baseName(type: Type): BaseName | null {
  return type.kind === "base" ? type.name : null;
}

function sameBase(x: Type, y: Type): BaseName | null {
  return baseName(x) === baseName(y) ? baseName(x) : null;
}

function joining(x: Type, y: Type): Meaning | null {
  const name = sameBase(x, y);
  if (name === "Text") return { name: "textConcat", type: x };
  if (name === "Bytes") return { name: "bytesConcat", type: x };
  return x.kind === "data" && x.data === listData && unify(x, y) ? { name: "listConcat", type: x } : null;
}

export function inferUnary(body: Body, expr: Extract<Expr, { kind: "unary" }>, want: Type | null): Typed {
  if (expr.operator === "!") {
    const of = check(body, expr.of, bool);
    return { term: { kind: "primitive", name: "not", args: [of], span: expr.span }, type: bool };
  }
  if (isLiteral(expr)) {
    const { literal, type } = readLiteral(body, expr, want);
    return { term: { kind: "literal", literal }, type };
  }
  const of = body.infer(body, expr.of, null);
  const name = baseName(resolve(of.type));
  if (name !== "Nat" && name !== "Int" && name !== "Rat") {
    if (resolve(of.type).kind !== "wrong")
      body.report.error("wrong-operands", expr.span, `\`-\` is not known for ${showType(of.type)}`);
    return { term: of.term, type: wrong };
  }
  const family = name === "Rat" ? "rat" : "int";
  return {
    term: { kind: "primitive", name: `${family}Negate`, args: [of.term], span: expr.span },
    type: base(family === "rat" ? "Rat" : "Int"),
  };
}
