/** The state of checking one body: its locals, uses, and what inference has left open. */
import { anyKind, kindFits, kindNames } from "../core/kind.ts";
import type { Form } from "../core/module.ts";
import type { Span, Term } from "../core/term.ts";
import { type Hole, kindOf, resolve, showType, type Type, type TypeParam, unit, wrong } from "../core/type.ts";
import type { Expr } from "../syntax/tree.ts";
import { close, type Fence, type Flow, forkFlow, type Local, meet, startFlow } from "./flow.ts";
import type { Names } from "./names.ts";
import type { Reporter } from "./report.ts";
import { accepts } from "./unify.ts";

export type Typed = { readonly term: Term; readonly type: Type };

export type Body = {
  readonly names: Names;
  readonly report: Reporter;
  /** `look`: may read tables, as a test's `check` does. `value`: inside of a function value, which acts on nothing. */
  form: Form | "command" | "pure" | "look" | "value";
  readonly typeParams: readonly TypeParam[];
  readonly locals: Local[];
  flow: Flow;
  fences: readonly Fence[];
  /** How deep the core term is here; the statements before count as well. */
  depth: number;
  isTooDeep: boolean;
  readonly errorsBefore: number;
  /** What nothing settles is `()` where `isFree`. */
  readonly holes: { readonly hole: Hole; readonly span: Span; readonly isFree?: true }[];
  /** Finds term and type; `want` is a hint and need not be met. */
  readonly infer: (body: Body, expr: Expr, want: Type | null) => Typed;
};

export function startBody(
  names: Names,
  report: Reporter,
  form: Body["form"],
  typeParams: readonly TypeParam[],
  infer: Body["infer"],
): Body {
  return {
    names,
    report,
    form,
    typeParams,
    infer,
    locals: [],
    flow: startFlow(),
    fences: [],
    depth: 0,
    isTooDeep: false,
    errorsBefore: report.found.length,
    holes: [],
  };
}

/** What to do instead of acting here. */
export function actElsewhere(body: Body, hint: string): string {
  return body.form === "value" ? "a function value acts on nothing: do it before, with a let" : hint;
}

/** The term of an expression that must be of a type. */
export function check(body: Body, expr: Expr, want: Type): Term {
  const { term, type } = body.infer(body, expr, want);
  expectType(body, expr.span, want, type);
  return term;
}

export function expectType(body: Body, span: Span, want: Type, type: Type): void {
  if (accepts(want, type)) return;
  body.report.error("wrong-type", span, `this is ${withArticle(showType(type))}`, { expected: showType(want) });
}

export function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

export function bindLocal(body: Body, name: string, type: Type, span: Span): Local {
  const local = { name, type, level: body.locals.length, span };
  body.locals.push(local);
  return local;
}

/** Ends the scope of all locals from `level` on. */
export function closeScope(body: Body, level: number): void {
  close(body.report, body.flow, body.locals.splice(level));
}

export function findLocal(body: Body, name: string): Local | null {
  return body.locals.findLast((local) => local.name === name && name !== "_") ?? null;
}

/** Runs each part as a branch of its own, and lets their uses meet. */
export function branches<T>(
  body: Body,
  parts: readonly { readonly span: Span; readonly run: () => T }[],
): readonly T[] {
  const before = body.flow;
  const ends: { flow: Flow; span: Span }[] = [];
  const results = parts.map(({ span, run }) => {
    body.flow = forkFlow(before);
    const result = run();
    ends.push({ flow: body.flow, span });
    return result;
  });
  body.flow = before;
  meet(body.report, before, ends);
  return results;
}

/** A part that runs elsewhere, many times or never: what it aborts, it aborts for itself. */
export function fenced<T>(body: Body, fence: Fence | null, run: () => T): T {
  const before = { flow: body.flow, fences: body.fences };
  if (fence !== null) {
    body.fences = [...body.fences, fence];
    body.flow = forkFlow(body.flow);
  }
  const aborted = body.flow.aborted;
  const result = run();
  body.flow.aborted = aborted;
  // What was used up against the fence is told already, and counts as gone, so that it is not told again.
  for (const [local, span] of body.flow.gone) before.flow.gone.set(local, span);
  body.flow = before.flow;
  body.fences = before.fences;
  return result;
}

/** Opens holes for type parameters, to be found by inference. */
export function instantiate(body: Body, params: readonly TypeParam[], span: Span): readonly Type[] {
  return params.map((param) => {
    const hole: Hole = { kind: "hole", name: param.name, bound: param.bound, solution: null };
    body.holes.push({ hole, span });
    return hole;
  });
}

/**
 * The type of a part of something larger: of what never returns, whatever the larger one wants to have there. Left as it is it
 * would agree with two types at once, and make the one out of the other.
 */
export function partType(body: Body, type: Type, span: Span): Type {
  if (resolve(type).kind !== "wrong" || body.report.found.length > body.errorsBefore) return type;
  const hole: Hole = { kind: "hole", name: "this", bound: anyKind, solution: null };
  body.holes.push({ hole, span, isFree: true });
  return hole;
}

/** Ends the checking of a body: all holes must be solved, by types of the right kind. */
export function settleBody(body: Body): void {
  for (const { hole, span, isFree } of body.holes) {
    const type = resolve(hole);
    if (type.kind === "hole" && isFree) {
      type.solution = unit;
    } else if (type.kind === "hole") {
      // What is wrong already may be why nothing else is known.
      if (body.report.found.length > body.errorsBefore) {
        type.solution = wrong;
        continue;
      }
      body.report.error("open-type", span, `cannot tell what ${hole.name} is here`, {
        hint: "write the type with a let: `let x : T = …`",
      });
      type.solution = wrong;
    } else if (!kindFits(kindOf(type), hole.bound)) {
      const message = `${hole.name} must be ${kindNames[hole.bound]} here, and ${showType(type)} is ${kindNames[kindOf(type)]}`;
      body.report.error("wrong-kind", span, message);
    }
  }
  body.report.settle();
}
