/** The verbs of people who run a cluster: their flags, and where their work is done, loaded when it is asked for. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import { engineNames } from "../pools/engine.ts";
import type { Context } from "./context.ts";
import { dirFlag, oneArgument, outputFlag, secondsOf, setFlag, textOf, wholeNumberIn } from "./flags.ts";
import type { ConfigFlags } from "./verbs/config.ts";
import type { InitFlags } from "./verbs/init.ts";
import type { KeysNewFlags } from "./verbs/keys.ts";
import type { StartFlags } from "./verbs/start.ts";
import type { StatusFlags } from "./verbs/status.ts";
import type { UpFlags } from "./verbs/up.ts";
import type { VersionFlags } from "./verbs/version.ts";

const nodesFlag = { kind: "parsed", parse: wholeNumberIn(1, 32), placeholder: "count" } as const;

const foundingFlags = {
  clients: {
    kind: "parsed",
    parse: wholeNumberIn(0, 1000),
    brief: "How many clients get a key; two programs at a time should not share one",
    placeholder: "count",
    default: "2",
  },
  dir: dirFlag,
  basePort: {
    kind: "parsed",
    parse: wholeNumberIn(0, 65_535),
    brief: "Port of the first node for peers; for clients 100 above; 0 takes free ones (10000)",
    placeholder: "port",
    optional: true,
  },
  host: {
    kind: "parsed",
    parse: textOf,
    brief: "Address of this machine (127.0.0.1)",
    placeholder: "host",
    optional: true,
  },
  transport: { kind: "enum", values: ["tcp", "ipc"], brief: "How nodes and clients connect (tcp)", optional: true },
  engine: { kind: "enum", values: engineNames, brief: "Who checks signatures (simd)", optional: true },
  threads: {
    kind: "parsed",
    parse: wholeNumberIn(0, 256),
    brief: "Verifying threads of each node; 0 takes half of the processors",
    placeholder: "count",
    optional: true,
  },
  name: { kind: "parsed", parse: textOf, brief: "The cluster's name (juno)", placeholder: "name", optional: true },
} as const;

export const upCommand: Command<Context> = buildCommand<UpFlags, [], Context>({
  loader: async () => (await import("./verbs/up.ts")).up,
  parameters: {
    flags: {
      nodes: { ...nodesFlag, brief: "How many nodes a new cluster gets (4)", optional: true },
      ...foundingFlags,
    },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "Run a cluster on this machine",
    customUsage: [
      { input: "-n 4", brief: "four nodes in ./juno-data, made if it is not there; Ctrl-C stops them" },
      { input: "--dir /tmp/seven -n 7 --base-port 0", brief: "seven nodes elsewhere, on free ports" },
    ],
    fullDescription:
      "Starts a process for each node, shows their state, and starts again those that crash. Data is kept.",
  },
});

export const initCommand: Command<Context> = buildCommand<InitFlags, [], Context>({
  loader: async () => (await import("./verbs/init.ts")).init,
  parameters: {
    flags: { nodes: { ...nodesFlag, brief: "How many nodes", default: "4" }, ...foundingFlags },
    aliases: { n: "nodes" },
  },
  docs: {
    brief: "Write the files of a new cluster",
    customUsage: [{ input: "-n 4 --dir ./juno-data", brief: "keys, genesis and configurations of four nodes" }],
    fullDescription: "Prints the files it wrote. Writes over nothing.",
  },
});

export const startCommand: Command<Context> = buildCommand<StartFlags, [], Context>({
  loader: async () => (await import("./verbs/start.ts")).start,
  parameters: {
    flags: {
      config: { kind: "parsed", parse: textOf, brief: "The node's config.toml", placeholder: "file" },
      set: setFlag,
    },
  },
  docs: {
    brief: "Run one node",
    customUsage: [
      { input: "--config juno-data/node0/config.toml", brief: "until SIGTERM or Ctrl-C; a second one ends it at once" },
    ],
    fullDescription:
      "Runs a node in this process; its log goes to stderr. Ends with 2 where the configuration is wrong.",
  },
});

export const statusCommand: Command<Context> = buildCommand<StatusFlags, [], Context>({
  loader: async () => (await import("./verbs/status.ts")).status,
  parameters: {
    flags: {
      dir: dirFlag,
      timeout: {
        kind: "parsed",
        parse: secondsOf,
        brief: "Seconds to wait for a node",
        placeholder: "seconds",
        default: "2",
      },
      output: outputFlag,
    },
    aliases: { o: "output" },
  },
  docs: {
    brief: "Ask all nodes of a folder how they are",
    customUsage: [
      { input: "", brief: "a table" },
      { input: "-o json", brief: "all that the nodes tell, for a program" },
    ],
    fullDescription: "Asks over the nodes' control sockets. Ends with 1 where no node answers.",
  },
});

export const configRoutes: RouteMap<Context> = buildRouteMap<"check" | "print", Context>({
  routes: {
    check: buildCommand<ConfigFlags, [string], Context>({
      loader: async () => (await import("./verbs/config.ts")).configCheck,
      parameters: { flags: { set: setFlag }, positional: oneArgument("A config.toml of a node or a client", "file") },
      docs: {
        brief: "Check a configuration, its genesis and its key",
        customUsage: [{ input: "juno-data/node0/config.toml", brief: "prints ok, or every mistake with its mend" }],
      },
    }),
    print: buildCommand<ConfigFlags, [string], Context>({
      loader: async () => (await import("./verbs/config.ts")).configPrint,
      parameters: { flags: { set: setFlag }, positional: oneArgument("A node's config.toml", "file") },
      docs: {
        brief: "Print a node's settings in force, and where each came from",
        customUsage: [{ input: "juno-data/node0/config.toml --set log.level=warn", brief: "as TOML" }],
      },
    }),
  },
  docs: { brief: "Check or print a configuration" },
});

export const keysRoutes: RouteMap<Context> = buildRouteMap<"new" | "show", Context>({
  routes: {
    new: buildCommand<KeysNewFlags, [string], Context>({
      loader: async () => (await import("./verbs/keys.ts")).keysNew,
      parameters: {
        flags: {
          owner: {
            kind: "parsed",
            parse: textOf,
            brief: "Whose key it is, for the comment in it",
            placeholder: "name",
            default: "nobody yet",
          },
        },
        positional: oneArgument("The file to write; it must not be there yet", "file"),
      },
      docs: {
        brief: "Make a private key file, and print its public key",
        customUsage: [{ input: "--owner node0 node0/key.pem", brief: "an Ed25519 key, mode 600" }],
      },
    }),
    show: buildCommand<object, [string], Context>({
      loader: async () => (await import("./verbs/keys.ts")).keysShow,
      parameters: { positional: oneArgument("A private key file", "file") },
      docs: {
        brief: "Print the public key of a private key file",
        customUsage: [{ input: "juno-data/node0/key.pem", brief: "in hex, as in the genesis" }],
      },
    }),
  },
  docs: { brief: "Make key files, and show public keys" },
});

export const versionCommand: Command<Context> = buildCommand<VersionFlags, [], Context>({
  loader: async () => (await import("./verbs/version.ts")).version,
  parameters: { flags: { output: outputFlag }, aliases: { o: "output" } },
  docs: {
    brief: "Print the version",
    customUsage: [{ input: "-o json", brief: "with Node's version and the platform" }],
  },
});
