/** All tests and laws of a module, by both evaluators. */
import { lowerModule, lowerTests } from "../lower/lower-module.ts";
import { encodeFree } from "../run/canonical.ts";
import { createMachine, type Evaluator, type Machine } from "../run/machine.ts";
import { install, runTests, type TestResult } from "../run/run-tests.ts";
import { checkLaw, type LawResult } from "./check-laws.ts";
import type { LoadedModule } from "./load-modules.ts";

export type TestedModule = { readonly tests: readonly TestResult[]; readonly laws: readonly LawResult[] };

export type TestOptions = {
  readonly sha256: Machine["sha256"];
  /** Of the laws' arguments. */
  readonly seed: number;
  /** Of each law. */
  readonly runs: number;
};

/** `imports` as a loaded module has them. */
export function testModule(
  { module }: LoadedModule,
  imports: readonly LoadedModule[],
  { sha256, seed, runs }: TestOptions,
): TestedModule {
  const { module: ir, tests, laws } = lowerTests(module);
  const used = imports.map((one) => ({ ir: lowerModule(one.module), imports: one.module.core.imports }));
  const run = (evaluator: Evaluator): TestResult[] =>
    runTests(ir, module.core.imports, tests, { sha256, evaluator, imports: used });
  const reference = run("reference");
  const results = run("compiled").map((one, i) => (sameResult(one, reference[i]) ? one : differing(one, reference[i])));
  const machineOf = (evaluator: Evaluator): Machine => {
    const machine = createMachine({ sha256, evaluator });
    for (const one of used) install(machine, one.ir, one.imports);
    install(machine, ir, module.core.imports);
    return machine;
  };
  const machines = { compiled: machineOf("compiled"), reference: machineOf("reference") };
  return { tests: results, laws: laws.map((law) => checkLaw({ machines, ir }, law, { seed, runs })) };
}

function sameResult(a: TestResult, b: TestResult | undefined): boolean {
  return b !== undefined && summaryOf(a) === summaryOf(b);
}

function summaryOf({ flaw, calls }: TestResult): string {
  const parts = calls.map(({ module, command, fault, gasUsed, changes }) => {
    const rows = changes.map(({ table, bytes, after }) => [
      table.id,
      bytes,
      after === undefined ? null : encodeFree(after),
    ]);
    return [module, command, fault, gasUsed, rows];
  });
  return JSON.stringify([flaw, parts]);
}

function differing(one: TestResult, other: TestResult | undefined): TestResult {
  const gas = `${one.gasUsed} and ${other?.gasUsed} gas`;
  const message = `the two evaluators differ (${gas}): this is a mistake of Juno, please report it`;
  const place = one.flaw?.place ?? other?.flaw?.place ?? { start: 0, end: 0 };
  return { ...one, flaw: { message, place } };
}
