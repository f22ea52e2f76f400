/** `juno hopper test`: the tests and laws that stand in modules. */
import type { LoadedModule } from "../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { type TestedModule, testModule } from "../../hopper/tools/test-module.ts";
import { sha256 } from "../../pools/sha256.ts";
import { type Context, hasColors } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { loadFiles } from "../hopper/load-file.ts";

export type HopperTestFlags = { readonly seed: number; readonly runs: number };

export function hopperTest(this: Context, flags: HopperTestFlags, ...files: readonly string[]): void {
  const { stdout, stderr } = this.process;
  const count = { tests: 0, laws: 0, flaws: 0 };
  const loaded = loadFiles(this, files);
  for (const { module, imports } of loaded) {
    const tested = testModule(module, imports, { sha256, ...flags });
    count.tests += tested.tests.length;
    count.laws += tested.laws.length;
    count.flaws += [...tested.tests, ...tested.laws].filter(({ flaw }) => flaw !== undefined).length;
    stdout.write(`${showTested(module, tested, flags, hasColors(this, stdout))}\n`);
  }
  const { tests, laws, flaws } = count;
  if (loaded.length === 0) return;
  const verdict = flaws > 0 ? `${flaws} of them fail` : "all hold";
  stderr.write(`${counted(tests, "test")} by both evaluators, ${counted(laws, "law")}: ${verdict}\n`);
  if (flaws > 0) this.process.exitCode = exitCodes.failed;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function showTested(
  { file, text, module }: LoadedModule,
  { tests, laws }: TestedModule,
  { seed, runs }: HopperTestFlags,
  color: boolean,
): string {
  const show = (message: string, span: { readonly start: number; readonly end: number }, hint?: string): string[] => {
    const about = { code: "test", message, span, related: [], ...(hint === undefined ? {} : { hint }) };
    return showDiagnostics(file, text, [about], { color })
      .split("\n")
      .map((line) => `    ${line}`);
  };
  const lines = [`${file}: ${module.path}`];
  for (const { name, flaw, gasUsed } of tests) {
    lines.push(`  ${flaw === undefined ? "ok  " : "FAIL"}  ${name} (${gasUsed} gas)`);
    if (flaw !== undefined) lines.push(...show(flaw.message, flaw.place));
  }
  for (const [i, { name, flaw, runs: ran }] of laws.entries()) {
    lines.push(`  ${flaw === undefined ? "ok  " : "FAIL"}  law ${name} (${counted(ran, "run")})`);
    if (flaw === undefined) continue;
    const args = flaw.args.map(({ name: param, value }) => `${param} = ${value}`).join(", ");
    const span = module.laws[i]?.span ?? { start: 0, end: 0 };
    const message = args === "" ? flaw.message : `${flaw.message} for ${args}`;
    lines.push(...show(message, span, `again with: juno hopper test ${file} --seed ${seed} --runs ${runs}`));
  }
  return lines.join("\n");
}
