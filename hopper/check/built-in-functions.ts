/** The functions of builtins.ts as entries that names can find. */

import { builtInSource } from "./builtins.ts";
import { readSignature } from "./declare.ts";
import { type FunctionEntry, startNames } from "./names.ts";
import { parseModule } from "./reader/parse.ts";
import { startReport } from "./report.ts";

let entries: readonly FunctionEntry[] | null = null;

export function builtInFunctions(): readonly FunctionEntry[] {
  entries ??= readEntries();
  return entries;
}

function readEntries(): readonly FunctionEntry[] {
  const { tree, diagnostics } = parseModule(builtInSource);
  const report = startReport();
  const names = startNames({ path: "hopper", hash: "" }, []);
  const read = tree.declarations.flatMap((node, index): readonly FunctionEntry[] => {
    if (node.kind !== "function" || node.body.kind !== "text") return [];
    const signature = readSignature(names, report, node);
    const ref = { hash: "", index };
    return [{ kind: "function", name: node.name.name, form: "fn", ref, signature, primitive: node.body.value }];
  });
  if (diagnostics.length + report.found.length > 0) throw new Error("assert: the built-in signatures are well formed");
  return read;
}
