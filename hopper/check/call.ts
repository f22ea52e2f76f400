/** Calls, and the making of values. */
import type { Span, Term } from "../core/term.ts";
import { type Constructor, holdsAnywhere, resolve, showType, substitute, type Type, wrong } from "../core/type.ts";
import type { Expr, FieldNode } from "../syntax/tree.ts";
import { actElsewhere, type Body, check, findLocal, instantiate, type Typed } from "./body.ts";
import { type FunctionEntry, findValue, nearest, qualifier } from "./names.ts";
import { refusePrivate } from "./pattern.ts";
import { badMap } from "./types.ts";
import { unify } from "./unify.ts";

/** Primitives that ask about the running command. */
const asksCommand: ReadonlySet<string> = new Set(["signer", "quorum"]);

export function inferCall(body: Body, expr: Extract<Expr, { kind: "call" }>, want: Type | null): Typed {
  const isLocal = expr.to.kind === "name" && findLocal(body, expr.to.name) !== null;
  const value = isLocal ? null : findValue(body.names, expr.to);
  if (value?.kind === "constructor") return inferConstruct(body, value.constructor, expr.span, expr.args, want);
  if (value?.kind === "function") return callFunction(body, value, expr, want);
  if (!isLocal && refuseCallee(body, expr)) return skipArguments(body, expr.args);
  const to = body.infer(body, expr.to, null);
  const type = resolve(to.type);
  if (type.kind !== "arrow") {
    if (type.kind !== "wrong")
      body.report.error("not-a-function", expr.to.span, `this is ${showType(type)}, not a function`);
    return skipArguments(body, expr.args);
  }
  const args = checkArguments(body, expr.args, type.params, expr.span, "this function");
  return { term: { kind: "apply", to: to.term, args, span: expr.span }, type: type.result };
}

/** Tells why a name cannot be called, where it is the name of something else. */
function refuseCallee(body: Body, expr: Extract<Expr, { kind: "call" }>): boolean {
  const { to } = expr;
  const name = to.kind === "name" ? to.name : (qualifier(body.names, to)?.name ?? null);
  if (name === null || name === "auth") return false;
  if (to.kind === "name" && body.names.commands.has(name)) {
    const hint = "move what both need into a proc";
    body.report.error("calls-command", to.span, `\`${name}\` is a command, and those are called from outside only`, {
      hint,
    });
    return true;
  }
  if (to.kind === "name" && ["now", "self", "selfAuth", "true", "false"].includes(name)) return false;
  const near = nearest(name, [...body.locals.map((l) => l.name), ...body.names.values.keys()]);
  const isField = to.kind === "field";
  const message = isField
    ? `\`${to.of.kind === "name" ? to.of.name : ""}\` lets no one call \`${name}\``
    : `there is no \`${name}\` here`;
  body.report.error(
    "unknown-name",
    to.span,
    message,
    near === null || isField ? {} : { hint: `did you mean ${near}?` },
  );
  return true;
}

function skipArguments(body: Body, args: readonly Expr[]): Typed {
  for (const arg of args) body.infer(body, arg, null);
  return { term: { kind: "tuple", items: [] }, type: wrong };
}

function callFunction(
  body: Body,
  entry: FunctionEntry,
  expr: Extract<Expr, { kind: "call" }>,
  want: Type | null,
): Typed {
  refuseForm(body, entry, expr.span);
  const { signature } = entry;
  const types = instantiate(body, signature.typeParams, expr.span);
  const result = substitute(signature.result, types);
  if (want !== null && types.length > 0) unify(result, want);
  const params = signature.params.map((p) => substitute(p.type, types));
  const args = checkArguments(body, expr.args, params, expr.span, entry.name);
  if (types.length > 0) {
    body.report.whenKnown(result, () => {
      if (holdsAnywhere(result, badMap) && !params.some((param) => holdsAnywhere(param, badMap)))
        body.report.error("bad-key", expr.span, "the keys of a map contain no functions");
    });
  }
  const { primitive, ref } = entry;
  const term: Term =
    primitive === null
      ? { kind: "call", ref, args, span: expr.span }
      : { kind: "primitive", name: primitive, args, span: expr.span };
  return { term, type: result };
}

function refuseForm(body: Body, entry: FunctionEntry, span: Span): void {
  const mayAct = body.form === "proc" || body.form === "command";
  if (entry.form === "proc" && !mayAct && body.form !== "look") {
    const hint = actElsewhere(body, "make the caller a proc");
    body.report.error("not-pure", span, `\`${entry.name}\` is a proc, and only a proc or a command may call it`, {
      hint,
    });
  } else if (entry.primitive === "quorum" && body.form !== "command") {
    // Were procs to make evidence, whatever module a command calls could use all that its signers own together.
    const hint = actElsewhere(body, "take it as a parameter, `by : Auth`");
    const details = body.form === "pure" || body.form === "look" ? {} : { hint };
    body.report.error("no-auth", span, "`quorum` makes evidence, and only a command may", details);
  } else if (entry.primitive !== null && asksCommand.has(entry.primitive) && !mayAct) {
    const details = body.form === "value" ? { hint: actElsewhere(body, "") } : {};
    body.report.error("not-pure", span, `\`${entry.name}\` is known only to a proc or a command`, details);
  } else if (entry.form === "rec fn" && body.form === "fn") {
    const hint = "make the caller a `rec fn` too";
    body.report.error("may-loop", span, `\`${entry.name}\` may loop, and a \`fn\` always ends`, { hint });
  }
}

/** A function as a value. */
export function nameFunction(body: Body, entry: FunctionEntry, span: Span, want: Type | null): Typed {
  if (entry.form === "proc" || (entry.primitive !== null && asksCommand.has(entry.primitive))) {
    const hint = entry.form === "proc" ? "call it here, or write a function around it" : "call it before, with a let";
    body.report.error("proc-value", span, `\`${entry.name}\` acts on tables or signers, so it is no value`, { hint });
  }
  if (entry.form === "rec fn") refuseForm(body, entry, span);
  const { signature } = entry;
  const types = instantiate(body, signature.typeParams, span);
  const params = signature.params.map((p) => substitute(p.type, types));
  const result = substitute(signature.result, types);
  const type: Type = { kind: "arrow", params, result, once: false };
  if (want !== null) unify(type, want);
  const { primitive, ref } = entry;
  if (primitive === null && types.length === 0) return { term: { kind: "function", ref }, type };
  // A primitive has no code of its own, and generic code no types: the value is a function that calls it.
  const level = body.locals.length;
  const around = body.locals.map((local) => local.type);
  const args = params.map((_, i): Term => ({ kind: "local", level: level + i }));
  const inner: Term =
    primitive === null ? { kind: "call", ref, args, span } : { kind: "primitive", name: primitive, args, span };
  return { term: { kind: "lambda", level, params, result, around, body: inner }, type };
}

function checkArguments(
  body: Body,
  args: readonly Expr[],
  params: readonly Type[],
  span: Span,
  name: string,
): readonly Term[] {
  if (args.length !== params.length) {
    const expected = params.length === 0 ? "none" : `(${params.map(showType).join(", ")})`;
    const count = params.length === 1 ? "1 argument" : `${params.length} arguments`;
    body.report.error("wrong-count", span, `${name} takes ${count}, and here are ${args.length}`, { expected });
    for (const arg of args) body.infer(body, arg, null);
    return [];
  }
  return args.map((arg, i) => check(body, arg, params[i] ?? wrong));
}

/** Fields by position. */
export function inferConstruct(
  body: Body,
  made: Constructor,
  span: Span,
  args: readonly Expr[],
  want: Type | null,
): Typed {
  const { fields, type } = startConstruct(body, made, span, want);
  const terms = checkArguments(body, args, fields, span, made.name);
  return { term: { kind: "construct", constructor: made, args: terms }, type };
}

function startConstruct(
  body: Body,
  made: Constructor,
  span: Span,
  want: Type | null,
): { readonly type: Type; readonly fields: readonly Type[] } {
  refusePrivate(body, made, span, "made");
  const types = instantiate(body, made.data.params, span);
  const type: Type = { kind: "data", data: made.data, args: types };
  if (want !== null && types.length > 0) unify(type, want);
  return { type, fields: made.fields.map((f) => substitute(f.type, types)) };
}

export function inferRecord(body: Body, expr: Extract<Expr, { kind: "record" }>, want: Type | null): Typed {
  const value = findValue(body.names, expr.to);
  if (value?.kind !== "constructor") {
    const name = expr.to.kind === "name" ? expr.to.name : "this";
    body.report.error("unknown-constructor", expr.to.span, `there is no constructor \`${name}\``);
    return { term: { kind: "tuple", items: [] }, type: wrong };
  }
  const made = value.constructor;
  const { fields, type } = startConstruct(body, made, expr.span, want);
  const named = made.fields.map((field, i) => ({ name: field.name ?? "", type: fields[i] ?? wrong }));
  const args = checkFields(body, named, expr.fields, made.name, expr.span);
  return { term: { kind: "construct", constructor: made, args }, type };
}

/** Named fields, worked out in the order in which they are declared. */
export function checkFields(
  body: Body,
  declared: readonly { readonly name: string; readonly type: Type }[],
  given: readonly FieldNode[],
  owner: string,
  span: Span,
): readonly Term[] {
  for (const [i, { name }] of given.entries()) {
    if (!declared.some((d) => d.name === name.name)) {
      const near = nearest(
        name.name,
        declared.map((d) => d.name),
      );
      const hint = near === null ? `it has ${declared.map((d) => d.name).join(", ")}` : `did you mean ${near}?`;
      body.report.error("unknown-field", name.span, `${owner} has no field \`${name.name}\``, { hint });
    } else if (given.findIndex((g) => g.name.name === name.name) !== i) {
      body.report.error("field-twice", name.span, `the field \`${name.name}\` is given twice`);
    }
  }
  return declared.flatMap(({ name, type }) => {
    const field = given.find((g) => g.name.name === name);
    if (field !== undefined) return [check(body, field.value ?? { kind: "name", name, span: field.name.span }, type)];
    body.report.error("missing-field", span, `the field \`${name}\` of ${owner} is left out`, {
      expected: showType(type),
    });
    return [];
  });
}
