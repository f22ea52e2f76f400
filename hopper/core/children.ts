/** The terms directly inside a term, in the order in which they run. */
import type { Term } from "./term.ts";

export function childrenOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "literal":
    case "local":
    case "function":
    case "fail":
      return [];
    case "call":
    case "primitive":
    case "construct":
      return term.args;
    case "apply":
      return [term.to, ...term.args];
    case "lambda":
      return [term.body];
    case "tuple":
    case "list":
      return term.items;
    case "field":
      return [term.of];
    case "let":
      return [term.value, term.body];
    case "if":
      return [term.condition, term.yes, term.no];
    case "match":
      return [...term.on, ...term.cases.map((c) => c.body)];
    case "for":
      return [term.list, term.start, term.body];
    case "get":
    case "take":
      return [term.key, term.absent];
    case "put":
      return [term.key, term.value];
    case "emit":
      return term.fields;
    case "moves":
      return [term.unit, ...term.changes.flatMap((c) => [c.account, c.amount])];
  }
}

/** Visits a term and all terms inside it. */
export function walk(term: Term, visit: (term: Term) => void): void {
  visit(term);
  for (const child of childrenOf(term)) walk(child, visit);
}
