/** The verbs of people who write contracts: their flags, and where their work is done, loaded when it is asked for. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Context } from "./context.ts";
import { outputFlag, textOf, wholeNumberIn } from "./flags.ts";
import type { HopperCheckFlags } from "./verbs/hopper-check.ts";
import type { HopperCostFlags } from "./verbs/hopper-cost.ts";
import type { HopperFmtFlags } from "./verbs/hopper-fmt.ts";
import type { HopperReplFlags } from "./verbs/hopper-repl.ts";
import type { HopperRunFlags } from "./verbs/hopper-run.ts";
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
      { input: "-o ndjson *.hop", brief: "the same for a program, such as an editor" },
    ],
    fullDescription:
      "A module that uses std/coin finds it by that path below its own root, beside itself, among the files given, or\n" +
      "among the standard modules. Ends with 1 where a module has mistakes, 2 where a file cannot be read.",
  },
});

const fmtCommand: Command<Context> = buildCommand<HopperFmtFlags, string[], Context>({
  loader: async () => (await import("./verbs/hopper-fmt.ts")).hopperFmt,
  parameters: {
    flags: {
      check: { kind: "boolean", brief: "Change nothing; end with 1 where something would change", default: false },
    },
    positional: filesArgument,
  },
  docs: {
    brief: "Lay out modules in the one way",
    customUsage: [
      { input: "escrow.hop", brief: "prints the name of each file that it changes" },
      { input: "--check *.hop", brief: "for CI" },
    ],
    fullDescription:
      "Indentation, spaces, blank lines, and lines of at most 100 columns; comments stay where they are. A module's hash\n" +
      "does not go by its layout, so it stays the same module.",
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

const runCommand: Command<Context> = buildCommand<HopperRunFlags, [string, string, ...string[]], Context>({
  loader: async () => (await import("./verbs/hopper-run.ts")).hopperRun,
  parameters: {
    flags: {
      as: {
        kind: "parsed",
        parse: textOf,
        brief: 'Who signs: a name, standing for key("name"), or an expression; may be given more than once',
        placeholder: "name",
        optional: true,
        variadic: true,
      },
      at: {
        kind: "parsed",
        parse: textOf,
        brief: "What time it is, as in 2026-11-23T12:00Z",
        placeholder: "time",
        optional: true,
      },
      first: {
        kind: "parsed",
        parse: textOf,
        brief: "A line of the prompt that comes before, such as a command; may be given more than once",
        placeholder: "line",
        optional: true,
        variadic: true,
      },
    },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        brief: "File, command, and its arguments as the language writes them",
        placeholder: "word",
        parse: textOf,
      },
    },
  },
  docs: {
    brief: "Run a command of a module on a fresh machine",
    customUsage: [
      {
        input: 'coin.hop issue \'Unit(key("bank"), "USD")\' \'main(key("alice"))\' 100 --as bank',
        brief: "prints value, rows before (-) and after (+), events (!) and gas",
      },
      {
        input:
          'coin.hop \'transfer(usd, main(key("a")), main(key("b")), 5)\' --as a --first \'let usd = Unit(key("b"), "X")\'',
        brief: "a whole call, with a name that is given first",
      },
    ],
    fullDescription: "Ends with 0, with 1 where the command ends in a fault, 2 where it cannot be read.",
  },
});

const costCommand: Command<Context> = buildCommand<HopperCostFlags, string[], Context>({
  loader: async () => (await import("./verbs/hopper-cost.ts")).hopperCost,
  parameters: { flags: { output: outputFlag }, aliases: { o: "output" }, positional: filesArgument },
  docs: {
    brief: "Show what the commands of modules cost in their tests",
    customUsage: [{ input: "coin.hop", brief: "calls, median and worst gas of each, and the rows that it writes" }],
  },
});

const replCommand: Command<Context> = buildCommand<HopperReplFlags, [string?], Context>({
  loader: async () => (await import("./verbs/hopper-repl.ts")).hopperRepl,
  parameters: {
    flags: {
      history: {
        kind: "parsed",
        parse: textOf,
        brief: "Where typed lines are kept; ~/.juno_hopper_history unless given",
        placeholder: "file",
        optional: true,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "A module to begin with", placeholder: "file", parse: textOf, optional: true }],
    },
  },
  docs: {
    brief: "Open a prompt for the language, on a machine of its own",
    customUsage: [
      { input: "coin.hop", brief: "its commands, functions and tables are there; :help shows the rest" },
      { input: "coin.hop < lines.txt", brief: "line by line from a file; ends with 1 where one was refused or failed" },
    ],
  },
});

export const hopperRoutes: RouteMap<Context> = buildRouteMap<
  "check" | "fmt" | "test" | "run" | "cost" | "repl",
  Context
>({
  routes: {
    check: checkCommand,
    fmt: fmtCommand,
    test: testCommand,
    run: runCommand,
    cost: costCommand,
    repl: replCommand,
  },
  docs: { brief: "Write contracts: check, test and run modules of Hopper, without a cluster" },
});
