/** The `juno` command: its verbs, and how it ends. */
import { buildApplication, buildCommand, buildRouteMap, ExitCode, run } from "@stricli/core";
import {
  configRoutes,
  initCommand,
  keysRoutes,
  startCommand,
  statusCommand,
  upCommand,
  versionCommand,
} from "./cluster-commands.ts";
import type { Context } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { hopperRoutes } from "./hopper-commands.ts";
import { auditCommand, contractRoutes, replCommand, sendCommand } from "./ledger-commands.ts";
import { bench } from "./verbs/bench.ts";
import { junoVersion } from "./version.ts";

/** For the list of verbs; its arguments are read where its own verbs are (see below). */
const benchCommand = buildCommand<object, [], Context>({
  func: async function (this: Context) {
    await bench(this, []);
  },
  parameters: {},
  docs: { brief: "Measure Juno on this machine (in a checkout)" },
});

const routes = buildRouteMap<
  | "up"
  | "repl"
  | "send"
  | "contract"
  | "hopper"
  | "status"
  | "audit"
  | "init"
  | "start"
  | "config"
  | "keys"
  | "bench"
  | "version",
  Context
>({
  routes: {
    up: upCommand,
    repl: replCommand,
    send: sendCommand,
    contract: contractRoutes,
    hopper: hopperRoutes,
    status: statusCommand,
    audit: auditCommand,
    init: initCommand,
    start: startCommand,
    config: configRoutes,
    keys: keysRoutes,
    bench: benchCommand,
    version: versionCommand,
  },
  docs: {
    brief: "A replicated ledger that survives Byzantine faults",
    fullDescription: [
      "Example:  juno up -n 4        four nodes on this machine",
      "          juno repl           in another terminal: the prompt",
      "          juno send 'CreateAccount Acct1'",
      "",
      "Data goes to stdout, everything else to stderr. Ends with 0 ok, 1 failed, 2 usage, 4 timed out but pending,",
      "5 verification failed.",
    ].join("\n"),
  },
});

/** Runs the command with its arguments; returns the exit code. */
export async function runJuno(context: Context, args: readonly string[]): Promise<number> {
  if (args[0] === "bench") {
    await bench(context, args.slice(1));
    return exitCodeOf(context.process.exitCode);
  }
  const application = buildApplication(routes, {
    name: "juno",
    versionInfo: { currentVersion: junoVersion() },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", onlyRequiredInUsageLine: true },
    determineExitCode: () => exitCodes.failed,
  });
  await run(application, args, context);
  return exitCodeOf(context.process.exitCode);
}

/** Stricli's own codes are negative, which a shell cannot see. */
function exitCodeOf(code: number | string | null | undefined): number {
  if (code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument) return exitCodes.usage;
  return typeof code === "number" && code >= 0 ? code : exitCodes.failed;
}
