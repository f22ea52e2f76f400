/** The single parts that `juno bench micro` measures. */
import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { threadPort } from "../actors/port.ts";
import { openStore } from "../ledger/store.ts";
import { type EngineName, loadEngine } from "../pools/engine.ts";
import { generateKeyPair } from "../pools/public-key.ts";
import { verifyBatch } from "../pools/verify-batch.ts";
import { chainer, leafHash } from "../wire/chain.ts";
import { digestAt, type Entries, emptyColumns, type Segment } from "../wire/entries.ts";
import { encodeEnvelope, encodeSigned, open } from "../wire/envelope.ts";
import type { Body, ClientId, Digest, Genesis, LogIndex, NodeId, RequestId, Term } from "../wire/types.ts";
import { startBenchMachine } from "./bench-machine.ts";
import { benchCluster, benchPayload, commandBatch, signedCommand } from "./signed-commands.ts";

/** One measurement; a call of `run` does `count` times what the metric names. */
export type MicroTask = {
  readonly metric: string;
  readonly series: string;
  readonly xName: string;
  readonly x: number | string;
  readonly count: number;
  /** Rates are told for engines, microseconds for all else. */
  readonly unit: "1/s" | "µs";
  readonly run: () => void | Promise<void>;
  /** Before each call, outside of the time. */
  readonly before?: () => void;
};

export type MicroTasks = { readonly tasks: readonly MicroTask[]; readonly close: () => Promise<void> };

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

/** Prepares everything; `close` ends the thread and removes the store. */
export async function microTasks(engines: readonly EngineName[], sizes: readonly number[]): Promise<MicroTasks> {
  // What has to be ended comes last: nothing after it can fail.
  const pure = [...(await engineTasks(engines, sizes)), ...(await codecTasks()), stateMachineTask()];
  const store = startStore();
  const hop = startHop();
  const tasks = [...pure, ...store.tasks, ...hop.tasks];
  return {
    tasks,
    close: async () => {
      store.close();
      await hop.close();
    },
  };
}

const part = (metric: string, run: MicroTask["run"], count = 1): MicroTask => {
  return { metric, series: "", xName: "", x: "", count, unit: "µs", run };
};

/** The verifier's own way through a batch: without leaves, so that only signatures count. */
async function engineTasks(engines: readonly EngineName[], sizes: readonly number[]): Promise<MicroTask[]> {
  const tasks: MicroTask[] = [];
  const signer = await loadEngine("openssl");
  for (const name of engines) {
    const engine = await loadEngine(name);
    for (const size of sizes) {
      const batch = commandBatch(signer, size, false, "shared");
      const run = () => {
        if (verifyBatch(engine, batch).valid.includes(0)) throw new Error(`${name} refuses a valid signature`);
      };
      tasks.push({
        metric: "signatures checked",
        series: name,
        xName: "batch",
        x: size,
        count: size,
        unit: "1/s",
        run,
      });
    }
    const { secretSeed } = generateKeyPair();
    tasks.push(part(`${name}: sign a command`, () => void engine.sign(benchPayload, secretSeed)));
  }
  return tasks;
}

async function codecTasks(): Promise<MicroTask[]> {
  const engine = await loadEngine("openssl");
  const frames = Array.from({ length: 1000 }, (_, i) => signedCommand(engine, 0, i + 1));
  const [frame = new Uint8Array()] = frames;
  const signature = new Uint8Array(64).fill(1);
  const value = { client: 0 as ClientId, request: 1 as RequestId, payload: benchPayload };
  const batch: Body = { $case: "commandBatch", value: { client: 0 as ClientId, commands: frames } };
  const encodeBatch = () => encodeEnvelope(encodeSigned(benchCluster, 0, batch), signature);
  const batchFrame = encodeBatch();
  const mustOpen = (bytes: Uint8Array) => {
    if (!open(bytes, benchCluster).ok) throw new Error("a good frame is refused");
  };
  const chain = chainer(sha256);
  return [
    part("encode a command", () => {
      encodeEnvelope(encodeSigned(benchCluster, 0, { $case: "command", value }), signature);
    }),
    part("open a command", () => mustOpen(frame)),
    part("encode a batch of 1000, per command", () => void encodeBatch(), 1000),
    part("open a batch of 1000, per command", () => mustOpen(batchFrame), 1000),
    part("leaf hash of a command", () => void leafHash(sha256, frame)),
    part("chain hash of an entry", () => void chain(benchCluster, 1 as LogIndex, 1 as Term, benchCluster)),
  ];
}

function stateMachineTask(): MicroTask {
  const step = startBenchMachine();
  return part("state machine: a transfer and its outcome", () => void step());
}

function startHop(): { tasks: MicroTask[]; close: () => Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  const entry = new URL("./echo-thread.ts", import.meta.url);
  const worker = new Worker(entry, { workerData: { port: port2 }, transferList: [port2], name: "bench/echo" });
  const own = threadPort(port1);
  const waiting: (() => void)[] = [];
  own.onParcel(() => waiting.shift()?.());
  const there = (mails: readonly unknown[]) => () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      own.post({ mails });
    });
  const mail = { kind: "settled", index: 12_345, term: 3 };
  return {
    tasks: [
      // There and back are two hops.
      part("mailbox hop between threads, one mail", there([mail]), 2),
      part("mailbox hop of 256 mails, per mail", there(new Array(256).fill(mail)), 512),
    ],
    close: async () => {
      own.close();
      await worker.terminate();
    },
  };
}

const storeBatches = [1, 256, 1000];

function startStore(): { tasks: MicroTask[]; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "juno-bench-store-"));
  const validators = [{ id: 0, name: "node0", publicKey: generateKeyPair().publicKey }];
  const genesis: Genesis = { name: "bench", validators, clients: [], admins: [] };
  const opened = openStore({
    file: join(folder, "ledger.sqlite"),
    genesis,
    node: 0 as NodeId,
    create: true,
    verify: () => true,
    allocate: (bytes) => new Uint8Array(bytes),
  });
  if (!opened.ok) throw new Error(opened.reason);
  const store = opened.value;
  const signer = { sign: () => new Uint8Array(64).fill(1) };
  const tasks = storeBatches.map((count): MicroTask => {
    const entries = entriesOf(Array.from({ length: count }, (_, i) => signedCommand(signer, 0, i + 1)));
    let next: Segment | undefined;
    const before = () => {
      const prev = store.hashAt(store.lastIndex);
      if (prev === undefined) throw new Error("the store has no hash of its last entry");
      next = chained((store.lastIndex + 1) as LogIndex, prev, entries);
    };
    const run = () => {
      // The harness also tries a task without what goes before it.
      if (next !== undefined) store.write([{ append: next }]);
      next = undefined;
    };
    const name = count === 1 ? "store: append and sync a command" : `store: append and sync ${count} commands, each`;
    return { ...part(name, run, count), before };
  });
  return {
    tasks,
    close: () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function entriesOf(commands: readonly Uint8Array[]): Entries {
  const columns = emptyColumns(commands.length);
  const data = Buffer.concat(commands);
  let at = 0;
  for (const [row, bytes] of commands.entries()) {
    columns.starts[row] = at;
    columns.payloadStarts[row] = at;
    at += bytes.length;
    columns.ends[row] = at;
    columns.payloadEnds[row] = at;
    columns.leaves.set(leafHash(sha256, bytes), row * 32);
    columns.terms[row] = 1;
  }
  return { count: commands.length, data, ...columns };
}

const chain = chainer(sha256);

function chained(first: LogIndex, prev: Digest, entries: Entries): Segment {
  const hashes = new Uint8Array(entries.count * 32);
  let before = prev;
  for (let row = 0; row < entries.count; row++) {
    before = chain(before, (first + row) as LogIndex, 1 as Term, digestAt(entries.leaves, row));
    hashes.set(before, row * 32);
  }
  return { first, entries, hashes };
}
