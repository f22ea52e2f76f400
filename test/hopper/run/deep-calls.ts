/**
 * The calls that take most of the platform's stack for what they count against the limits: as deep as calls may be, each with as many
 * variables as are compiled.
 *
 * Usage: node [--stack-size=700] test/hopper/run/deep-calls.ts     prints the outcomes, the same with each evaluator
 */
import { checkModule } from "../../../hopper/check/module.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { sha256 } from "../../../pools/sha256.ts";

/** One whose list has so many parts that are worked out; below, just, and above what is compiled. */
function wide(parts: number): string {
  const calls = Array.from({ length: parts }, () => "n + 1").join(", ");
  return `rec fn f (n : Nat) -> Nat = if n == 0 then 0 else 1 + f(n - 1) + size([${calls}]) - size([${calls}])\n`;
}

/** One whose values lie in each other as deep as may be. */
function deep(parts: number): string {
  const opening = Array.from({ length: parts }, (_, i) => `let x${i} = n + 1\n  `).join("");
  return `rec fn f (n : Nat) -> Nat =\n  ${opening}if n == 0 then 0 else 1 + f(n - 1)\n`;
}

const modules = [10, 40, 80, 92, 93, 94, 95, 96, 100, 300].flatMap((parts) => [wide(parts), deep(parts)]);
const lines: string[] = [];
for (const evaluator of ["compiled", "reference"] as const) {
  for (const module of modules) {
    const source = `module a\n${module}command go (n : Nat) = f(n)\n`;
    const checked = checkModule(source, "a", () => undefined);
    if (!checked.ok) throw new Error(`${JSON.stringify(checked.diagnostics[0])}\n${source}`);
    const machine = createMachine({ sha256, evaluator });
    install(machine, lowerModule(checked.module), []);
    // Often enough that the platform makes faster code of it, and takes the stack for that.
    for (const n of [...Array.from({ length: 40 }, () => 3), 50, 100, 150, 200, 250, 300, 400, 510, 10_000]) {
      const circumstances = { signers: new Set<string>(), now: 0, gasLimit: limits.gas };
      const { value, failure, gasUsed } = execute(machine, "a", "go", [n], circumstances);
      lines.push(`${n} ${failure?.name ?? String(value)} ${gasUsed}`);
    }
  }
}
const half = lines.length / 2;
const differs = lines.findIndex((line, i) => i < half && line !== lines[i + half]);
if (differs >= 0) throw new Error(`the evaluators differ: ${lines[differs]} and ${lines[differs + half]}`);
process.stdout.write(`${lines.slice(0, half).join("\n")}\n`);
