/**
 * Termination of `fn`: one argument gets smaller in every call of itself. Smaller is what a match takes out of a value, an
 * element a loop visits, a field, and a Nat less a positive number (which faults below 0). What may loop is a `rec fn`,
 * and nothing total mentions one.
 */
import { childrenOf } from "../core/children.ts";
import type { Pattern, Term } from "../core/term.ts";

/** How a local relates to a parameter of the function. */
type Size = { readonly param: number; readonly smaller: boolean };

/** True where every call of function `self` in its body shrinks the same one of its `arity` parameters. */
export function shrinks(self: number, arity: number, body: Term): boolean {
  const sizes = new Map<number, Size>();
  for (let i = 0; i < arity; i++) sizes.set(i, { param: i, smaller: false });
  const candidates = new Set(sizes.keys());
  visit(self, body, sizes, candidates);
  return candidates.size > 0;
}

function visit(self: number, term: Term, sizes: Map<number, Size>, candidates: Set<number>): void {
  if (term.kind === "function" && term.ref.hash === null && term.ref.index === self) candidates.clear();
  if (term.kind === "call" && term.ref.hash === null && term.ref.index === self) {
    for (const param of [...candidates]) {
      const arg = term.args[param];
      const size = arg === undefined ? null : sizeOf(arg, sizes);
      if (size === null || size.param !== param || !size.smaller) candidates.delete(param);
    }
  }
  if (term.kind === "match") {
    for (const on of term.on) visit(self, on, sizes, candidates);
    for (const { patterns, body } of term.cases) {
      patterns.forEach((pattern, i) => {
        const on = term.on[i];
        bind(pattern, on === undefined ? null : sizeOf(on, sizes), sizes);
      });
      visit(self, body, sizes, candidates);
    }
    return;
  }
  if (term.kind === "let") {
    visit(self, term.value, sizes, candidates);
    note(sizes, term.level, sizeOf(term.value, sizes));
    visit(self, term.body, sizes, candidates);
    return;
  }
  if (term.kind === "for") {
    visit(self, term.list, sizes, candidates);
    visit(self, term.start, sizes, candidates);
    const list = sizeOf(term.list, sizes);
    note(sizes, term.level, list === null ? null : { ...list, smaller: true });
    note(sizes, term.level + 1, null);
    visit(self, term.body, sizes, candidates);
    return;
  }
  if (term.kind === "lambda") {
    for (let i = 0; i < term.params.length; i++) note(sizes, term.level + i, null);
  }
  for (const child of childrenOf(term)) visit(self, child, sizes, candidates);
}

function note(sizes: Map<number, Size>, level: number, size: Size | null): void {
  if (size === null) sizes.delete(level);
  else sizes.set(level, size);
}

function sizeOf(term: Term, sizes: ReadonlyMap<number, Size>): Size | null {
  if (term.kind === "local") return sizes.get(term.level) ?? null;
  if (term.kind === "field") return smaller(sizeOf(term.of, sizes));
  if (term.kind !== "primitive" || term.name !== "natSub") return null;
  const [from, by] = term.args;
  if (from === undefined || by?.kind !== "literal" || by.literal.type !== "Nat" || by.literal.value < 1n) return null;
  return smaller(sizeOf(from, sizes));
}

function smaller(size: Size | null): Size | null {
  return size === null ? null : { ...size, smaller: true };
}

function bind(pattern: Pattern, size: Size | null, sizes: Map<number, Size>): void {
  if (pattern.kind === "bind") note(sizes, pattern.level, size);
  const parts =
    pattern.kind === "construct"
      ? pattern.fields
      : pattern.kind === "tuple"
        ? pattern.items
        : pattern.kind === "list"
          ? [...pattern.items, ...(pattern.rest === null ? [] : [pattern.rest])]
          : [];
  for (const part of parts) bind(part, smaller(size), sizes);
}
