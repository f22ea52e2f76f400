import type { ExecutionContext } from "ava";
import fc from "fast-check";

/** Runs a property; where it fails, the log has the counterexample and the command that runs the same cases again. */
export function hold<Values>(t: ExecutionContext, property: fc.IProperty<Values>, runs = 300): void {
  const chosen = process.env.JUNO_SEED;
  const details = fc.check(property, { numRuns: runs, ...(chosen === undefined ? {} : { seed: Number(chosen) }) });
  if (details.failed) {
    t.log(`JUNO_SEED=${details.seed} npx ava --match='${t.title}'`, fc.defaultReportMessage(details));
  }
  t.false(details.failed);
}
