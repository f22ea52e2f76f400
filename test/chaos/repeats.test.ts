/** Commands that come again, in a cluster whose leaders put them into the log again; and that a double effect is noticed. */
import { rmSync } from "node:fs";
import test from "ava";
import { runKillCycles } from "./kill-cycles.ts";

const loader = new URL("broken-rules.ts", import.meta.url).href;

/** Nodes inherit the environment; each test file has a process of its own. */
function breakRules(...rules: readonly string[]): void {
  process.env.NODE_OPTIONS = `--import=${loader}`;
  process.env.JUNO_BROKEN_RULES = rules.join(",");
}

test.serial("leaders that take commands again: the log has them twice, they take effect once", async (t) => {
  t.timeout(240_000);
  breakRules("repeats-taken");
  const report = await runKillCycles({ cycles: 1, seed: 3, allEvery: 5, note: (line) => t.log(line) });
  t.deepEqual(report.flaws, [], `kept in ${report.kept}`);
  t.true(report.sentAgain > 20, `${report.sentAgain} sent again`);
  t.true(report.repeats > 10, `${report.repeats} repeats in the log`);
});

test.serial("canary: where appliers apply them twice, too, one cycle is enough to see it", async (t) => {
  t.timeout(240_000);
  breakRules("repeats-taken", "repeats-applied");
  const report = await runKillCycles({ cycles: 1, seed: 3, allEvery: 5, note: (line) => t.log(line) });
  t.log(report.flaws.slice(0, 3).join("\n"));
  t.true(report.flaws.length > 0);
  if (report.kept !== undefined) rmSync(report.kept, { recursive: true });
});
