/** What a command did, as people read it: rows before and after, events, and keys by the names that they were made from. */
import type { Told } from "../run/execution.ts";
import type { Change } from "../run/journal.ts";
import type { Machine } from "../run/machine.ts";
import { keyOfName } from "../run/primitives.ts";
import { hexOf, showKeyUpTo, showUpTo } from "../run/show.ts";

/** Letters of a value that are shown. */
const shownMax = 2000;

/** By the hash in hex. */
export type KeyNames = ReadonlyMap<string, string>;

/** The names in all `key("…")` of a text, with the keys that they stand for. */
export function namesIn(text: string, sha256: Machine["sha256"]): KeyNames {
  const names = new Map<string, string>();
  for (const [, name = ""] of text.matchAll(/\bkey\(\s*"([^"\\\n]{1,100})"\s*\)/g)) {
    if (name.isWellFormed()) names.set(hexOf(keyOfName(name, sha256)), name);
  }
  return names;
}

/** A shown value with `key("alice")` for the key's hash. */
export function withNames(text: string, names: KeyNames): string {
  return text.replace(/\bkey\("([0-9a-f]{64})"\)/g, (whole, hash: string) => {
    const name = names.get(hash);
    return name === undefined ? whole : `key("${name}")`;
  });
}

/** Lines with `-` for rows as they were and `+` for rows as they are now. */
export function showChanges(machine: Machine, changes: readonly Change[], names: KeyNames): readonly string[] {
  return changes.flatMap(({ table, key, before, after, was }) => {
    const inside = showKeyUpTo(shownMax, key, table.shape.key, table.shapes).text;
    const place = `${tableName(machine, table.id)}[${inside}]`;
    const old = was ?? { shape: table.shape.value, shapes: table.shapes };
    const lines: string[] = [];
    if (before !== undefined) lines.push(`- ${place} = ${showUpTo(shownMax, before, old.shape, old.shapes).text}`);
    if (after !== undefined)
      lines.push(`+ ${place} = ${showUpTo(shownMax, after, table.shape.value, table.shapes).text}`);
    return lines.map((line) => withNames(line, names));
  });
}

/** `std/coin.purse`, for a table's lineage and name. */
export function tableName(machine: Machine, id: string): string {
  const at = id.lastIndexOf("/");
  const lineage = id.slice(0, at);
  for (const [path, known] of machine.names) if (known.lineage === lineage) return `${path}.${id.slice(at + 1)}`;
  return id;
}

export function showEvents(events: readonly Told[], names: KeyNames): readonly string[] {
  return events.map(({ module: { ir }, event, fields }) => {
    const told = ir.events[event];
    if (told === undefined) throw new Error("assert: an event is one of its module");
    const parts = told.fields.map(({ name, shape }, i) => {
      const value = fields[i];
      return `${name} = ${value === undefined ? "?" : showUpTo(shownMax, value, shape, ir.shapes).text}`;
    });
    return withNames(`! ${told.name}${parts.length === 0 ? "" : ` { ${parts.join(", ")} }`}`, names);
  });
}
