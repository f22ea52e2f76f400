/** How deep a function's expressions lie inside each other: what evaluating it takes of the platform's stack, at most. */
import type { Code, IrFunction } from "../ir/ir.ts";

const known = new WeakMap<IrFunction, number>();

export function nestingOf(of: IrFunction): number {
  const before = known.get(of);
  if (before !== undefined) return before;
  const nesting = depthOf(of.body);
  known.set(of, nesting);
  return nesting;
}

function depthOf(code: Code): number {
  let most = 0;
  for (const part of partsOf(code)) most = Math.max(most, depthOf(part));
  return 1 + most;
}

/** The pieces of code directly inside another. */
export function partsOf(code: Code): readonly Code[] {
  switch (code.op) {
    case "const":
    case "slot":
    case "fail":
      return [];
    case "charge":
      return [code.rest];
    case "let":
      return [code.value, code.rest];
    case "if":
      return [code.test, code.yes, code.no];
    case "match":
      return [...code.on, ...code.cases.map(({ body }) => body)];
    case "for":
      return [code.list, code.start, code.body];
    case "call":
    case "primitive":
      return code.args;
    case "apply":
      return [code.to, ...code.args];
    case "closure":
      return code.captures;
    case "construct":
    case "emit":
      return code.fields;
    case "list":
      return code.items;
    case "field":
      return [code.of];
    case "get":
    case "take":
      return [code.key, code.absent];
    case "put":
      return [code.key, code.value];
    case "moves":
      return [code.unit, ...code.changes.flatMap(({ account, amount }) => [account, amount])];
  }
}
