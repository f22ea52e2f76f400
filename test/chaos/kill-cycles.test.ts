/** A few of the cycles that the long form runs by hundreds. */
import test from "ava";
import { runKillCycles } from "./kill-cycles.ts";

test("kill -9 of all at once, then of some, under load: after each cycle all ledgers are equal", async (t) => {
  t.timeout(240_000);
  const report = await runKillCycles({ cycles: 2, seed: 1, allEvery: 2, note: (line) => t.log(line) });
  t.deepEqual(report.flaws, [], `kept in ${report.kept}`);
  t.is(report.cycles, 2);
  t.is(report.allAtOnce, 1);
  t.true(report.kills >= 5);
});
