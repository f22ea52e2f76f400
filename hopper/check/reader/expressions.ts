/** Expressions, statements and patterns. */
import { canonical, gcd } from "../../run/integer.ts";
import type { Absent, BinaryOperator, CaseNode, Expr, FieldNode, Pattern, Statement } from "../../syntax/tree.ts";
import {
  type Cursor,
  endOf,
  expect,
  is,
  link,
  nested,
  next,
  peek,
  readList,
  readName,
  refuse,
  take,
  Unreadable,
} from "./cursor.ts";
import { atEnd, declarationWords, isBehindCase, readOrSkip } from "./recover.ts";

/** These begin statements, or parts of expressions, and are nobody's names. */
const statementWords: ReadonlySet<string> = new Set(["let", "require", "else", "emit", "put"]);
const levels: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["++"],
  ["+", "-"],
  ["*", "/"],
];

/** The body of a declaration: lines up to the next declaration, or to `}`. */
export function readBody(cursor: Cursor): Expr {
  const start = peek(cursor).span.start;
  const statements: Statement[] = [];
  const before = cursor.found.length;
  while (!is(cursor, "}") && !atEnd(cursor)) {
    const statement = readOrSkip(cursor, () => readLine(cursor));
    if (statement !== null) statements.push(statement);
  }
  // What is wrong in it has been told; with that, an empty body is no further mistake.
  if (statements.length === 0 && cursor.found.length > before) throw new Unreadable();
  const last = statements.at(-1);
  if (statements.length === 0) refuse(cursor, "an expression");
  const result = last?.kind === "do" ? last.value : null;
  if (result !== null && statements.length === 1) return result;
  const kept = result === null ? statements : statements.slice(0, -1);
  return { kind: "block", statements: kept, result, span: { start, end: endOf(cursor) } };
}

function readLine(cursor: Cursor): Statement {
  const statement = readStatement(cursor);
  if (!is(cursor, "}") && !atEnd(cursor) && !peek(cursor).starts) refuse(cursor, "a new line");
  return statement;
}

function readStatement(cursor: Cursor): Statement {
  return nested(cursor, () => {
    const { start } = peek(cursor).span;
    const spanned = <T>(node: T) => ({ ...node, span: { start, end: endOf(cursor) } });
    if (take(cursor, "let")) {
      const pattern = readPattern(cursor);
      const type = take(cursor, ":") ? readExpr(cursor) : null;
      expect(cursor, "=");
      return spanned({ kind: "let", pattern, type, value: readExpr(cursor) });
    }
    if (take(cursor, "require")) {
      const condition = readBinary(cursor, 0);
      expect(cursor, "else");
      return spanned({ kind: "require", condition, fault: readName(cursor) });
    }
    if (take(cursor, "put")) {
      const isNew = take(cursor, "new");
      const table = readName(cursor);
      expect(cursor, "[");
      const key = readList(cursor, "]", () => readExpr(cursor));
      expect(cursor, "=");
      const value = readBinary(cursor, 0);
      return spanned({ kind: "put", isNew, table, key, value, fault: take(cursor, "else") ? readName(cursor) : null });
    }
    if (take(cursor, "emit")) {
      const event = readName(cursor);
      expect(cursor, "{");
      return spanned({ kind: "emit", event, fields: readFields(cursor) });
    }
    if (take(cursor, "moves")) {
      const unit = readPostfix(cursor);
      expect(cursor, ":");
      const changes = [];
      do {
        const from = peek(cursor).span.start;
        const account = readPostfix(cursor);
        if (!is(cursor, "+") && !is(cursor, "-")) refuse(cursor, "`+` or `-`");
        const gains = next(cursor).text === "+";
        const amount = readBinary(cursor, 5);
        changes.push({ account, gains, amount, span: { start: from, end: endOf(cursor) } });
      } while (take(cursor, ","));
      return spanned({ kind: "moves", unit, changes });
    }
    return spanned({ kind: "do", value: readExpr(cursor) });
  });
}

export function readExpr(cursor: Cursor): Expr {
  const of = readBinary(cursor, 0);
  if (!is(cursor, "else") || peek(cursor).starts) return of;
  next(cursor);
  return { kind: "else", of, fault: readName(cursor), span: { start: of.span.start, end: endOf(cursor) } };
}

function readBinary(cursor: Cursor, level: number): Expr {
  const operators = levels[level];
  if (operators === undefined) return readUnary(cursor);
  let left = readBinary(cursor, level + 1);
  for (;;) {
    const operator = operators.find((o) => is(cursor, o));
    if (operator === undefined || peek(cursor).starts) return left;
    next(cursor);
    const right = readBinary(cursor, level + 1);
    left = { kind: "binary", operator, left, right, span: { start: left.span.start, end: right.span.end } };
  }
}

function readUnary(cursor: Cursor): Expr {
  const { start } = peek(cursor).span;
  const operator = is(cursor, "-") ? "-" : is(cursor, "!") ? "!" : null;
  if (operator === null) return readPostfix(cursor);
  next(cursor);
  const of = nested(cursor, () => readUnary(cursor));
  return { kind: "unary", operator, of, span: { start, end: of.span.end } };
}

function readPostfix(cursor: Cursor): Expr {
  let expr = nested(cursor, () => readSimple(cursor));
  for (let links = 0; ; links = link(cursor, links)) {
    const { start } = expr.span;
    if (peek(cursor).starts) return expr;
    if (take(cursor, "."))
      expr = { kind: "field", of: expr, name: readName(cursor), span: { start, end: endOf(cursor) } };
    else if (take(cursor, "(")) {
      // What is called has been read, so the depth is not counted there.
      const args = nested(cursor, () => readList(cursor, ")", () => readExpr(cursor)));
      expr = { kind: "call", to: expr, args, span: { start, end: endOf(cursor) } };
    } else if (is(cursor, "{") && isConstructor(expr)) {
      next(cursor);
      const fields = nested(cursor, () => readFields(cursor));
      expr = { kind: "record", to: expr, fields, span: { start, end: endOf(cursor) } };
    } else return expr;
  }
}

function isConstructor(expr: Expr): boolean {
  if (expr.kind === "field") return /^[A-Z]/.test(expr.name.name);
  return expr.kind === "name" && /^[A-Z]/.test(expr.name);
}

function readFields(cursor: Cursor): readonly FieldNode[] {
  return readList(cursor, "}", () => {
    const name = readName(cursor);
    const value = take(cursor, "=") ? readExpr(cursor) : null;
    return { name, value, span: { start: name.span.start, end: endOf(cursor) } };
  });
}

function readSimple(cursor: Cursor): Expr {
  const token = peek(cursor);
  const { start } = token.span;
  const span = token.span;
  const here = () => ({ start, end: endOf(cursor) });
  switch (token.kind) {
    case "number":
      next(cursor);
      return { kind: "number", ...readNumber(cursor, token.text), span };
    case "text":
      next(cursor);
      return { kind: "text", value: readText(token.text), span };
    case "bytes":
      next(cursor);
      return {
        kind: "bytes",
        value: Uint8Array.from(token.text.slice(3, -1).match(/../g) ?? [], (b) => Number.parseInt(b, 16)),
        span,
      };
    case "time":
      next(cursor);
      return { kind: "time", value: readTime(token.text), span };
    default:
  }
  if (is(cursor, "(")) return readParentheses(cursor);
  if (take(cursor, "[")) return { kind: "list", items: readList(cursor, "]", () => readExpr(cursor)), span: here() };
  if (take(cursor, "{")) {
    const body = readBody(cursor);
    expect(cursor, "}");
    return body.kind === "block" ? body : { kind: "block", statements: [], result: body, span: here() };
  }
  if (take(cursor, "match")) return readMatch(cursor, start);
  if (take(cursor, "if")) {
    const condition = readBinary(cursor, 0);
    expect(cursor, "then");
    const yes = readBinary(cursor, 0);
    expect(cursor, "else");
    return { kind: "if", condition, yes, no: readExpr(cursor), span: here() };
  }
  if (take(cursor, "for")) {
    const item = readName(cursor);
    expect(cursor, "in");
    const list = readBinary(cursor, 0);
    let accumulator = null;
    if (take(cursor, ",")) {
      const name = readName(cursor);
      expect(cursor, "=");
      accumulator = { name, start: readBinary(cursor, 0) };
    }
    expect(cursor, "{");
    const body = readBody(cursor);
    expect(cursor, "}");
    return { kind: "for", item, list, accumulator, body, span: here() };
  }
  if (take(cursor, "fail")) return { kind: "fail", fault: readName(cursor), span: here() };
  if (is(cursor, "take") || is(cursor, "get")) return readAccess(cursor, token.text === "take" ? "take" : "get");
  if (token.kind !== "word" || declarationWords.has(token.text) || statementWords.has(token.text))
    refuse(cursor, "an expression");
  next(cursor);
  return { kind: "name", name: token.text, span };
}

/** `get t[k].f else F`: the row's absence is asked before the field. */
function readAccess(cursor: Cursor, kind: "take" | "get"): Expr {
  const { start } = next(cursor).span;
  const table = readName(cursor);
  expect(cursor, "[");
  const key = readList(cursor, "]", () => readExpr(cursor));
  const end = endOf(cursor);
  const fields = [];
  while (!peek(cursor).starts && take(cursor, ".")) {
    link(cursor, fields.length);
    fields.push(readName(cursor));
  }
  let absent: Absent | null = null;
  if (take(cursor, "else")) absent = { kind: "else", fault: readName(cursor) };
  else if (take(cursor, "or")) absent = { kind: "or", value: readBinary(cursor, 0) };
  const access: Expr = { kind, table, key, absent, span: { start, end: fields.length > 0 ? end : endOf(cursor) } };
  return fields.reduce<Expr>((of, name) => ({ kind: "field", of, name, span: { start, end: name.span.end } }), access);
}

function readParentheses(cursor: Cursor): Expr {
  const { start } = next(cursor).span;
  const items = readList(cursor, ")", () => readExpr(cursor));
  const end = endOf(cursor);
  if (!peek(cursor).starts && take(cursor, "->")) {
    const result = readPostfix(cursor);
    const once = take(cursor, "once");
    return { kind: "arrow", params: items, result, once, span: { start, end: endOf(cursor) } };
  }
  if (is(cursor, "=>") && items.every((i) => i.kind === "name")) {
    next(cursor);
    const params = items.flatMap((i) => (i.kind === "name" ? [{ name: i.name, span: i.span }] : []));
    const body = readExpr(cursor);
    return { kind: "lambda", params, body, span: { start, end: body.span.end } };
  }
  const [only, another] = items;
  if (only !== undefined && another === undefined) return { ...only, span: { start, end } };
  return { kind: "tuple", items, span: { start, end } };
}

function readMatch(cursor: Cursor, start: number): Expr {
  const on = [readBinaryOrAccess(cursor)];
  while (take(cursor, ",")) on.push(readBinaryOrAccess(cursor));
  expect(cursor, "{");
  const inside = cursor.at;
  const cases: CaseNode[] = [];
  while (!take(cursor, "}")) {
    const from = cursor.at;
    const one = readOrSkip(cursor, () => readCase(cursor));
    if (one !== null) cases.push(one);
    else if (!isBehindCase(cursor, from, inside)) throw new Unreadable();
  }
  return { kind: "match", on, cases, span: { start, end: endOf(cursor) } };
}

function readCase(cursor: Cursor): CaseNode {
  const { start } = peek(cursor).span;
  const patterns = [readPattern(cursor)];
  while (take(cursor, ",")) patterns.push(readPattern(cursor));
  expect(cursor, "=>");
  const body = readExpr(cursor);
  const span = { start, end: endOf(cursor) };
  if (!take(cursor, ",") && !is(cursor, "}") && !peek(cursor).starts) refuse(cursor, "`,`, a new line, or `}`");
  return { patterns, body, span };
}

function readBinaryOrAccess(cursor: Cursor): Expr {
  return readExpr(cursor);
}

export function readPattern(cursor: Cursor): Pattern {
  return nested(cursor, () => {
    const token = peek(cursor);
    const { start } = token.span;
    const here = () => ({ start, end: endOf(cursor) });
    if (take(cursor, "_")) return { kind: "any", span: token.span };
    if (take(cursor, "("))
      return { kind: "tuple", items: readList(cursor, ")", () => readPattern(cursor)), span: here() };
    if (take(cursor, "[")) {
      let rest: Pattern | null = null;
      const items = readList(cursor, "]", () => {
        if (!take(cursor, "..")) return readPattern(cursor);
        rest = is(cursor, "]") ? { kind: "any", span: token.span } : readPattern(cursor);
        return null;
      });
      return { kind: "list", items: items.filter((i) => i !== null), rest, span: here() };
    }
    if (token.kind !== "word") return { kind: "literal", value: readUnary(cursor), span: here() };
    const name = readName(cursor);
    let to: Expr = { kind: "name", name: name.name, span: name.span };
    for (let links = 0; take(cursor, "."); links = link(cursor, links))
      to = { kind: "field", of: to, name: readName(cursor), span: here() };
    if (take(cursor, "("))
      return { kind: "construct", to, args: readList(cursor, ")", () => readPattern(cursor)), span: here() };
    if (is(cursor, "{") && isConstructor(to)) {
      next(cursor);
      let open = false;
      const fields = readList(cursor, "}", () => {
        if (take(cursor, "..")) {
          open = true;
          return null;
        }
        const field = readName(cursor);
        return { name: field, pattern: take(cursor, "=") ? readPattern(cursor) : null };
      });
      return { kind: "record", to, fields: fields.filter((f) => f !== null), open, span: here() };
    }
    return to.kind === "name"
      ? { kind: "name", name: name.name, span: name.span }
      : { kind: "construct", to, args: [], span: here() };
  });
}

/** Any character may stand in a text as it is, but for a new line; after a backslash stands `"`, `\`, `n` or `t`. */
function readText(token: string): string {
  return token.slice(1, -1).replace(/\\(.)/g, (_, one) => (one === "n" ? "\n" : one === "t" ? "\t" : one));
}

/** Of a fraction: to reduce a longer one takes more time than a module pays for. */
const fractionDigitsMax = 10_000;

function readNumber(cursor: Cursor, text: string): { numerator: bigint; denominator: bigint; isExact: boolean } {
  const digits = text.replaceAll("_", "");
  const [whole = "0", below] = digits.split(/[%.]/);
  if (below === undefined) return { numerator: BigInt(whole), denominator: 1n, isExact: false };
  if (digits.length > fractionDigitsMax) {
    cursor.at--;
    refuse(cursor, `a fraction of at most ${fractionDigitsMax} digits`);
  }
  const isDecimal = digits.includes(".");
  const n = isDecimal ? BigInt(whole + below) : BigInt(whole);
  const d = isDecimal ? 10n ** BigInt(below.length) : BigInt(below);
  if (d === 0n) {
    cursor.at--;
    refuse(cursor, "a denominator that is not 0");
  }
  const by = BigInt(gcd(canonical(n), canonical(d)));
  return { numerator: n / by, denominator: d / by, isExact: true };
}

/** Days by the civil calendar (Howard Hinnant's days_from_civil), without a clock. */
function readTime(text: string): bigint {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = text.split(/[-T:Z]/).map(Number);
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const inYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const yearOfEra = y - era * 400;
  const days =
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + inYear - 719_468;
  return BigInt(((days * 24 + hour) * 60 + minute) * 60_000);
}
