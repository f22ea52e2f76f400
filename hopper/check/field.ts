/** Fields: reading a part that may be copied is no use of the whole. */
import { mayCopy } from "../core/kind.ts";
import type { Span } from "../core/term.ts";
import { kindOf, resolve, showType, substitute, type Type, wrong } from "../core/type.ts";
import type { Expr } from "../syntax/tree.ts";
import { type Body, findLocal, type Typed } from "./body.ts";
import { type Local, look } from "./flow.ts";
import { nearest } from "./names.ts";
import { inferTable } from "./table.ts";

/** A local, or fields of one, which may be looked at without using it up. */
function inferPath(body: Body, expr: Expr): { readonly typed: Typed; readonly root: Local } | null {
  if (expr.kind === "name") {
    const local = findLocal(body, expr.name);
    return local === null
      ? null
      : { typed: { term: { kind: "local", level: local.level }, type: local.type }, root: local };
  }
  if (expr.kind !== "field") return null;
  const of = inferPath(body, expr.of);
  return of === null ? null : { typed: project(body, of.typed, expr), root: of.root };
}

export function inferField(body: Body, expr: Extract<Expr, { kind: "field" }>): Typed {
  const path = inferPath(body, expr);
  if (path !== null) {
    look(body.report, body.flow, body.fences, path.root, expr.span);
    requireCopy(body, path.typed.type, expr.span, expr.name.name);
    return path.typed;
  }
  // A field of an asset in a table is read without touching the row.
  const inTable = expr.of.kind === "get";
  const of = expr.of.kind === "get" ? inferTable(body, expr.of, true) : body.infer(body, expr.of, null);
  const found = project(body, of, expr);
  if (inTable) requireCopy(body, found.type, expr.span, expr.name.name);
  else {
    body.report.whenKnown(of.type, () => {
      if (mayCopy(kindOf(of.type))) return;
      const hint = "bind it with a let, then read its field";
      body.report.error("dropped", expr.span, `reading a field would drop the rest of this ${showType(of.type)}`, {
        hint,
      });
    });
  }
  return found;
}

function requireCopy(body: Body, type: Type, span: Span, name: string): void {
  body.report.whenKnown(type, () => {
    if (mayCopy(kindOf(type))) return;
    const hint = "take the whole apart with a match or a let";
    body.report.error("field-held", span, `\`${name}\` is ${showType(type)}, which cannot be copied out`, { hint });
  });
}

function project(body: Body, of: Typed, expr: Extract<Expr, { kind: "field" }>): Typed {
  const type = resolve(of.type);
  if (type.kind === "wrong") return { term: of.term, type: wrong };
  const [only, another] = type.kind === "data" ? type.data.constructors : [];
  if (type.kind === "data" && only !== undefined && another === undefined) {
    const index = only.fields.findIndex((f) => f.name === expr.name.name);
    const field = only.fields[index];
    if (field !== undefined) {
      return { term: { kind: "field", of: of.term, data: type.data, index }, type: substitute(field.type, type.args) };
    }
    const near = nearest(
      expr.name.name,
      only.fields.map((f) => f.name ?? ""),
    );
    const hint = near === null ? `it has ${only.fields.map((f) => f.name).join(", ")}` : `did you mean ${near}?`;
    body.report.error("unknown-field", expr.name.span, `${type.data.name} has no field \`${expr.name.name}\``, {
      hint,
    });
  } else {
    body.report.error("no-fields", expr.name.span, `${showType(type)} has no field \`${expr.name.name}\``);
  }
  return { term: of.term, type: wrong };
}
