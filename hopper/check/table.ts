/** Tables, events and `moves`: what a proc or a command does to the world. */
import { dataKind, mayCopy } from "../core/kind.ts";
import type { Ref, Span, Term } from "../core/term.ts";
import { base, kindOf, resolve, showType, substitute, type Type, unit, wrong } from "../core/type.ts";
import type { Expr, Name, Statement } from "../syntax/tree.ts";
import { actElsewhere, type Body, branches, check, type Typed } from "./body.ts";
import { checkFields } from "./call.ts";
import { nearest } from "./names.ts";
import { unify } from "./unify.ts";

/** `inPart` where only a field of the row is read. */
export function inferTable(body: Body, expr: Extract<Expr, { kind: "take" | "get" }>, inPart = false): Typed {
  const row = findRow(body, expr.kind, expr.table, expr.key, expr.span);
  if (row === null) return { term: { kind: "tuple", items: [] }, type: wrong };
  if (expr.kind === "get" && !inPart && kindOf(row.value) !== dataKind) {
    const hint = `take the row out, or read a field: get ${expr.table.name}[…].field`;
    body.report.error("get-asset", expr.span, `\`get\` would copy ${showType(row.value)}, which cannot be copied`, {
      hint,
    });
  }
  const { absent } = expr;
  const span = expr.span;
  const missing = (fault: string): Term => ({ kind: "fail", fault, span });
  let instead = missing(absent?.kind === "else" ? absent.fault.name : "Missing");
  if (absent?.kind === "or") {
    const present = row.key;
    const [term] = branches(body, [
      { span: absent.value.span, run: () => check(body, absent.value, row.value) },
      { span: expr.table.span, run: () => present },
    ]);
    if (term !== undefined) instead = term;
  }
  return { term: { kind: expr.kind, table: row.index, key: row.key, absent: instead, span }, type: row.value };
}

type Row = { readonly index: number; readonly key: Term; readonly value: Type };

function findRow(body: Body, what: string, table: Name, keys: readonly Expr[], span: Span): Row | null {
  requireAct(body, span, what);
  const found = body.names.tables.get(table.name);
  if (found === undefined) {
    const near = nearest(table.name, body.names.tables.keys());
    const hint = near === null ? "only tables of this module can be touched" : `did you mean ${near}?`;
    body.report.error("unknown-table", table.span, `there is no table \`${table.name}\` in this module`, { hint });
    for (const key of keys) body.infer(body, key, null);
    return null;
  }
  const { key, value, keyNames } = found.table;
  const columns = keyNames.length > 1 && key.kind === "tuple" ? key.items : [key];
  if (keys.length !== columns.length) {
    const count = `${columns.length} key${columns.length === 1 ? "" : "s"}`;
    body.report.error("wrong-count", span, `\`${table.name}\` has ${count}, and here are ${keys.length}`, {
      expected: showType(key),
    });
    return null;
  }
  const terms = keys.map((each, i) => check(body, each, columns[i] ?? wrong));
  const [only] = terms;
  return {
    index: found.index,
    key: columns.length === 1 && only !== undefined ? only : { kind: "tuple", items: terms },
    value,
  };
}

function requireAct(body: Body, span: Span, what: string): void {
  if (body.form === "proc" || body.form === "command" || (body.form === "look" && what === "get")) return;
  body.report.error("not-pure", span, `only a proc or a command may \`${what}\``, {
    hint: actElsewhere(body, "make this a proc"),
  });
}

/** Puts over an asset would drop it, so the row must be absent; `put new` asks that of any row. */
export function checkPut(body: Body, put: Extract<Statement, { kind: "put" }>): Term {
  const row = findRow(body, "put", put.table, put.key, put.span);
  const value = row === null ? body.infer(body, put.value, null).term : check(body, put.value, row.value);
  if (row === null) return value;
  if (put.fault !== null && !put.isNew) {
    body.report.error(
      "put-else",
      put.fault.span,
      "`else` belongs to `put new`: a plain put does not ask whether there is a row",
    );
  }
  const fault = put.fault?.name ?? (put.isNew || !mayCopy(kindOf(row.value)) ? "Exists" : null);
  return { kind: "put", table: row.index, key: row.key, value, fault, span: put.span };
}

export function checkEmit(body: Body, emit: Extract<Statement, { kind: "emit" }>): Term {
  requireAct(body, emit.span, "emit");
  const found = body.names.events.get(emit.event.name);
  if (found === undefined) {
    const near = nearest(emit.event.name, body.names.events.keys());
    const details = near === null ? {} : { hint: `did you mean ${near}?` };
    body.report.error(
      "unknown-event",
      emit.event.span,
      `there is no event \`${emit.event.name}\` in this module`,
      details,
    );
    return { kind: "tuple", items: [] };
  }
  const fields = checkFields(body, found.event.fields, emit.fields, emit.event.name, emit.span);
  return { kind: "emit", event: found.index, fields, span: emit.span };
}

/** The tables that `moves` watches: rows keyed by (unit, account) that hold an asset with an `amount : Nat`. */
export function checkMoves(body: Body, moves: Extract<Statement, { kind: "moves" }>): Term {
  requireAct(body, moves.span, "moves");
  if (body.form !== "command") body.report.error("moves-outside", moves.span, "`moves` belongs to a command");
  const of = body.infer(body, moves.unit, null);
  let account: Type | null = null;
  const changes = moves.changes.map((change) => {
    const who = body.infer(body, change.account, account);
    if (account === null) account = who.type;
    else if (!unify(account, who.type)) {
      body.report.error("wrong-type", change.account.span, `this is ${showType(who.type)}`, {
        expected: showType(account),
      });
    }
    return { account: who.term, amount: check(body, change.amount, base("Nat")), gains: change.gains };
  });
  const tables = account === null ? [] : watched(body, of.type, account);
  if (tables.length === 0) {
    const hint = "a table (unit, account) => asset with a field `amount : Nat`, here or in a module that is used";
    body.report.error("nothing-moves", moves.span, "no table holds amounts of this unit by account", { hint });
  }
  return { kind: "moves", tables, unit: of.term, changes, span: moves.span };
}

function watched(body: Body, of: Type, account: Type): readonly Ref[] {
  const own = [...body.names.tables.values()].map(({ table, index }) => ({ table, ref: { hash: null, index } }));
  const others = [...body.names.modules.values()].flatMap((m) =>
    m.core.tables.map((table, index) => ({ table, ref: { hash: m.hash, index } })),
  );
  return [...own, ...others].flatMap(({ table, ref }) => {
    const key = resolve(table.key);
    const value = resolve(table.value);
    if (key.kind !== "tuple" || key.items.length !== 2 || value.kind !== "data" || !value.data.isAsset) return [];
    const [only, another] = value.data.constructors;
    const amount = only?.fields.find((f) => f.name === "amount");
    if (another !== undefined || amount === undefined) return [];
    const fits =
      unify(substitute(amount.type, value.args), base("Nat")) && unify(key, { kind: "tuple", items: [of, account] });
    return fits ? [ref] : [];
  });
}

export const done: Typed = { term: { kind: "tuple", items: [] }, type: unit };
