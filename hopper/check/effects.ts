/** Which tables a body may touch: its own, and those of what it calls. */
import { walk } from "../core/children.ts";
import type { Effects } from "../core/module.ts";
import type { Ref, Term } from "../core/term.ts";

export const noEffects: Effects = { reads: [], writes: [] };

/**
 * Effects of every body of a module, by index; `callees` answers for imported functions. A body that reaches itself adds
 * nothing by that.
 */
export function inferEffects(bodies: readonly Term[], imported: (ref: Ref) => Effects): readonly Effects[] {
  const known = new Map<number, Effects>();
  const effectsOf = (index: number): Effects => {
    const before = known.get(index);
    if (before !== undefined) return before;
    known.set(index, noEffects);
    const reads = new Map<string, Ref>();
    const writes = new Map<string, Ref>();
    const add = (effects: Effects): void => {
      for (const ref of effects.reads) reads.set(refKey(ref), ref);
      for (const ref of effects.writes) writes.set(refKey(ref), ref);
    };
    const body = bodies[index];
    if (body !== undefined) {
      walk(body, (term) => {
        if (term.kind === "get") reads.set(`/${term.table}`, { hash: null, index: term.table });
        if (term.kind === "take" || term.kind === "put")
          writes.set(`/${term.table}`, { hash: null, index: term.table });
        if (term.kind === "call") add(term.ref.hash === null ? effectsOf(term.ref.index) : imported(term.ref));
      });
    }
    for (const key of writes.keys()) reads.delete(key);
    const effects = { reads: sorted(reads), writes: sorted(writes) };
    known.set(index, effects);
    return effects;
  };
  return bodies.map((_, index) => effectsOf(index));
}

function refKey(ref: Ref): string {
  return `${ref.hash ?? ""}/${ref.index}`;
}

function sorted(refs: ReadonlyMap<string, Ref>): readonly Ref[] {
  return [...refs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref);
}

/**
 * The groups of functions that can reach themselves, by index, each with all of its members; `calls` lists the functions
 * of the same module that a body mentions.
 */
export function cycles(calls: readonly ReadonlySet<number>[]): readonly ReadonlySet<number>[] {
  const reach = calls.map((direct) => {
    const seen = new Set<number>();
    const open = [...direct];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(calls[next] ?? []));
    }
    return seen;
  });
  return reach.map((from, i) => new Set([...from].filter((j) => from.has(i) && (reach[j]?.has(i) ?? false))));
}

/** The functions of the same module that a body calls or names. */
export function mentions(body: Term): ReadonlySet<number> {
  const found = new Set<number>();
  walk(body, (term) => {
    if ((term.kind === "call" || term.kind === "function") && term.ref.hash === null) found.add(term.ref.index);
  });
  return found;
}
