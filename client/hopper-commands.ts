/** The verbs of people who write contracts: their flags, and where their work is done, loaded when it is asked for. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Context } from "./context.ts";
import { outputFlag, textOf, wholeNumberIn } from "./flags.ts";
import type { HopperCheckFlags } from "./verbs/hopper-check.ts";
import type { HopperTestFlags } from "./verbs/hopper-test.ts";

const filesArgument = {
  kind: "array",
  minimum: 1,
  parameter: { brief: "Files of modules; what they use is found by itself", placeholder: "file", parse: textOf },
} as const;

const checkCommand: Command<Context> = buildCommand<HopperCheckFlags, string[], Context>({
  loader: async () => (await import("./verbs/hopper-check.ts")).hopperCheck,
  parameters: { flags: { output: outputFlag }, aliases: { o: "output" }, positional: filesArgument },
  docs: {
    brief: "Check modules, and print their hashes",
    customUsage: [
      { input: "escrow.hop", brief: "prints ok and the hash, or every mistake with its place" },
      { input: "-o ndjson *.hop", brief: "file, path and hash of each that is right, for a program" },
    ],
    fullDescription:
      "A module that uses std/coin finds it by that path below its own root, beside itself, among the files given, or\n" +
      "among the standard modules. Ends with 1 where a module has mistakes, 2 where a file cannot be read.",
  },
});

const testCommand: Command<Context> = buildCommand<HopperTestFlags, string[], Context>({
  loader: async () => (await import("./verbs/hopper-test.ts")).hopperTest,
  parameters: {
    flags: {
      seed: {
        kind: "parsed",
        parse: wholeNumberIn(0, 0xffff_ffff),
        brief: "Where the laws' arguments come from; the same seed gives the same ones",
        placeholder: "number",
        default: "1",
      },
      runs: {
        kind: "parsed",
        parse: wholeNumberIn(1, 1_000_000),
        brief: "How many arguments each law is tried with",
        placeholder: "count",
        default: "100",
      },
    },
    positional: filesArgument,
  },
  docs: {
    brief: "Run the tests and laws that stand in modules",
    customUsage: [
      { input: "escrow.hop", brief: "each test by both evaluators, with its gas" },
      { input: "coin.hop --runs 10000 --seed 7", brief: "more arguments for its laws, and others" },
    ],
    fullDescription:
      "What breaks a law is made as simple as it can be. Ends with 1 where a test or a law fails or a module has mistakes.",
  },
});

export const hopperRoutes: RouteMap<Context> = buildRouteMap<"check" | "test", Context>({
  routes: { check: checkCommand, test: testCommand },
  docs: { brief: "Write contracts: check and test modules of Hopper, without a cluster" },
});
