/** Strangers against a running cluster, for some seconds each; the long form measures longer. */
import test from "ava";
import type { ChaosCluster } from "./chaos-cluster.ts";
import { type Flood, startConnectionStorm, startSignatureFlood } from "./floods.ts";
import { type FloodReport, flawsOfFlood, measureFlood, slopeOf } from "./measure-flood.ts";

function summaryOf({ attacksPerSecond, calmPerSecond, floodPerSecond, rssMb }: FloodReport): string {
  const [attacks, calm, flood] = [attacksPerSecond, calmPerSecond, floodPerSecond].map((one) => one.toFixed(0));
  return `${attacks} attacks/s; honest ${calm}/s before, ${flood}/s under it; ${rssMb.before.toFixed(0)} to ${rssMb.max.toFixed(0)} MB`;
}

/** Both at once, to start one cluster only. */
function startBoth(chaos: ChaosCluster, node: number): Flood {
  const floods = [startSignatureFlood(chaos, node), startConnectionStorm(chaos, node)];
  return {
    count: () => floods.reduce((sum, flood) => sum + flood.count(), 0),
    end: async () => {
      await Promise.all(floods.map((flood) => flood.end()));
    },
  };
}

test("signatures of nobody, and a storm of connections: honest clients are served, and memory stays flat", async (t) => {
  t.timeout(240_000);
  const report = await measureFlood({ start: startBoth, calmMs: 1_000, floodMs: 3_000, seed: 1 });
  t.deepEqual([...report.flaws, ...flawsOfFlood(report)], []);
  t.true(report.attacksPerSecond > 50, summaryOf(report));
  t.log(summaryOf(report));
});

test("the bounds of a flood are real", (t) => {
  const rssMb = { before: 230, max: 260, slopePerMinute: 20 };
  const good = {
    flaws: [],
    floodMs: 60_000,
    attacksPerSecond: 1,
    calmPerSecond: 100,
    floodPerSecond: 50,
    rssMb,
    terms: 0,
  };
  t.deepEqual(flawsOfFlood(good), []);
  t.regex(flawsOfFlood({ ...good, floodPerSecond: 4 })[0] ?? "", /not served/);
  t.regex(flawsOfFlood({ ...good, rssMb: { ...rssMb, max: 501 } })[0] ?? "", /500 MB/);
  t.regex(flawsOfFlood({ ...good, rssMb: { ...rssMb, slopePerMinute: 122 } })[0] ?? "", /grew by 61 MB/);
  t.is(slopeOf([0, 1, 2, 3].map((i) => ({ atMs: i * 100, mb: 5 + i * 2 }))), 0.02);
});
