/** `juno bench all`: every benchmark with its defaults into one folder, as docs/benchmarks.md shows them. */
import type { Context } from "../client/context.ts";
import { coresBenchmark } from "./cores.ts";
import { firstBenchmark } from "./first.ts";
import { floodBenchmark } from "./flood.ts";
import { gasBenchmark } from "./gas.ts";
import { hopperBenchmark } from "./hopper.ts";
import { latencyBenchmark } from "./latency.ts";
import { microBenchmark } from "./micro.ts";
import { recoveryBenchmark } from "./recovery.ts";
import { scalingBenchmark } from "./scaling.ts";
import { type CommonFlags, outFolder, runBenchmark } from "./session.ts";
import { throughputBenchmark } from "./throughput.ts";

export async function all(context: Context, flags: CommonFlags): Promise<void> {
  const common = { ...flags, out: outFolder(flags.out, "all", new Date().toISOString()) };
  const onFour = { ...common, nodes: 4 };
  // The first that fails or is stopped ends it: its figures would be missing in what belongs together.
  void (
    (await runBenchmark(context, microBenchmark, common)) &&
    (await runBenchmark(context, hopperBenchmark, common)) &&
    (await runBenchmark(context, gasBenchmark, common)) &&
    (await runBenchmark(context, firstBenchmark, onFour)) &&
    (await runBenchmark(context, throughputBenchmark, common)) &&
    (await runBenchmark(context, coresBenchmark, onFour)) &&
    (await runBenchmark(context, floodBenchmark, { ...onFour, batched: false, every: 100 })) &&
    (await runBenchmark(context, latencyBenchmark, onFour)) &&
    (await runBenchmark(context, recoveryBenchmark, { ...onFour, rate: 500 })) &&
    (await runBenchmark(context, scalingBenchmark, { ...common, check: true }))
  );
}
