/** Laws of a module as property tests: values are made for their parameters, and what breaks a law is made simple. */
import type { IrModule, NamedShape, Shape } from "../ir/ir.ts";
import { type Evaluator, type Machine, query } from "../run/machine.ts";
import { showUpTo } from "../run/show.ts";
import type { Value } from "../run/value.ts";
import { type Choices, chooseAgain, chooseBySeed, seedOfRun, shrink } from "./choices.ts";
import { makeValue } from "./make-value.ts";

export type Law = {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly shape: Shape }[];
  /** Index into the module's functions. */
  readonly function: number;
};

export type LawResult = {
  readonly name: string;
  readonly runs: number;
  /** Undefined where it held in all runs. */
  readonly flaw:
    | {
        readonly message: string;
        /** The simplest arguments found, as people write them. */
        readonly args: readonly { readonly name: string; readonly value: string }[];
      }
    | undefined;
};

/** Machines in which the module is, one for each evaluator. */
export type LawBench = { readonly machines: Readonly<Record<Evaluator, Machine>>; readonly ir: IrModule };

/** The same seed gives the same result. */
export function checkLaw(
  bench: LawBench,
  law: Law,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): LawResult {
  const { name, params } = law;
  const { shapes } = bench.ir;
  // A law without parameters holds or does not.
  const runsMax = params.length === 0 ? 1 : runs;
  for (let run = 0; run < runsMax; run++) {
    const choices = chooseBySeed(seedOfRun(seed, run));
    if (flawAt(bench, law, choices) === undefined) continue;
    const made = shrink(choices.made, (one) => flawAt(bench, law, one) !== undefined);
    const message = flawAt(bench, law, chooseAgain(made)) ?? "does not hold";
    const values = argumentsBy(chooseAgain(made), params, shapes);
    const args = params.map((param, i) => ({ name: param.name, value: show(values[i] ?? 0, param.shape, shapes) }));
    return { name, runs: run + 1, flaw: { message, args } };
  }
  return { name, runs: runsMax, flaw: undefined };
}

const shownMax = 2000;

function show(value: Value, shape: Shape, shapes: readonly NamedShape[]): string {
  return showUpTo(shownMax, value, shape, shapes).text;
}

function argumentsBy(choices: Choices, params: Law["params"], shapes: readonly NamedShape[]): readonly Value[] {
  return params.map(({ shape }) => makeValue(choices, shape, shapes));
}

const free = { signers: new Set<string>(), now: 0, gasLimit: Number.POSITIVE_INFINITY };

/** What is wrong with the law for these arguments, in words; undefined where it holds. */
function flawAt({ machines, ir }: LawBench, law: Law, choices: Choices): string | undefined {
  const args = argumentsBy(choices, law.params, ir.shapes);
  const [compiled, reference] = [machines.compiled, machines.reference].map((machine) =>
    query(machine, ir.hash, law.function, args, free),
  );
  if (compiled === undefined || reference === undefined) throw new Error("assert: there are two evaluators");
  if (compiled.value !== reference.value || compiled.failure?.name !== reference.failure?.name)
    return "means one thing to one evaluator and another to the other: this is a mistake of Juno, please report it";
  if (compiled.value === true) return undefined;
  return compiled.failure === undefined ? "does not hold" : `fails with ${compiled.failure.name}`;
}
