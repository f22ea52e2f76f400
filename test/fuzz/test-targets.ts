/** One test for each target: what examples and corpus did, and 20,000 inputs never seen before. */
import test from "ava";
import { corpusOf } from "./corpus.ts";
import { fuzzTarget } from "./run-target.ts";
import type { Target } from "./target.ts";

const inputs = 20_000;

/** The corpus must bring at least these kinds of verdicts, or it was lost. */
const kindsMin = 2;

export function testTargets(targets: readonly Target[]): void {
  for (const target of targets) {
    test(`${target.name}: nothing throws, stalls or takes memory`, (t) => {
      const report = fuzzTarget(target, { inputs, seed: 1, corpus: corpusOf(target.name) });
      const input = report.failure === undefined ? "" : Buffer.from(report.failure.input).toString("base64");
      t.is(report.failure, undefined, `input ${input}`);
      t.true(report.inputs >= inputs);
      t.true(report.verdicts.size >= kindsMin, [...report.verdicts.keys()].join("\n"));
    });
  }
}
