/** The keys of a node's configuration: their types, limits and defaults, and the comment of each in its file. */
import { type EngineName, engineNames } from "../pools/engine.ts";
import {
  batchBytesMax,
  batchCommandsMax,
  commandBytesMax,
  commandsPerMessageMax,
  controlBytesMax,
  frameBytesMax,
} from "../wire/limits.ts";
import { choice, numberRange, path, type SectionsOf, shortName, wholeNumber } from "./settings/setting.ts";
import { type Layout, layouts } from "./threads/layout.ts";
import { type TlsPaths, tlsSection } from "./tls-setting.ts";
import { dialUrl, listenUrl } from "./url-setting.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** As in the file; what each one means stands at its key below. */
export type NodeConfigFile = {
  readonly node: {
    readonly id: number;
    readonly name: string;
    readonly data: string;
    readonly genesis: string;
    readonly key: string;
  };
  readonly listen: { readonly peers: string; readonly clients: string };
  readonly peer: readonly { readonly id: number; readonly url: string }[];
  readonly tls?: TlsPaths;
  readonly verifier: { readonly engine: EngineName; readonly threads: number };
  readonly consensus: {
    readonly tickMs: number;
    readonly heartbeatMs: number;
    readonly electionTimeoutMs: readonly [number, number];
    readonly candidateDelayMs: number;
    readonly fairnessTimeoutMs: number;
    readonly windowBatches: number;
    readonly batchDelayMs: number;
    readonly batchCommandsMax: number;
    readonly batchBytesMax: number;
  };
  readonly threads: { readonly layout: Layout | "auto" };
  readonly limits: {
    readonly mailboxMax: number;
    readonly commandsWaitingMax: number;
    readonly queueBytesMax: number;
  };
  readonly log: { readonly level: LogLevel; readonly pretty: "auto" | "always" | "never" };
};

/** Ids are 32 bits on the wire. */
export const idMax = 0xffff_ffff;

const hour = 3_600_000;
const batchBytesLimit = frameBytesMax - commandBytesMax - controlBytesMax - 1;

export const nodeKeys: SectionsOf<NodeConfigFile> = {
  node: {
    kind: "table",
    about: "Who this node is.",
    settings: {
      id: wholeNumber("Its id among the validators of the genesis.", { min: 0, max: idMax }),
      name: shortName("Its name in the genesis, and in logs."),
      data: path("Its folder: log, votes, snapshots, control socket. Never shared by two nodes.", { fallback: "data" }),
      genesis: path("What all members of the cluster agree on; the same file for all.", {
        fallback: "../genesis.json",
      }),
      key: path("Its private key; only its owner may read the file.", { fallback: "key.pem" }),
    },
  },
  listen: {
    kind: "table",
    about: "Where it listens: tcp://host:port, tls+tcp://host:port or ipc:///path.",
    settings: {
      peers: listenUrl("For other nodes.", "tcp://127.0.0.1:10000"),
      clients: listenUrl("For clients.", "tcp://127.0.0.1:10100"),
    },
  },
  peer: {
    kind: "list",
    about: "Every other validator. An item for this node itself is passed over, so that all nodes may share one list.",
    settings: {
      id: wholeNumber("its id in the genesis.", { min: 0, max: idMax }),
      url: dialUrl("where it listens for other nodes.", "tcp://127.0.0.1:10001"),
    },
  },
  tls: tlsSection,
  verifier: {
    kind: "table",
    about: "Who checks signatures.",
    settings: {
      engine: choice(
        `Fastest first: ${engineNames.join(", ")}; only sodium has to have a native add-on. All give the same verdicts.`,
        engineNames,
        "simd",
      ),
      threads: wholeNumber("Threads that check; 0 takes half of the machine's processors.", {
        min: 0,
        max: 256,
        fallback: 0,
      }),
    },
  },
  consensus: {
    kind: "table",
    about: "Timers and batches. All nodes should have the same.",
    settings: {
      tickMs: wholeNumber("How often the clock ticks; all timers are counted in ticks.", {
        min: 1,
        max: 1000,
        fallback: 10,
      }),
      heartbeatMs: wholeNumber("How often an idle leader shows that it lives.", { min: 1, max: hour, fallback: 100 }),
      electionTimeoutMs: numberRange(
        "How long without progress until a node asks for a new term; drawn anew each time.",
        {
          min: 10,
          max: hour,
          fallback: [1000, 2000],
        },
      ),
      candidateDelayMs: wholeNumber("How much later each next in rank becomes a candidate.", {
        min: 1,
        max: hour,
        fallback: 50,
      }),
      fairnessTimeoutMs: wholeNumber("How long a leader may leave one command out while it orders others.", {
        min: 1,
        max: hour,
        fallback: 15_000,
      }),
      // Guess: enough to hide a round trip between continents behind batches; the benchmark would settle it.
      windowBatches: wholeNumber("Batches a leader sends before the first is answered.", {
        min: 1,
        max: 256,
        fallback: 4,
      }),
      // Guess: long against the work of a batch on one machine, short against a round trip between continents.
      batchDelayMs: wholeNumber("How long a command waits for others to share its batch, for each batch in flight.", {
        min: 0,
        max: hour,
        fallback: 20,
      }),
      batchCommandsMax: wholeNumber("Commands in one batch.", {
        min: 1,
        max: commandsPerMessageMax,
        fallback: batchCommandsMax,
      }),
      batchBytesMax: wholeNumber("Bytes of one batch; one with a single command may be larger.", {
        min: 1024,
        max: batchBytesLimit,
        fallback: batchBytesMax,
      }),
    },
  },
  threads: {
    kind: "table",
    about: "Where its actors live.",
    settings: {
      layout: choice<Layout | "auto">(
        "spread: a thread for each actor; packed: few threads, less work on few processors; auto: as the machine is.",
        ["auto", ...layouts],
        "auto",
      ),
    },
  },
  limits: {
    kind: "table",
    about: "What may wait inside a node. Above it, whoever sends has to wait: a flood costs latency, not memory.",
    settings: {
      // All three are guesses; a flood test that watches memory and latency would settle them.
      mailboxMax: wholeNumber("Mails in an actor's mailbox from one other actor.", {
        min: 16,
        max: 1_000_000,
        fallback: 4096,
      }),
      commandsWaitingMax: wholeNumber("Commands that wait for a batch.", { min: 1, max: 10_000_000, fallback: 20_000 }),
      queueBytesMax: wholeNumber("Bytes that wait to be sent to one peer or client.", {
        min: frameBytesMax,
        max: 2 ** 40,
        fallback: 32 * 1024 * 1024,
      }),
    },
  },
  log: {
    kind: "table",
    about: "What it tells, one JSON object a line.",
    settings: {
      level: choice<LogLevel>(
        "The least important lines that are shown.",
        ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
        "info",
      ),
      pretty: choice("For people instead of JSON; auto does so on a terminal.", ["auto", "always", "never"], "auto"),
    },
  },
};
