/** What stands in the way of putting one version of a module in the place of another: state and callers must go on. */
import { encodeType } from "../core/encode.ts";
import type { CoreModule, Named, Table } from "../core/module.ts";
import type { Span } from "../core/term.ts";
import { type DataType, resolve, showType, type Type } from "../core/type.ts";
import type { CheckedModule } from "./checked-module.ts";
import type { Diagnostic } from "./report.ts";

/**
 * Empty where `next` may follow `old`. Stored types stay as they are or are migrated; tables keep their place; what was
 * public stays, with its signature; what was private, or an asset, stays so. Spans point into the source of `next`, or to its
 * head for what is gone.
 */
export function checkUpgrade(old: CheckedModule, next: CheckedModule): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const tell = (code: string, message: string, hint?: string, span: Span = { start: 0, end: 0 }): void => {
    found.push({ code, message, span, related: [], ...(hint === undefined ? {} : { hint }) });
  };
  if (old.path !== next.path) tell("upgrade-path", `${next.path} cannot follow ${old.path}`);
  const before = shaper(old.core);
  const after = shaper(next.core);

  for (const [i, table] of old.core.tables.entries()) {
    const now = next.core.tables[i];
    if (now === undefined || now.name !== table.name) {
      tell(
        "upgrade-table",
        `the table \`${table.name}\` is gone, or not in its place`,
        "new tables come after those there were",
      );
    } else if (before(table.key) !== after(now.key)) {
      tell("upgrade-key", `the key of \`${table.name}\` was ${showType(table.key)}, and is ${showType(now.key)}`);
    } else {
      checkRow(tell, next, table, now, before, after);
    }
  }
  for (const { name, isPublic, form, signature, effects } of old.core.functions) {
    if (!isPublic) continue;
    const now = next.core.functions.find((f) => f.name === name && f.isPublic);
    if (now === undefined) {
      tell("upgrade-export", `\`${name}\` was public, and is gone`);
      continue;
    }
    const bounds = (s: typeof signature): string => s.typeParams.map((p) => p.bound).join();
    const same =
      bounds(signature) === bounds(now.signature) &&
      shapes(signature.params, before) === shapes(now.signature.params, after) &&
      before(signature.result) === after(now.signature.result);
    if (!same) tell("upgrade-signature", `\`${name}\` is public, and has another signature`, undefined, now.span);
    if (form !== now.form && form !== "proc" && now.form !== "fn") {
      tell("upgrade-form", `\`${name}\` was a ${form}, and is a ${now.form}`, undefined, now.span);
    }
    const writes = new Set(effects.writes.map((r) => `${r.hash === null ? "" : "foreign"}${r.index}`));
    const more = now.effects.writes.some((r) => r.hash === null && !writes.has(String(r.index)));
    if (more) tell("upgrade-effects", `\`${name}\` writes tables that it did not write`, undefined, now.span);
  }
  for (const command of old.core.commands) {
    const now = next.core.commands.find((c) => c.name === command.name);
    if (now === undefined) {
      tell("upgrade-export", `the command \`${command.name}\` is gone`);
    } else if (
      shapes(command.params, before) !== shapes(now.params, after) ||
      before(command.result) !== after(now.result)
    ) {
      tell("upgrade-signature", `the command \`${command.name}\` has another signature`, undefined, now.span);
    }
  }
  for (const type of old.core.types) {
    const now = next.core.types.find((t) => t.name === type.name);
    if (now === undefined) continue;
    if (type.isAsset && !now.isAsset) tell("upgrade-asset", `${type.name} was an asset, and is no more`);
    for (const made of type.constructors) {
      const same = now.constructors.find((c) => c.name === made.name);
      if (made.isPrivate && same?.isPrivate === false)
        tell("upgrade-private", `${made.name} was private, and is no more`);
    }
  }
  return found;
}

function checkRow(
  tell: (code: string, message: string, hint?: string, span?: Span) => void,
  next: CheckedModule,
  table: Table,
  now: Table,
  before: (type: Type) => string,
  after: (type: Type) => string,
): void {
  const migration = next.migrations.find((m) => m.table === table.name);
  const isSame = before(table.value) === after(now.value);
  if (migration === undefined) {
    if (isSame) return;
    const hint = `add \`migrate table ${table.name} (old : …) = …\``;
    tell("upgrade-rows", `the rows of \`${table.name}\` have another type than those stored`, hint);
  } else if (withoutNames(before(table.value)) !== withoutNames(after(migration.from))) {
    const message = `this migration reads ${showType(migration.from)}, and the rows stored are ${showType(table.value)}`;
    tell("upgrade-migration", message, "declare the old type under a new name, field by field", migration.span);
  }
}

function shapes(params: readonly Named[], shape: (type: Type) => string): string {
  return params.map((p) => shape(p.type)).join(";");
}

/** Migrations read an old type under a new name. */
function withoutNames(shape: string): string {
  return shape.replace(/'[^']*'/g, "");
}

/** The structure of a type as text: the module's own types by their constructors, those of others by their hash. */
function shaper(module: CoreModule): (type: Type) => string {
  const shape = (type: Type, inside: readonly DataType[]): string => {
    const seen = resolve(type);
    switch (seen.kind) {
      case "tuple":
        return `(${seen.items.map((item) => shape(item, inside)).join()})`;
      case "arrow":
        return `(${seen.params.map((p) => shape(p, inside)).join()})->${shape(seen.result, inside)}${seen.once ? "!" : ""}`;
      case "data": {
        const args = seen.args.map((arg) => shape(arg, inside)).join();
        if (seen.data.owner !== module.owner) return `${seen.data.owner.hash}.${seen.data.name}(${args})`;
        const above = inside.indexOf(seen.data);
        if (above >= 0) return `^${inside.length - above}(${args})`;
        const made = seen.data.constructors.map((c) => {
          const fields = c.fields.map((f) => `${f.name ?? ""}:${shape(f.type, [...inside, seen.data])}`);
          return `${c.name === seen.data.name ? "" : c.name}{${fields.join()}}`;
        });
        return `${seen.data.isAsset ? "asset" : "data"}'${seen.data.name}'(${args})${made.join("|")}`;
      }
      default:
        return encodeType(seen).join(".");
    }
  };
  return (type) => shape(type, []);
}
