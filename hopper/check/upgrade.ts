/** What stands in the way of putting one version of a module in the place of another: state and callers must go on. */
import type { CoreModule, Named, Table } from "../core/module.ts";
import type { Span } from "../core/term.ts";
import { type DataType, partsOf, resolve, sameData, showType, type Type, wrong } from "../core/type.ts";
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
  const same = comparer(old.core, next.core, true);

  for (const [i, table] of old.core.tables.entries()) {
    const now = next.core.tables[i];
    if (now === undefined || now.name !== table.name) {
      tell(
        "upgrade-table",
        `the table \`${table.name}\` is gone, or not in its place`,
        "new tables come after those there were",
      );
    } else if (!same(table.key, now.key)) {
      tell("upgrade-key", `the key of \`${table.name}\` was ${showType(table.key)}, and is ${showType(now.key)}`);
    } else {
      checkRow(tell, old, next, table, now);
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
    const isSame =
      bounds(signature) === bounds(now.signature) &&
      sameAll(signature.params, now.signature.params, same) &&
      same(signature.result, now.signature.result);
    if (!isSame) tell("upgrade-signature", `\`${name}\` is public, and has another signature`, undefined, now.span);
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
    } else if (!sameAll(command.params, now.params, same) || !same(command.result, now.result)) {
      tell("upgrade-signature", `the command \`${command.name}\` has another signature`, undefined, now.span);
    }
  }
  for (const type of old.core.types) {
    const now = next.core.types.find((t) => t.name === type.name);
    if (now === undefined) continue;
    if (type.isAsset && !now.isAsset) tell("upgrade-asset", `${type.name} was an asset, and is no more`);
    for (const made of type.constructors) {
      const still = now.constructors.find((c) => c.name === made.name);
      if (made.isPrivate && still?.isPrivate === false)
        tell("upgrade-private", `${made.name} was private, and is no more`);
    }
  }
  return found;
}

function checkRow(
  tell: (code: string, message: string, hint?: string, span?: Span) => void,
  old: CheckedModule,
  next: CheckedModule,
  table: Table,
  now: Table,
): void {
  const migration = next.migrations.find((m) => m.table === table.name);
  const isSame = comparer(old.core, next.core, true)(table.value, now.value);
  if (migration === undefined) {
    if (isSame) return;
    const hint = `add \`migrate table ${table.name} (old : …) = …\``;
    tell("upgrade-rows", `the rows of \`${table.name}\` have another type than those stored`, hint);
  } else if (!comparer(old.core, next.core, false)(table.value, migration.from)) {
    const message = `this migration reads ${showType(migration.from)}, and the rows stored are ${showType(table.value)}`;
    tell("upgrade-migration", message, "declare the old type under a new name, field by field", migration.span);
  }
}

function sameAll(before: readonly Named[], after: readonly Named[], same: (a: Type, b: Type) => boolean): boolean {
  return before.length === after.length && before.every((p, i) => same(p.type, after[i]?.type ?? wrong));
}

/**
 * Compares types of two versions by structure: those that the module declares by their constructors, those of others by
 * their hash. `byName` asks for the same names; a migration reads an old type under a new one.
 */
function comparer(old: CoreModule, next: CoreModule, byName: boolean): (a: Type, b: Type) => boolean {
  // A pair under way is taken to be the same. Where that proves wrong, the upgrade is refused already.
  const pairs = new Map<DataType, Set<DataType>>();
  const sameOwn = (a: DataType, b: DataType): boolean => {
    if (a.isAsset !== b.isAsset || (byName && a.name !== b.name) || a.constructors.length !== b.constructors.length)
      return false;
    const known = pairs.get(a) ?? new Set();
    if (known.has(b)) return true;
    pairs.set(a, known.add(b));
    return a.constructors.every((made, i) => {
      const other = b.constructors[i];
      if (other === undefined || made.fields.length !== other.fields.length) return false;
      // The constructor of a record has the record's name.
      const isRenamed = !byName && made.name === a.name && other.name === b.name;
      if (made.name !== other.name && !isRenamed) return false;
      return made.fields.every(
        (f, j) => f.name === other.fields[j]?.name && same(f.type, other.fields[j]?.type ?? wrong),
      );
    });
  };
  const same = (a: Type, b: Type): boolean => {
    const x = resolve(a);
    const y = resolve(b);
    if (x.kind !== y.kind) return false;
    if (x.kind === "base" && y.kind === "base") return x.name === y.name;
    if (x.kind === "param" && y.kind === "param") return x.index === y.index;
    if (x.kind === "arrow" && y.kind === "arrow" && x.once !== y.once) return false;
    if (x.kind === "data" && y.kind === "data") {
      const isOwn = x.data.owner === old.owner && y.data.owner === next.owner;
      if (isOwn ? !sameOwn(x.data, y.data) : !sameData(x.data, y.data)) return false;
    }
    const [xs, ys] = [partsOf(x), partsOf(y)];
    return xs.length === ys.length && xs.every((part, i) => same(part, ys[i] ?? wrong));
  };
  return same;
}
