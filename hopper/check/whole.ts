/** What only the whole module shows: which functions reach themselves, and which tables a body may touch. */
import type { CoreFunction } from "../core/module.ts";
import type { Declaration, Name } from "../syntax/tree.ts";
import { cycles, mentions } from "./effects.ts";
import type { Names } from "./names.ts";
import type { Reporter } from "./report.ts";
import { shrinks } from "./terminate.ts";

type Node = Extract<Declaration, { kind: "function" }>;

/** A `fn` ends, alone; a `proc` reaches itself not at all. */
export function checkTermination(report: Reporter, nodes: readonly Node[], functions: readonly CoreFunction[]): void {
  const groups = cycles(functions.map((f) => mentions(f.body)));
  functions.forEach((f, i) => {
    const group = groups[i];
    const name = nodes[i]?.name;
    if (group === undefined || group.size === 0 || name === undefined || f.form === "rec fn") return;
    if (f.form === "proc") {
      const hint = "loop with `for`, or move the recursion into a `rec fn`";
      report.error("proc-recursion", name.span, `the proc \`${f.name}\` reaches itself`, { hint });
    } else if (group.size > 1) {
      const others = functions.filter((_, j) => j !== i && group.has(j)).map((g) => `\`${g.name}\``);
      const message = `\`${f.name}\` and ${others.join(", ")} call each other`;
      report.error("may-loop", name.span, message, { hint: "write `rec fn` for all of them" });
    } else if (!shrinks(i, f.signature.params.length, f.body)) {
      const hint = "make one argument smaller in each call of itself, or write `rec fn`";
      report.error("may-loop", name.span, `cannot see that \`${f.name}\` ends`, { hint });
    }
  });
}

/** Where effects are written they must be the ones inferred, and what is `pub` must write them. */
export function checkEffects(
  report: Reporter,
  nodes: readonly Node[],
  functions: readonly CoreFunction[],
  names: Names,
): void {
  const tables = [...names.tables.keys()];
  // What is wrong in a body may hide which tables it and its callers touch.
  const isSure = !report.found.some(({ span }) =>
    nodes.some((one) => one.span.start <= span.start && span.end <= one.span.end),
  );
  functions.forEach((f, i) => {
    const node = nodes[i];
    if (node === undefined || f.form !== "proc") return;
    if (!node.isPublic && node.reads.length + node.writes.length === 0) return;
    const own = (refs: typeof f.effects.reads): readonly string[] =>
      refs.flatMap((r) => (r.hash === null ? (tables[r.index] ?? []) : []));
    const [reads, writes] = [own(f.effects.reads), own(f.effects.writes)];
    // What is written may be read as well, so saying both is no mistake.
    const readOnly = node.reads.filter((name) => !writes.includes(name.name));
    refuseMissing(report, node.name, "reads", readOnly, reads);
    refuseMissing(report, node.name, "writes", node.writes, writes);
    if (!isSure) return;
    refuseUnused(report, node.name, "read", readOnly, reads);
    refuseUnused(report, node.name, "write", node.writes, writes);
  });
}

function refuseMissing(
  report: Reporter,
  fn: Name,
  what: "reads" | "writes",
  written: readonly Name[],
  found: readonly string[],
): void {
  for (const table of found) {
    if (written.some((name) => name.name === table)) continue;
    report.error("effect-missing", fn.span, `\`${fn.name}\` ${what} ${table} and does not say so`, {
      hint: `add \`${what} ${table}\``,
    });
  }
}

function refuseUnused(
  report: Reporter,
  fn: Name,
  what: "read" | "write",
  written: readonly Name[],
  found: readonly string[],
): void {
  for (const name of written) {
    if (!found.includes(name.name))
      report.error("effect-unused", name.span, `\`${fn.name}\` does not ${what} ${name.name}`);
  }
}
