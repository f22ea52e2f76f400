import test from "ava";
import { threadNames } from "../../bench/scaling-model.ts";
import { runShapedProcess } from "../../bench/shaped-process.ts";
import type { ShapedJob } from "../../bench/shaped-run.ts";

/** Threads are told apart by what Linux counts. */
const onLinux = process.platform === "linux" ? test : test.skip;

const job: Omit<ShapedJob, "ownNetwork"> = {
  nodes: 1,
  engine: "simd",
  layout: "spread",
  waves: [{ size: 5, count: 3 }],
  rounds: 2,
  flood: 100,
  alone: 3,
};

onLinux(
  "a cluster is measured in a process of its own: batches as asked for, and the time of each thread",
  async (t) => {
    const { samples, flood, aloneP50Ms } = await runShapedProcess(job, undefined, new AbortController().signal);
    t.is(samples.length, 2);
    for (const { nodes, leads, commands, batches, us } of samples) {
      t.deepEqual({ nodes, leads, commands, batches }, { nodes: 1, leads: true, commands: 15, batches: 3 });
      t.deepEqual(Object.keys(us).sort(), [...threadNames].sort());
      t.true(us.applier > 0 && us.log > 0 && us.sender > 0, JSON.stringify(us));
    }
    t.true(flood !== undefined && flood.batches >= 1 && flood.commandsPerSecond > 0 && flood.leaderUs > 0);
    t.is(flood?.wireBytes, undefined);
    t.true((aloneP50Ms ?? 0) > 0);
  },
);

onLinux("what cannot be is told as a reason", async (t) => {
  const wrong = { ...job, nodes: 33 };
  await t.throwsAsync(runShapedProcess(wrong, undefined, new AbortController().signal), { message: /^nodes: must be/ });
});
