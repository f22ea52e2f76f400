/** The verbs of people who use the ledger: their flags, and where their work is done, loaded when it is asked for. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Context } from "./context.ts";
import { clientFlags, dirFlag, oneArgument, outputFlag, secondsOf, textOf, wholeNumberIn } from "./flags.ts";
import type { WhichClient } from "./open-client.ts";
import type { AuditFlags } from "./verbs/audit.ts";
import type { CallFlags, ForSigning } from "./verbs/contract.ts";
import type { QueryFlags } from "./verbs/contract-query.ts";
import type { SendFlags } from "./verbs/send.ts";

const timeoutFlag = {
  kind: "parsed",
  parse: secondsOf,
  brief: "Seconds to wait for all commands; 0 waits for ever",
  placeholder: "seconds",
  default: "30",
} as const;

const genesisFlag = {
  kind: "parsed",
  parse: textOf,
  brief: "The genesis to trust; that of --dir unless given",
  placeholder: "file",
  optional: true,
} as const;

export const replCommand: Command<Context> = buildCommand<WhichClient, [], Context>({
  loader: async () => (await import("./verbs/repl.ts")).repl,
  parameters: { flags: clientFlags },
  docs: {
    brief: "Open the prompt, hopper>>",
    customUsage: [
      { input: "", brief: "as the first client of ./juno-data; type help there" },
      { input: "< commands.txt", brief: "line by line from a file" },
    ],
    fullDescription: "A prompt for Juno's commands, and for the measurements batch test:N and many test:N.",
  },
});

export const sendCommand: Command<Context> = buildCommand<SendFlags, string[], Context>({
  loader: async () => (await import("./verbs/send.ts")).send,
  parameters: {
    flags: {
      ...clientFlags,
      timeout: timeoutFlag,
      output: outputFlag,
    },
    aliases: { o: "output" },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Commands, sent one after the other", placeholder: "command", parse: textOf },
    },
  },
  docs: {
    brief: "Send commands and print what became of them",
    customUsage: [
      { input: '"CreateAccount Acct1" "AdjustAccount Acct1 100%1"', brief: "two commands, in this order" },
      { input: '-o json "ObserveAccount Acct1"', brief: "request, index, ok, text and diff, for a program" },
    ],
    fullDescription:
      "Prints each result once f+1 validators agree on it. Ends with 0, with 1 where a command was refused by the ledger,\n" +
      "2 where it cannot be sent, 4 where the time is up: then it may still take effect.",
  },
});

/** With keys, a command becomes a file that they sign. */
const signingFlags = {
  keys: {
    kind: "parsed",
    parse: textOf,
    brief: "Public keys that sign it together: it is then written to --out, and not sent",
    placeholder: "hex,...",
    optional: true,
    variadic: ",",
  },
  until: {
    kind: "parsed",
    parse: wholeNumberIn(1, Number.MAX_SAFE_INTEGER),
    brief: "With --keys: the last log index at which it may run",
    placeholder: "index",
    optional: true,
  },
  out: { kind: "parsed", parse: textOf, brief: "With --keys: the file to write", placeholder: "file", optional: true },
} as const;

export const contractRoutes: RouteMap<Context> = buildRouteMap<
  "publish" | "call" | "policy" | "sign" | "submit" | "query" | "who",
  Context
>({
  routes: {
    publish: buildCommand<SendFlags, string[], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractPublish,
      parameters: {
        flags: { ...clientFlags, timeout: timeoutFlag, output: outputFlag },
        aliases: { o: "output" },
        positional: {
          kind: "array",
          minimum: 1,
          parameter: { brief: "Modules, each after those it uses", placeholder: "file", parse: textOf },
        },
      },
      docs: {
        brief: "Publish modules of Hopper, or their next versions",
        customUsage: [{ input: "hopper/std/coin.hop hopper/demo/escrow.hop", brief: "two modules, in this order" }],
      },
    }),
    call: buildCommand<CallFlags, [string, string], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractCall,
      parameters: {
        flags: {
          ...clientFlags,
          timeout: timeoutFlag,
          output: outputFlag,
          with: {
            kind: "parsed",
            parse: textOf,
            brief: "A module that it uses, where it is not found by itself; may be given more than once",
            placeholder: "file",
            optional: true,
            variadic: true,
          },
          gas: {
            kind: "parsed",
            parse: wholeNumberIn(1, 10_000_000),
            brief: "What it may cost at most",
            placeholder: "count",
            default: "100000",
          },
          expect: {
            kind: "parsed",
            parse: textOf,
            brief: "What must hold or nothing happens: TABLE[UNIT, ACCOUNT] >= LEAST; may be given more than once",
            placeholder: "row",
            optional: true,
            variadic: true,
          },
          ...signingFlags,
        },
        aliases: { o: "output" },
        positional: {
          kind: "tuple",
          parameters: [
            { brief: "The module's file", placeholder: "file", parse: textOf },
            { brief: "A command with its arguments, as the language writes them", placeholder: "call", parse: textOf },
          ],
        },
      },
      docs: {
        brief: "Call a command of a published module, signed by this client",
        customUsage: [
          { input: 'hopper/std/coin.hop \'issue(Unit(key("..."), "USD"), main(key("...")), 100)\'', brief: "one call" },
          {
            input: "FILE 'COMMAND(...)' --keys HEX,HEX --until 5000 --out pay.json",
            brief: "for two keys to sign; then: contract sign, contract submit",
          },
        ],
      },
    }),
    policy: buildCommand<SendFlags & ForSigning, [string, string], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractPolicy,
      parameters: {
        flags: { ...clientFlags, timeout: timeoutFlag, output: outputFlag, ...signingFlags },
        aliases: { o: "output" },
        positional: {
          kind: "tuple",
          parameters: [
            { brief: "The key or role that another speaks for from now on", placeholder: "who", parse: textOf },
            { brief: "Who speaks for it; the key itself again, to end that", placeholder: "policy", parse: textOf },
          ],
        },
      },
      docs: {
        brief: "Change who signs for a key, or give or take a role",
        customUsage: [
          { input: '\'key("...")\' \'atLeast(2, [key("..."), key("...")])\'', brief: "two must sign for this key now" },
          { input: '\'role(key("..."), "teller")\' \'key("...")\'', brief: "gives a role, by its organisation" },
          { input: "'role(key(\"...\"), \"teller\")' 'atLeast(1, [])'", brief: "takes it from everybody" },
        ],
      },
    }),
    sign: buildCommand<WhichClient, [string], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractSign,
      parameters: {
        flags: clientFlags,
        positional: oneArgument("A command that was written for several keys to sign", "file"),
      },
      docs: {
        brief: "Show a command for several keys, and sign it with this client's",
        customUsage: [{ input: "pay.json --client 1", brief: "the signature is added to the file" }],
      },
    }),
    submit: buildCommand<SendFlags, [string], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractSubmit,
      parameters: {
        flags: { ...clientFlags, timeout: timeoutFlag, output: outputFlag },
        aliases: { o: "output" },
        positional: oneArgument("A command that all its keys have signed", "file"),
      },
      docs: {
        brief: "Send a command that several keys have signed; any client may bring it",
        customUsage: [{ input: "pay.json", brief: "it runs once" }],
      },
    }),
    query: buildCommand<QueryFlags, [string, string], Context>({
      loader: async () => (await import("./verbs/contract-query.ts")).contractQuery,
      parameters: {
        flags: {
          ...clientFlags,
          timeout: timeoutFlag,
          output: outputFlag,
          atLeast: {
            kind: "parsed",
            parse: wholeNumberIn(0, Number.MAX_SAFE_INTEGER),
            brief: "Answered at this index of the log or later, as after a command that took effect there",
            placeholder: "index",
            optional: true,
          },
          ledger: {
            kind: "parsed",
            parse: textOf,
            brief:
              "Not of the cluster, but of a node's ledger.sqlite, a copy of it or its data folder; it is audited first",
            placeholder: "file",
            optional: true,
          },
          at: {
            kind: "parsed",
            parse: wholeNumberIn(0, Number.MAX_SAFE_INTEGER),
            brief: "With --ledger: the log index; the last committed one unless given",
            placeholder: "index",
            optional: true,
          },
          genesis: { ...genesisFlag, brief: "With --ledger: the genesis to trust; that of --dir unless given" },
        },
        aliases: { o: "output" },
        positional: {
          kind: "tuple",
          parameters: [
            { brief: "A published module", placeholder: "module", parse: textOf },
            {
              brief: "An expression of the language, as in the module itself",
              placeholder: "expression",
              parse: textOf,
            },
          ],
        },
      },
      docs: {
        brief: "Read what contracts hold; nothing is put into the log",
        customUsage: [
          {
            input: 'std/coin \'get purse[Unit(key("..."), "USD"), main(key("..."))].amount\'',
            brief: "a balance, as f+1 validators have it",
          },
          {
            input: "--ledger copy.sqlite --at 120 demo/escrow 'now'",
            brief: "what time it was for contracts, there",
          },
        ],
      },
    }),
    who: buildCommand<WhichClient, [], Context>({
      loader: async () => (await import("./verbs/contract.ts")).contractWho,
      parameters: { flags: clientFlags },
      docs: {
        brief: "Print the principal that this client is",
        customUsage: [{ input: "--client 1", brief: "another one" }],
      },
    }),
  },
  docs: { brief: "Publish and call contracts" },
});

export const auditCommand: Command<Context> = buildCommand<AuditFlags, [string], Context>({
  loader: async () => (await import("./verbs/audit.ts")).audit,
  parameters: {
    flags: {
      genesis: genesisFlag,
      dir: dirFlag,
      output: outputFlag,
    },
    aliases: { o: "output" },
    positional: oneArgument("A node's ledger.sqlite, a copy of it, or its data folder", "file"),
  },
  docs: {
    brief: "Check a ledger file against the genesis alone",
    customUsage: [
      { input: "juno-data/node0/data", brief: "a node's ledger, running or not" },
      { input: "copy.sqlite --genesis genesis.json", brief: "a copy, anywhere" },
    ],
    fullDescription:
      "Checks every hash, every client's signature and every certificate. Prints the head of the chain, or the first bad\n" +
      "index and why; then it ends with 5.",
  },
});
