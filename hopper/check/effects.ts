/** Which tables a body may touch: its own, and those of what it calls. */
import { walk } from "../core/children.ts";
import type { Effects } from "../core/module.ts";
import type { Ref, Term } from "../core/term.ts";

export const noEffects: Effects = { reads: [], writes: [] };

/** Effects of every body of a module, by index; `imported` answers for functions of other modules. */
export function inferEffects(bodies: readonly Term[], imported: (ref: Ref) => Effects): readonly Effects[] {
  const direct = bodies.map((body) => directEffects(body, imported));
  const reach = reachable(bodies.map(mentions));
  return bodies.map((_, i) => {
    const reads = new Map<string, Ref>();
    const writes = new Map<string, Ref>();
    for (const j of [i, ...(reach[i] ?? [])]) {
      for (const ref of direct[j]?.reads ?? []) reads.set(refKey(ref), ref);
      for (const ref of direct[j]?.writes ?? []) writes.set(refKey(ref), ref);
    }
    for (const key of writes.keys()) reads.delete(key);
    return { reads: sorted(reads), writes: sorted(writes) };
  });
}

function directEffects(body: Term, imported: (ref: Ref) => Effects): Effects {
  const reads: Ref[] = [];
  const writes: Ref[] = [];
  walk(body, (term) => {
    if (term.kind === "get") reads.push({ hash: null, index: term.table });
    if (term.kind === "take" || term.kind === "put") writes.push({ hash: null, index: term.table });
    if (term.kind !== "call" || term.ref.hash === null) return;
    const effects = imported(term.ref);
    reads.push(...effects.reads);
    writes.push(...effects.writes);
  });
  return { reads, writes };
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
  const reach = reachable(calls);
  return reach.map((from, i) => new Set([...from].filter((j) => from.has(i) && (reach[j]?.has(i) ?? false))));
}

function reachable(calls: readonly ReadonlySet<number>[]): readonly ReadonlySet<number>[] {
  return calls.map((direct) => {
    const seen = new Set<number>();
    const open = [...direct];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(calls[next] ?? []));
    }
    return seen;
  });
}

/** The functions of the same module that a body calls or names. */
export function mentions(body: Term): ReadonlySet<number> {
  const found = new Set<number>();
  walk(body, (term) => {
    if ((term.kind === "call" || term.kind === "function") && term.ref.hash === null) found.add(term.ref.index);
  });
  return found;
}
