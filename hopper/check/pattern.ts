/** Patterns: what they bind, and that they fit what they take apart. */
import { anyKind, mayCopy } from "../core/kind.ts";
import type { Pattern as CorePattern, Span } from "../core/term.ts";
import {
  type Constructor,
  isOpen,
  kindOf,
  listData,
  listOf,
  resolve,
  showType,
  substitute,
  type Type,
  wrong,
} from "../core/type.ts";
import type { Pattern } from "../syntax/tree.ts";
import { type Body, bindLocal, expectType, instantiate } from "./body.ts";
import { missingCase } from "./coverage.ts";
import { readLiteral } from "./literal.ts";
import { findValue } from "./names.ts";
import { unify } from "./unify.ts";

/** Binds the names of a pattern as locals, left to right by field. */
export function readPattern(body: Body, pattern: Pattern, type: Type): CorePattern {
  switch (pattern.kind) {
    case "any":
      return skip(body, pattern.span, type);
    case "name":
      if (/^[A-Z]/.test(pattern.name)) return construct(body, pattern, pattern.span, type, () => []);
      if (pattern.name === "true" || pattern.name === "false") {
        expectType(body, pattern.span, type, { kind: "base", name: "Bool" });
        return { kind: "literal", literal: { type: "Bool", value: pattern.name === "true" } };
      }
      return { kind: "bind", level: bindLocal(body, pattern.name, type, pattern.span).level };
    case "literal": {
      const literal = readLiteral(body, pattern.value, type);
      expectType(body, pattern.span, type, literal.type);
      return { kind: "literal", literal: literal.literal };
    }
    case "tuple": {
      const open = pattern.items.map(() => ({ name: "this", bound: anyKind }) as const);
      const items = instantiate(body, open, pattern.span);
      const fits = unify(type, { kind: "tuple", items });
      if (!fits) wrongShape(body, pattern.span, type, `${items.length} parts in parentheses`);
      return {
        kind: "tuple",
        items: pattern.items.map((item, i) => readPattern(body, item, (fits && items[i]) || wrong)),
      };
    }
    case "list": {
      const [item = wrong] = instantiate(body, listData.params, pattern.span);
      if (!unify(type, listOf(item))) wrongShape(body, pattern.span, type, "a list");
      const items = pattern.items.map((each) => readPattern(body, each, item));
      return {
        kind: "list",
        items,
        rest: pattern.rest === null ? null : readPattern(body, pattern.rest, listOf(item)),
      };
    }
    case "construct":
      return construct(body, pattern.to, pattern.span, type, (made) => {
        if (made !== null && made.fields.length !== pattern.args.length) {
          const count = made.fields.length;
          body.report.error(
            "wrong-count",
            pattern.span,
            `${made.name} has ${count} fields, and here are ${pattern.args.length}`,
          );
        }
        return pattern.args;
      });
    case "record":
      return construct(body, pattern.to, pattern.span, type, (made) => {
        for (const { name } of pattern.fields) {
          if (made?.fields.some((f) => f.name === name.name) !== false) continue;
          body.report.error("unknown-field", name.span, `${made.name} has no field \`${name.name}\``);
        }
        return (made?.fields ?? []).map((field) => {
          const found = pattern.fields.find((f) => f.name.name === field.name);
          if (found !== undefined)
            return found.pattern ?? { kind: "name", name: found.name.name, span: found.name.span };
          if (!pattern.open) {
            body.report.error("missing-field", pattern.span, `the field \`${field.name}\` is left out`, {
              hint: "end with `..` to skip fields",
            });
          }
          return { kind: "any", span: pattern.span };
        });
      });
  }
}

function construct(
  body: Body,
  to: Parameters<typeof findValue>[1],
  span: Span,
  type: Type,
  fieldsOf: (made: Constructor | null) => readonly Pattern[],
): CorePattern {
  const value = findValue(body.names, to);
  if (value?.kind !== "constructor") {
    const name = to.kind === "name" ? to.name : "this";
    body.report.error("unknown-constructor", to.span, `there is no constructor \`${name}\``);
    for (const field of fieldsOf(null)) readPattern(body, field, wrong);
    return { kind: "any" };
  }
  const made = value.constructor;
  refusePrivate(body, made, span, "taken apart");
  const args = instantiate(body, made.data.params, span);
  const whole: Type = { kind: "data", data: made.data, args };
  if (!unify(type, whole)) wrongShape(body, span, type, `a ${made.data.name}`);
  const patterns = fieldsOf(made);
  const fields = made.fields.map((field, i) => {
    const pattern = patterns[i];
    return pattern === undefined
      ? ({ kind: "any" } as const)
      : readPattern(body, pattern, substitute(field.type, args));
  });
  return { kind: "construct", constructor: made, fields };
}

/** Only a module that declares an asset, or a private constructor, makes and unmakes it. */
export function refusePrivate(body: Body, made: Constructor, span: Span, what: string): void {
  if (!made.isPrivate || made.data.owner === body.names.owner) return;
  const hint = `use a function of ${made.data.owner.path}`;
  body.report.error("private", span, `${made.name} can be ${what} only in ${made.data.owner.path}`, { hint });
}

function skip(body: Body, span: Span, type: Type): CorePattern {
  if (!isOpen(type) && mayCopy(kindOf(type))) return { kind: "any" };
  return { kind: "bind", level: bindLocal(body, "_", type, span).level };
}

function wrongShape(body: Body, span: Span, type: Type, found: string): void {
  const details = { expected: `a pattern for ${showType(type)}` };
  body.report.error("wrong-pattern", span, `this pattern matches ${found}`, details);
}

/** Tells of a name that patterns beside each other bind twice. */
export function refuseTwice(body: Body, patterns: readonly Pattern[]): void {
  const seen = new Map<string, Span>();
  const visit = (pattern: Pattern): void => {
    if (pattern.kind === "name" && /^[a-z]/.test(pattern.name) && pattern.name !== "true" && pattern.name !== "false") {
      note(pattern.name, pattern.span);
    } else if (pattern.kind === "record") {
      for (const { name, pattern: part } of pattern.fields) part === null ? note(name.name, name.span) : visit(part);
    } else if (pattern.kind === "construct") pattern.args.forEach(visit);
    else if (pattern.kind === "tuple") pattern.items.forEach(visit);
    else if (pattern.kind === "list")
      [...pattern.items, ...(pattern.rest === null ? [] : [pattern.rest])].forEach(visit);
  };
  const note = (name: string, span: Span): void => {
    const before = seen.get(name);
    const related = before === undefined ? [] : [{ span: before, message: "bound here before" }];
    if (before !== undefined) body.report.error("bound-twice", span, `\`${name}\` is bound twice`, { related });
    seen.set(name, span);
  };
  patterns.forEach(visit);
}

/** Tells of values that no case matches. */
export function requireAll(
  body: Body,
  span: Span,
  cases: readonly (readonly CorePattern[])[],
  types: readonly Type[],
): void {
  if (types.some((t) => resolve(t).kind === "wrong")) return;
  const missing = missingCase(cases, types);
  if (missing === null) return;
  body.report.error("missing-case", span, "not every value is matched", { hint: `left out: ${missing.join(", ")}` });
}
