/** Expressions: names, fields, branches, loops and functions. One pass finds type, uses and core term. */

import type { Case, Span, Term } from "../core/term.ts";
import {
  authData,
  base,
  listData,
  listOf,
  maybeData,
  resolve,
  resultData,
  showType,
  type Type,
  unit,
  wrong,
} from "../core/type.ts";
import type { Expr } from "../syntax/tree.ts";
import {
  actElsewhere,
  type Body,
  bindLocal,
  branches,
  check,
  closeScope,
  fenced,
  findLocal,
  instantiate,
  partType,
  type Typed,
} from "./body.ts";
import { inferCall, inferConstruct, inferRecord, nameFunction } from "./call.ts";
import { inferField } from "./field.ts";
import { consume } from "./flow.ts";
import { readLiteral } from "./literal.ts";
import { findValue, nearest, qualifier } from "./names.ts";
import { inferBinary, inferUnary } from "./operator.ts";
import { readPattern, refuseTwice, requireAll } from "./pattern.ts";
import { inferBlock } from "./statement.ts";
import { inferTable } from "./table.ts";
import { unify } from "./unify.ts";

const nothing: Typed = { term: { kind: "tuple", items: [] }, type: wrong };

/**
 * Keeps every walk over a term far from the end of the host's stack, on every machine: within 0.75 of Node's 984 KiB where all code is
 * interpreted. An expression takes more than twice the stack of a statement, which lies in those before it.
 */
const depthMax = 1000;
const expressionDepth = 2;

export function inferExpr(body: Body, expr: Expr, want: Type | null): Typed {
  if (body.depth >= depthMax) {
    const bounds = `${depthMax / expressionDepth} expressions or ${depthMax} statements`;
    if (!body.isTooDeep) body.report.error("too-deep", expr.span, `this lies in more than ${bounds}`);
    body.isTooDeep = true;
    return nothing;
  }
  body.depth += expressionDepth;
  const typed = inferForm(body, expr, want);
  body.depth -= expressionDepth;
  return typed;
}

function inferForm(body: Body, expr: Expr, want: Type | null): Typed {
  switch (expr.kind) {
    case "number":
    case "text":
    case "bytes":
    case "time": {
      const { literal, type } = readLiteral(body, expr, want);
      return { term: { kind: "literal", literal }, type };
    }
    case "name":
      return inferName(body, expr, want);
    case "field": {
      const isLocal = expr.of.kind === "name" && findLocal(body, expr.of.name) !== null;
      return isLocal || qualifier(body.names, expr) === null ? inferField(body, expr) : inferGlobal(body, expr, want);
    }
    case "call":
      return inferCall(body, expr, want);
    case "record":
      return inferRecord(body, expr, want);
    case "tuple": {
      const seen = want === null ? null : resolve(want);
      const wants = seen?.kind === "tuple" && seen.items.length === expr.items.length ? seen.items : [];
      const items = expr.items.map((item, i) => inferExact(body, item, wants[i] ?? null));
      return {
        term: { kind: "tuple", items: items.map((i) => i.term) },
        type: { kind: "tuple", items: items.map((i) => i.type) },
      };
    }
    case "list":
      return inferList(body, expr, want);
    case "binary":
      return inferBinary(body, expr, want);
    case "unary":
      return inferUnary(body, expr, want);
    case "lambda":
      return inferLambda(body, expr, want);
    case "block":
      return inferBlock(body, expr, want);
    case "match":
      return inferMatch(body, expr, want);
    case "if": {
      const condition = check(body, expr.condition, base("Bool"));
      const type = sharedType(want);
      const parts = [expr.yes, expr.no].map((part) => ({ span: part.span, run: () => type.branch(body, part) }));
      const [yes = nothing.term, no = nothing.term] = branches(body, parts);
      return { term: { kind: "if", condition, yes, no }, type: type.found() };
    }
    case "for":
      return inferFor(body, expr, want);
    case "take":
    case "get":
      return inferTable(body, expr);
    case "fail":
      body.flow.aborted = true;
      return { term: { kind: "fail", fault: expr.fault.name, span: expr.span }, type: wrong };
    case "else":
      return inferElse(body, expr, want);
    case "arrow":
      body.report.error("not-a-value", expr.span, "this is a type, not a value");
      return nothing;
    case "broken":
      return nothing;
  }
}

/** The wanted type where the part meets it, widened if need be, so that parts of tuples and lists agree. */
function inferExact(body: Body, expr: Expr, want: Type | null): Typed {
  if (want === null) {
    const { term, type } = inferExpr(body, expr, null);
    return { term, type: partType(body, type, expr.span) };
  }
  return { term: check(body, expr, want), type: want };
}

/** The first branch that returns decides the type, and the others must have it. */
function sharedType(want: Type | null): {
  readonly branch: (body: Body, expr: Expr) => Term;
  readonly found: () => Type;
} {
  let type = want;
  return {
    branch: (body, expr) => {
      if (type !== null) return check(body, expr, type);
      const first = inferExpr(body, expr, null);
      if (resolve(first.type).kind !== "wrong") type = first.type;
      return first.term;
    },
    found: () => type ?? wrong,
  };
}

function inferName(body: Body, expr: Extract<Expr, { kind: "name" }>, want: Type | null): Typed {
  const local = findLocal(body, expr.name);
  if (local !== null) {
    consume(body.report, body.flow, body.fences, local, expr.span);
    return { term: { kind: "local", level: local.level }, type: local.type };
  }
  if (expr.name === "true" || expr.name === "false") {
    return { term: { kind: "literal", literal: { type: "Bool", value: expr.name === "true" } }, type: base("Bool") };
  }
  if (expr.name === "now" || expr.name === "self" || expr.name === "selfAuth") {
    if (body.form !== "proc" && body.form !== "command") {
      const details = body.form === "value" ? { hint: actElsewhere(body, "") } : {};
      body.report.error("not-pure", expr.span, `\`${expr.name}\` is known only to a proc or a command`, details);
    }
    if (expr.name === "selfAuth") return ownEvidence(expr.span);
    const type = base(expr.name === "now" ? "Time" : "Principal");
    return { term: { kind: "primitive", name: expr.name, args: [], span: expr.span }, type };
  }
  return inferGlobal(body, expr, want);
}

/** Evidence that this module acts: what its principal owns, in its own tables or in others', its code alone may use. */
function ownEvidence(span: Span): Typed {
  const [made] = authData.constructors;
  if (made === undefined) throw new Error("assert: evidence has a constructor");
  const self: Term = { kind: "primitive", name: "self", args: [], span };
  return {
    term: { kind: "construct", constructor: made, args: [self] },
    type: { kind: "data", data: authData, args: [] },
  };
}

function inferGlobal(body: Body, expr: Extract<Expr, { kind: "name" | "field" }>, want: Type | null): Typed {
  const value = findValue(body.names, expr);
  if (value?.kind === "constructor") return inferConstruct(body, value.constructor, expr.span, [], want);
  if (value?.kind === "function") return nameFunction(body, value, expr.span, want);
  const name = expr.kind === "name" ? expr.name : expr.name.name;
  if (body.names.tables.has(name)) {
    body.report.error("table-value", expr.span, `\`${name}\` is a table`, {
      hint: `write get ${name}[…] or take ${name}[…]`,
    });
  } else if (name === "auth") {
    body.report.error("no-auth", expr.span, "`auth` is known only to a command that is `signed by` somebody");
  } else {
    const near = nearest(name, [...body.locals.map((l) => l.name), ...body.names.values.keys()]);
    body.report.error(
      "unknown-name",
      expr.span,
      `there is no \`${name}\` here`,
      near === null ? {} : { hint: `did you mean ${near}?` },
    );
  }
  return nothing;
}

function inferList(body: Body, expr: Extract<Expr, { kind: "list" }>, want: Type | null): Typed {
  const seen = want === null ? null : resolve(want);
  const given = seen?.kind === "data" && seen.data === listData ? seen.args[0] : undefined;
  let item = given ?? null;
  const items = expr.items.map((each) => {
    if (item !== null) return check(body, each, item);
    const first = inferExact(body, each, null);
    item = first.type;
    return first.term;
  });
  const [open = wrong] = item === null ? instantiate(body, listData.params, expr.span) : [];
  return { term: { kind: "list", items }, type: listOf(item ?? open) };
}

function inferLambda(body: Body, expr: Extract<Expr, { kind: "lambda" }>, want: Type | null): Typed {
  const seen = want === null ? null : resolve(want);
  const arrow = seen?.kind === "arrow" && seen.params.length === expr.params.length ? seen : null;
  const holes = expr.params.map((name) => ({ name: name.name, bound: 3 as const }));
  const params = arrow?.params ?? instantiate(body, holes, expr.span);
  const once = arrow?.once ?? false;
  const level = body.locals.length;
  const around = body.locals.map(({ type }) => type);
  const { form } = body;
  // Whoever calls it may have other tables, and other evidence; what may loop is no part of a `fn`.
  body.form = form === "fn" || form === "rec fn" ? form : "value";
  const typed = fenced(body, once ? null : { level, what: "closure" }, () => {
    expr.params.forEach((name, i) => {
      bindLocal(body, name.name, params[i] ?? wrong, name.span);
    });
    const wanted = arrow?.result ?? null;
    const inner = inferExact(body, expr.body, wanted);
    closeScope(body, level);
    return {
      term: { kind: "lambda", level, params, result: inner.type, around, body: inner.term } as const,
      type: { kind: "arrow", params, result: inner.type, once } as const,
    };
  });
  body.form = form;
  return typed;
}

function inferMatch(body: Body, expr: Extract<Expr, { kind: "match" }>, want: Type | null): Typed {
  const on = expr.on.map((each) => inferExpr(body, each, null));
  const type = sharedType(want);
  const level = body.locals.length;
  const parts = expr.cases.map((each) => ({
    span: each.body.span,
    run: (): Case => {
      if (each.patterns.length !== on.length) {
        body.report.error(
          "wrong-count",
          each.span,
          `${on.length} values are matched, and here are ${each.patterns.length} patterns`,
        );
      }
      refuseTwice(body, each.patterns);
      const patterns = on.map(({ type: of }, i) => {
        const pattern = each.patterns[i];
        return pattern === undefined ? ({ kind: "any" } as const) : readPattern(body, pattern, of);
      });
      const result = type.branch(body, each.body);
      closeScope(body, level);
      return { patterns, body: result };
    },
  }));
  const cases = branches(body, parts);
  requireAll(
    body,
    expr.span,
    cases.map((c) => c.patterns),
    on.map((each) => each.type),
  );
  return { term: { kind: "match", on: on.map((each) => each.term), cases, span: expr.span }, type: type.found() };
}

function inferFor(body: Body, expr: Extract<Expr, { kind: "for" }>, want: Type | null): Typed {
  const list = inferExpr(body, expr.list, null);
  const [item = wrong] = instantiate(body, listData.params, expr.list.span);
  if (!unify(list.type, listOf(item))) {
    body.report.error("wrong-type", expr.list.span, `a loop cannot visit ${showType(list.type)}`, {
      expected: "a list",
    });
  }
  const accumulator = expr.accumulator;
  const start = accumulator === null ? { term: nothing.term, type: unit } : inferExact(body, accumulator.start, want);
  const level = body.locals.length;
  return fenced(body, { level, what: "loop" }, () => {
    bindLocal(body, expr.item.name, item, expr.item.span);
    bindLocal(body, accumulator?.name.name ?? "_", start.type, accumulator?.name.span ?? expr.item.span);
    const inner = check(body, expr.body, start.type);
    closeScope(body, level);
    return { term: { kind: "for", level, list: list.term, start: start.term, body: inner }, type: start.type };
  });
}

/** `e else Fault`: what is inside Just or Ok. */
function inferElse(body: Body, expr: Extract<Expr, { kind: "else" }>, want: Type | null): Typed {
  const of = inferExpr(body, expr.of, want === null ? null : { kind: "data", data: maybeData, args: [want] });
  const type = resolve(of.type);
  const data = type.kind === "data" && (type.data === maybeData || type.data === resultData) ? type.data : null;
  if (type.kind !== "data" || data === null) {
    if (type.kind !== "wrong") {
      body.report.error(
        "wrong-type",
        expr.of.span,
        `\`else\` needs something that may be missing, and this is ${showType(type)}`,
        {
          expected: "a Maybe or a Result",
        },
      );
    }
    return nothing;
  }
  const good = data === maybeData ? data.constructors[1] : data.constructors[0];
  const bad = data === maybeData ? data.constructors[0] : data.constructors[1];
  if (good === undefined || bad === undefined) throw new Error("assert: Maybe and Result have two constructors");
  const level = body.locals.length;
  const cases: Case[] = [
    {
      patterns: [{ kind: "construct", constructor: good, fields: [{ kind: "bind", level }] }],
      body: { kind: "local", level },
    },
    { patterns: [{ kind: "any" }], body: { kind: "fail", fault: expr.fault.name, span: expr.span } },
  ];
  return { term: { kind: "match", on: [of.term], cases, span: expr.span }, type: type.args[0] ?? wrong };
}
