/** The verbs of `juno bench`: their flags, and where their work is done, loaded when it is asked for. */
import { buildApplication, buildCommand, buildRouteMap, type Command, run } from "@stricli/core";
import type { Context } from "../client/context.ts";
import { exitCodes } from "../client/exit-codes.ts";
import { textOf, wholeNumberIn } from "../client/flags.ts";
import type { RunBench } from "../client/verbs/bench.ts";
import { junoVersion } from "../client/version.ts";
import type { CheckFlags } from "./check.ts";
import type { CoresFlags } from "./cores.ts";
import type { FirstFlags } from "./first.ts";
import { commandsMax, commonFlags, countFlag, listFlag, nodesFlag, nodesMax, threadsFlag } from "./flags.ts";
import type { FloodFlags } from "./flood.ts";
import type { GasFlags } from "./gas.ts";
import type { HopperFlags } from "./hopper.ts";
import type { LatencyFlags } from "./latency.ts";
import type { MicroFlags } from "./micro.ts";
import type { RecoveryFlags } from "./recovery.ts";
import type { ScalingFlags } from "./scaling.ts";
import type { Benchmark, CommonFlags } from "./session.ts";
import type { ThroughputFlags } from "./throughput.ts";

const commandsFlag = (defaults: string) => countFlag(`Commands in each flood (${defaults})`, 1, commandsMax);
const secondsFlag = (brief: string) => countFlag(brief, 1, 3600);

/** The benchmark and all it needs are loaded when its verb runs. */
function loaderOf<Flags extends CommonFlags>(load: () => Promise<Benchmark<Flags>>): Loader<Flags> {
  return async () => {
    const [{ runBenchmark }, benchmark] = await Promise.all([import("./session.ts"), load()]);
    return async function (flags) {
      await runBenchmark(this, benchmark, flags);
    };
  };
}

type Loader<Flags> = () => Promise<(this: Context, flags: Flags) => Promise<void>>;

const firstCommand = buildCommand<FirstFlags, [], Context>({
  loader: loaderOf<FirstFlags>(async () => (await import("./first.ts")).firstBenchmark),
  parameters: {
    flags: { nodes: nodesFlag, commands: commandsFlag("5000"), threads: threadsFlag, ...commonFlags },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "First figures of one cluster: floods, latency, processor time",
    customUsage: [{ input: "--nodes 4 --commands 5000 --runs 5", brief: "the defaults; some two minutes" }],
  },
});

const throughputCommand = buildCommand<ThroughputFlags, [], Context>({
  loader: loaderOf<ThroughputFlags>(async () => (await import("./throughput.ts")).throughputBenchmark),
  parameters: {
    flags: {
      nodes: listFlag("Sizes of clusters (4,7,10,13,16,20)", 1, nodesMax),
      commands: commandsFlag("5000"),
      threads: threadsFlag,
      ...commonFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "Throughput against cluster size, by client batching and leader batching",
    customUsage: [{ input: "--nodes 4,7,10 --runs 3", brief: "three sizes" }],
  },
});

const coresCommand = buildCommand<CoresFlags, [], Context>({
  loader: loaderOf<CoresFlags>(async () => (await import("./cores.ts")).coresBenchmark),
  parameters: {
    flags: {
      nodes: nodesFlag,
      cores: listFlag("How many cores (1, 2, 3, 4, 8, ... and all)", 1, 1024),
      commands: commandsFlag("5000"),
      seconds: secondsFlag("Seconds for the verifier pool on each number of cores (3)"),
      ...commonFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "The verifier pool and a whole cluster on 1 to all cores, against the ideal line",
    customUsage: [{ input: "--cores 1,2,4 --seconds 5", brief: "by taskset of util-linux" }],
  },
});

const floodCommand = buildCommand<FloodFlags, [], Context>({
  loader: loaderOf<FloodFlags>(async () => (await import("./flood.ts")).floodBenchmark),
  parameters: {
    flags: {
      nodes: nodesFlag,
      commands: commandsFlag("50000"),
      batched: {
        kind: "boolean",
        brief: "Send client batches, not single commands",
        default: false,
        withNegated: false,
      },
      every: {
        kind: "parsed",
        parse: wholeNumberIn(10, 60_000),
        brief: "Milliseconds between two looks at the nodes",
        placeholder: "ms",
        default: "100",
      },
      threads: threadsFlag,
      ...commonFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "One long flood, watched: throughput, batch sizes, queues and memory over time",
    customUsage: [{ input: "--commands 200000 --runs 1", brief: "a long one" }],
  },
});

const latencyCommand = buildCommand<LatencyFlags, [], Context>({
  loader: loaderOf<LatencyFlags>(async () => (await import("./latency.ts")).latencyBenchmark),
  parameters: {
    flags: {
      nodes: nodesFlag,
      rates: listFlag("Commands a second to offer, up to the first that is too much (50 to 16000)", 1, 1_000_000),
      seconds: secondsFlag("Seconds at each rate (5)"),
      threads: threadsFlag,
      ...commonFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "Latency at fixed rates, from when each command was due, up to saturation",
    customUsage: [{ input: "--rates 100,1000,3000 --seconds 10", brief: "three rates" }],
  },
});

const recoveryCommand = buildCommand<RecoveryFlags, [], Context>({
  loader: loaderOf<RecoveryFlags>(async () => (await import("./recovery.ts")).recoveryBenchmark),
  parameters: {
    flags: {
      nodes: nodesFlag,
      rate: {
        kind: "parsed",
        parse: wholeNumberIn(1, 1_000_000),
        brief: "Commands a second all the while",
        placeholder: "count",
        default: "500",
      },
      threads: threadsFlag,
      ...commonFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "The leader killed under steady load: how long nothing is committed",
    customUsage: [{ input: "--nodes 7 --rate 200", brief: "a larger cluster, less load" }],
  },
});

const microCommand = buildCommand<MicroFlags, [], Context>({
  loader: loaderOf<MicroFlags>(async () => (await import("./micro.ts")).microBenchmark),
  parameters: {
    flags: {
      sizes: listFlag("Signatures in a batch (1,8,64,256,1000)", 1, 8192),
      ms: countFlag("Milliseconds for each part and run (200)", 1, 60_000),
      ...commonFlags,
    },
  },
  docs: {
    brief: "Single parts: signature engines by batch size, codec, hashes, hops, store, state machine",
    customUsage: [{ input: "--engine noble --sizes 1,64", brief: "one engine" }],
  },
});

const gasCommand = buildCommand<GasFlags, [], Context>({
  loader: loaderOf<GasFlags>(async () => (await import("./gas.ts")).gasBenchmark),
  parameters: {
    flags: { gas: countFlag("Gas of each part and run (3000000)", 10_000, 8_000_000), ...commonFlags },
  },
  docs: {
    brief: "Processor time for a gas, by entry of the cost table; marks what is underpriced",
    customUsage: [{ input: "--runs 3", brief: "some half a minute" }],
  },
});

const hopperCommand = buildCommand<HopperFlags, [], Context>({
  loader: loaderOf<HopperFlags>(async () => (await import("./hopper.ts")).hopperBenchmark),
  parameters: {
    flags: {
      accounts: listFlag("How many accounts there are (10000,100000,1000000)", 2, 10_000_000),
      ...commonFlags,
    },
  },
  docs: {
    brief: "Transfers of std/coin a second on one core, by evaluator and number of accounts",
    customUsage: [{ input: "--accounts 10000", brief: "some ten seconds" }],
  },
});

const scalingCommand = buildCommand<ScalingFlags, [], Context>({
  loader: loaderOf<ScalingFlags>(async () => (await import("./scaling.ts")).scalingBenchmark),
  parameters: {
    flags: {
      check: {
        kind: "boolean",
        brief: "Hold the model against narrow and slow networks (as root) and sizes it was not fitted to",
        default: false,
        withNegated: false,
      },
      ...commonFlags,
    },
  },
  docs: {
    brief: "A model of costs fitted to small clusters, and what it predicts for 4 to 64 machines",
    customUsage: [{ input: "--check", brief: "all of docs/scaling.md; some four minutes" }],
  },
});

const checkCommand = buildCommand<CheckFlags, [], Context>({
  loader: async () => {
    const { check } = await import("./check.ts");
    return async function (this: Context, flags: CheckFlags): Promise<void> {
      await check(this, flags);
    };
  },
  parameters: {
    flags: {
      bounds: {
        kind: "parsed",
        parse: textOf,
        brief: "The bounds; bench/bounds.json unless given",
        placeholder: "file",
        optional: true,
      },
      runs: commonFlags.runs,
      commands: commandsFlag("5000, or 2000 with --quick"),
      engine: commonFlags.engine,
      seed: commonFlags.seed,
      json: { ...commonFlags.json, brief: "Print setup, ratios and bounds as JSON" },
      quick: { ...commonFlags.quick, brief: "The form for CI, under a minute" },
    },
  },
  docs: {
    brief: "Compare ratios inside one run with their bounds; ends with 1 where one is broken",
    customUsage: [{ input: "--quick", brief: "as CI does" }],
    fullDescription: "Fails on a ratio, never on a time: both sides of a ratio are measured in the same run.",
  },
});

const runFileOf = (brief: string) => ({ brief, parse: textOf, placeholder: "file" });

const compareCommand: Command<Context> = buildCommand<object, [string, string], Context>({
  loader: async () => {
    const { compare } = await import("./compare.ts");
    return function (this: Context, _flags: object, before: string, after: string): void {
      compare(this, before, after);
    };
  },
  parameters: {
    positional: { kind: "tuple", parameters: [runFileOf("A run file, or its folder"), runFileOf("A later one")] },
  },
  docs: {
    brief: "Two runs of one benchmark side by side, and where their spreads do not touch",
    customUsage: [{ input: "bench/results/first-A bench/results/first-B", brief: "by their folders" }],
  },
});

const allCommand: Command<Context> = buildCommand<CommonFlags, [], Context>({
  loader: async () => {
    const { all } = await import("./all.ts");
    return async function (this: Context, flags: CommonFlags): Promise<void> {
      await all(this, flags);
    };
  },
  parameters: { flags: commonFlags },
  docs: {
    brief: "Every benchmark into one folder",
    customUsage: [
      { input: "--out docs/benchmarks", brief: "what docs/benchmarks.md and docs/scaling.md show; an hour" },
    ],
  },
});

type Verb =
  | "first"
  | "throughput"
  | "cores"
  | "flood"
  | "latency"
  | "recovery"
  | "micro"
  | "gas"
  | "hopper"
  | "scaling"
  | "check"
  | "compare"
  | "all";

const routes = buildRouteMap<Verb, Context>({
  routes: {
    first: firstCommand,
    throughput: throughputCommand,
    cores: coresCommand,
    flood: floodCommand,
    latency: latencyCommand,
    recovery: recoveryCommand,
    micro: microCommand,
    gas: gasCommand,
    hopper: hopperCommand,
    scaling: scalingCommand,
    check: checkCommand,
    compare: compareCommand,
    all: allCommand,
  },
  docs: {
    brief: "Measure Juno on this machine",
    fullDescription: [
      "Each starts clusters of its own in temporary folders, and writes figures as JSON and CSV and pictures as SVG and PNG.",
      "Example:  juno bench first --quick",
      "          juno bench throughput --nodes 4,7,10 --runs 3",
    ].join("\n"),
  },
});

export const runBench: RunBench = async (context, args) => {
  const application = buildApplication(routes, {
    name: "juno bench",
    versionInfo: { currentVersion: junoVersion() },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", onlyRequiredInUsageLine: true },
    determineExitCode: () => exitCodes.failed,
  });
  await run(application, args, context);
};
