/**
 * One node as a process runs it: from its configuration to a running node with its log lines, its control socket, and a
 * report on SIGUSR2. Installs no other signal handlers and never ends the process.
 */
import { setFlagsFromString } from "node:v8";
import { type Logger, pino } from "pino";
import { lockFolder } from "../ledger/lock.ts";
import type { Outcome } from "../wire/types.ts";
import type { NodeConfig } from "./config.ts";
import { type Closable, controlPath, serveControl } from "./control.ts";
import { endFirstStart } from "./first-start.ts";
import { type RunningNode, startNode } from "./node.ts";
import { setUpNode } from "./node-setup.ts";

export type NodeProcess = {
  readonly addresses: RunningNode["addresses"];
  /** Stops the node; may be called again. */
  readonly stop: () => Promise<void>;
  /** Resolves with the reason when the node could not go on by itself; it has been stopped then. */
  readonly failed: Promise<string>;
};

/**
 * How much of its heap V8 lets a thread fill with garbage, beyond what it needs, before it marks all of it: three parts rather than
 * one or two. A flooded node's threads need some 10 MB each and marked them twice a second, for a twentieth of all processor time.
 */
const heapFlags = "--heap-growing-percent=200";

/** Starts the node. A reason that is the configuration's fault comes with `configuration: true`. */
export async function runNode(config: NodeConfig): Promise<NodeStart> {
  const logger = loggerOf(config);
  // Before the threads are made: it holds for those that are made from now on.
  setFlagsFromString(heapFlags);
  const setup = setUpNode(config);
  if (!setup.ok) return { ok: false, reason: setup.reason, configuration: true };
  const lock = lockFolder(config.node.data);
  if (!lock.ok) return { ok: false, reason: lock.reason, configuration: false };
  let node: RunningNode;
  try {
    node = await startNode(setup.value, {
      onNote: ({ level, text, facts }) => logger[level](facts, text),
      onStore: () => {
        const ended = endFirstStart(config.node.key, config.node.data);
        if (!ended.ok) throw new Error(ended.reason);
      },
      onReplay: progressOf(logger),
    });
  } catch (error) {
    lock.value.release();
    return { ok: false, reason: error instanceof Error ? error.message : String(error), configuration: false };
  }
  let control: Closable;
  try {
    control = await serveControl(controlPath(config.node.data), node.status);
  } catch (error) {
    await node.stop();
    lock.value.release();
    return { ok: false, reason: error instanceof Error ? error.message : String(error), configuration: false };
  }
  const report = (): void => {
    node.status().then(
      (status) => logger.info({ status }, "status, as asked for by SIGUSR2"),
      () => undefined,
    );
  };
  process.on("SIGUSR2", report);
  const stop = async (): Promise<void> => {
    process.off("SIGUSR2", report);
    await control.close();
    await node.stop();
    lock.value.release();
  };
  logger.info({ ...node.addresses, engine: config.verifier.engine, threads: config.verifier.threads }, "listening");
  const failed = node.failed.catch(async (error: Error) => {
    logger.fatal(error.message);
    await stop();
    return error.message;
  });
  return { ok: true, value: { addresses: node.addresses, stop, failed } };
}

export type NodeStart =
  | Exclude<Outcome<NodeProcess>, { ok: false }>
  | {
      readonly ok: false;
      readonly reason: string;
      readonly configuration: boolean;
    };

function loggerOf(config: NodeConfig): Logger {
  const { level, pretty } = config.log;
  const readable = pretty === "always" || (pretty === "auto" && process.stderr.isTTY);
  const base = { node: config.node.name };
  if (!readable) return pino({ level, base }, pino.destination({ dest: 2, sync: true }));
  return pino({
    level,
    base,
    transport: { target: "pino-pretty", options: { destination: 2, ignore: "pid,hostname" } },
  });
}

/** A long replay tells how far it is, now and then. */
function progressOf(logger: Logger): (applied: number, total: number) => void {
  let told = Date.now();
  return (applied, total) => {
    if (applied < total && Date.now() - told < 1_000) return;
    told = Date.now();
    logger.info({ applied, total }, "replaying the log");
  };
}
