/** What a name means in a module: its own declarations, what it imports, and what is built in. */
import { step } from "../core/budget.ts";
import type { Event, Form, Signature, Table } from "../core/module.ts";
import type { Ref, Span } from "../core/term.ts";
import { builtInTypes, type Constructor, type DataType, type Owner } from "../core/type.ts";
import type { Expr, Name } from "../syntax/tree.ts";
import type { CheckedModule } from "./checked-module.ts";
import type { Reporter } from "./report.ts";

export type FunctionEntry = {
  readonly kind: "function";
  readonly name: string;
  readonly form: Form;
  readonly ref: Ref;
  readonly signature: Signature;
  /** Name of the evaluator's primitive for what is built in. */
  readonly primitive: string | null;
};

export type Value = FunctionEntry | { readonly kind: "constructor"; readonly constructor: Constructor };

export type Names = {
  readonly owner: Owner;
  readonly types: Map<string, DataType>;
  readonly values: Map<string, Value>;
  readonly tables: Map<string, { readonly table: Table; readonly index: number }>;
  readonly events: Map<string, { readonly event: Event; readonly index: number }>;
  readonly commands: Map<string, { readonly index: number }>;
  /** By alias. */
  readonly modules: Map<string, CheckedModule>;
};

export function startNames(owner: Owner, builtIns: readonly FunctionEntry[]): Names {
  const names: Names = {
    owner,
    types: new Map(builtInTypes.map((data) => [data.name, data])),
    values: new Map(builtIns.map((entry) => [entry.name, entry])),
    tables: new Map(),
    events: new Map(),
    commands: new Map(),
    modules: new Map(),
  };
  for (const made of builtInTypes.flatMap((data) => data.constructors)) {
    names.values.set(made.name, { kind: "constructor", constructor: made });
  }
  return names;
}

export function findValue(names: Names, expr: Expr): Value | null {
  if (expr.kind === "name") return names.values.get(expr.name) ?? null;
  const from = qualifier(names, expr);
  return from === null ? null : (from.module.values.get(from.name) ?? null);
}

export function findType(names: Names, expr: Expr): DataType | null {
  if (expr.kind === "name") return names.types.get(expr.name) ?? null;
  const from = qualifier(names, expr);
  return from === null ? null : (from.module.types.get(from.name) ?? null);
}

/** The module and the name of `coin.pay`. */
export function qualifier(names: Names, expr: Expr): { readonly module: CheckedModule; readonly name: string } | null {
  if (expr.kind !== "field" || expr.of.kind !== "name") return null;
  const module = names.modules.get(expr.of.name);
  return module === undefined ? null : { module, name: expr.name.name };
}

/** Adds a declaration, or tells that its name is taken. */
export function declareName<T>(
  report: Reporter,
  where: Map<string, T>,
  places: Map<string, Span>,
  name: Name,
  value: T,
): void {
  const before = places.get(name.name);
  if (before !== undefined) {
    const related = [{ span: before, message: "declared here before" }];
    report.error("declared-twice", name.span, `\`${name.name}\` is declared twice`, { related });
    return;
  }
  places.set(name.name, name.span);
  where.set(name.name, value);
}

/** Longer names are told without a proposal: the search costs their square. */
const nameLengthMax = 32;

/** The name among `known` that differs from `name` by the fewest letters, if by few. */
export function nearest(name: string, known: Iterable<string>): string | null {
  if (name.length > nameLengthMax) return null;
  let best: string | null = null;
  let least = Math.min(3, Math.ceil(name.length / 2));
  for (const other of known) {
    if (Math.abs(other.length - name.length) >= least) continue;
    const distance = editDistance(name, other);
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    step();
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
