/** Finds what a match leaves out. */
import type { Pattern } from "../core/term.ts";
import { listData, resolve, substitute, type Type } from "../core/type.ts";

/** One way in which a value may begin. */
type Head = {
  readonly key: string;
  readonly parts: readonly Type[];
  readonly show: (parts: readonly string[]) => string;
};

/** Patterns of a value that no row matches, as text, one for each column; null where every value is matched. */
export function missingCase(rows: readonly (readonly Pattern[])[], types: readonly Type[]): readonly string[] | null {
  const [type, ...others] = types;
  if (type === undefined) return rows.length === 0 ? [] : null;
  const heads = headsOf(type);
  const used = new Set(rows.flatMap(([first]) => (first === undefined ? [] : (split(first)?.key ?? []))));
  if (heads?.every((h) => used.has(h.key))) {
    for (const head of heads) {
      const count = head.parts.length;
      const missing = missingCase(narrow(rows, head), [...head.parts, ...others]);
      if (missing !== null) return [head.show(missing.slice(0, count)), ...missing.slice(count)];
    }
    return null;
  }
  const rest = rows.flatMap(([first, ...after]) => (first === undefined || split(first) === null ? [after] : []));
  const missing = missingCase(rest, others);
  if (missing === null) return null;
  const unused = heads?.find((h) => !used.has(h.key));
  return [unused === undefined ? "_" : unused.show(unused.parts.map(() => "_")), ...missing];
}

/** The rows that match values beginning with `head`, with its parts as columns in the place of the first. */
function narrow(rows: readonly (readonly Pattern[])[], head: Head): readonly (readonly Pattern[])[] {
  return rows.flatMap(([first, ...after]) => {
    const at = first === undefined ? null : split(first);
    if (at === null) return [[...head.parts.map((): Pattern => ({ kind: "any" })), ...after]];
    return at.key === head.key ? [[...at.parts, ...after]] : [];
  });
}

/** How a pattern begins; null where it matches everything. */
function split(pattern: Pattern): { readonly key: string; readonly parts: readonly Pattern[] } | null {
  switch (pattern.kind) {
    case "any":
    case "bind":
      return null;
    case "construct":
      return { key: String(pattern.constructor.index), parts: pattern.fields };
    case "tuple":
      return { key: "tuple", parts: pattern.items };
    case "list": {
      const [first, ...items] = pattern.items;
      if (first !== undefined) return { key: "item", parts: [first, { kind: "list", items, rest: pattern.rest }] };
      return pattern.rest === null ? { key: "empty", parts: [] } : split(pattern.rest);
    }
    case "literal": {
      const literal = pattern.literal;
      if (literal.type === "Rat") return { key: `${literal.numerator}%${literal.denominator}`, parts: [] };
      return { key: String(literal.value), parts: [] };
    }
  }
}

/** All ways in which a value of the type may begin; null where they are without end. */
function headsOf(type: Type): readonly Head[] | null {
  const seen = resolve(type);
  if (seen.kind === "tuple") return [{ key: "tuple", parts: seen.items, show: (parts) => `(${parts.join(", ")})` }];
  if (seen.kind === "base" && seen.name === "Bool")
    return ["true", "false"].map((key) => ({ key, parts: [], show: () => key }));
  if (seen.kind !== "data") return null;
  const [item] = seen.args;
  if (seen.data === listData && item !== undefined) {
    return [
      { key: "empty", parts: [], show: () => "[]" },
      { key: "item", parts: [item, seen], show: ([first = "_"]) => `[${first}, ..]` },
    ];
  }
  if (seen.data.constructors.length === 0) return null;
  return seen.data.constructors.map((c) => ({
    key: String(c.index),
    parts: c.fields.map((f) => substitute(f.type, seen.args)),
    show: (parts) => (parts.length === 0 ? c.name : `${c.name}(${parts.join(", ")})`),
  }));
}
