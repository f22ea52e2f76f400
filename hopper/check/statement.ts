/** Blocks: statements one after another, the last of which may be the value. */

import { mayCopy } from "../core/kind.ts";
import type { Pattern as CorePattern, Term } from "../core/term.ts";
import { base, kindOf, resolve, showType, type Type, unit } from "../core/type.ts";
import type { Expr, Statement } from "../syntax/tree.ts";
import { type Body, bindLocal, check, closeScope, type Typed } from "./body.ts";
import { readPattern, refuseTwice, requireAll } from "./pattern.ts";
import { checkEmit, checkMoves, checkPut, done } from "./table.ts";
import { readType } from "./types.ts";

type Wrap = (rest: Term) => Term;
/** What lies too deep is told already, and walks over the term must not follow it there. */
const leaveOut: Wrap = (rest) => rest;

export function inferBlock(body: Body, block: Extract<Expr, { kind: "block" }>, want: Type | null): Typed {
  const level = body.locals.length;
  const { depth } = body;
  const wraps = block.statements.map((statement) => {
    body.depth++;
    return body.isTooDeep ? leaveOut : checkStatement(body, statement);
  });
  const result = block.result === null ? done : body.infer(body, block.result, want);
  body.depth = depth;
  closeScope(body, level);
  return { term: wraps.reduceRight((rest, wrap) => wrap(rest), result.term), type: result.type };
}

function checkStatement(body: Body, statement: Statement): Wrap {
  switch (statement.kind) {
    case "let":
      return checkLet(body, statement);
    case "require": {
      const condition = check(body, statement.condition, base("Bool"));
      const fail: Term = { kind: "fail", fault: statement.fault.name, span: statement.span };
      return (rest) => ({ kind: "if", condition, yes: rest, no: fail });
    }
    case "put":
      return andThen(body, checkPut(body, statement), statement);
    case "emit":
      return andThen(body, checkEmit(body, statement), statement);
    case "moves":
      return andThen(body, checkMoves(body, statement), statement);
    case "do": {
      const { term, type } = body.infer(body, statement.value, null);
      const found = resolve(type);
      if (found.kind !== "wrong" && !(found.kind === "tuple" && found.items.length === 0)) {
        const hint = mayCopy(kindOf(found))
          ? "bind it with a let, or leave it out"
          : "an asset cannot be dropped: bind it with a let";
        body.report.error("unused-value", statement.span, `nothing takes this ${showType(found)}`, {
          expected: "()",
          hint,
        });
      }
      return andThen(body, term, statement);
    }
  }
}

/** The result `()` of a statement has a level of its own, so that levels and binders keep step. */
function andThen(body: Body, term: Term, statement: Statement): Wrap {
  const { level } = bindLocal(body, "_", unit, statement.span);
  return (rest) => ({ kind: "let", level, value: term, body: rest });
}

function checkLet(body: Body, statement: Extract<Statement, { kind: "let" }>): Wrap {
  const { pattern } = statement;
  const scope = { names: body.names, report: body.report, params: body.typeParams, kindsKnown: true };
  const written = statement.type === null ? null : readType(scope, statement.type);
  const found =
    written === null
      ? body.infer(body, statement.value, null)
      : { term: check(body, statement.value, written), type: written };
  const value = found.term;
  if (pattern.kind === "name" && !/^[A-Z]/.test(pattern.name)) {
    const { level } = bindLocal(body, pattern.name, found.type, pattern.span);
    return (rest) => ({ kind: "let", level, value, body: rest });
  }
  refuseTwice(body, [pattern]);
  const read: CorePattern = readPattern(body, pattern, found.type);
  requireAll(body, pattern.span, [[read]], [found.type]);
  return (rest) => ({ kind: "match", on: [value], cases: [{ patterns: [read], body: rest }], span: statement.span });
}
