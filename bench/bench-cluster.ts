/** A cluster to measure: real node processes on loopback, in a temporary folder, gone when it is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, type JunoClient } from "../client/client.ts";
import { readClientConfig } from "../cluster/client-config.ts";
import type { ClusterLayout } from "../cluster/cluster-layout.ts";
import type { NodeStatus } from "../cluster/control.ts";
import { readClientIdentity } from "../cluster/identity.ts";
import { initCluster } from "../cluster/init.ts";
import { nodeEnvironment } from "../cluster/node-environment.ts";
import { readStatus } from "../cluster/status-shape.ts";
import { launchedMark } from "../cluster/stop-signals.ts";
import type { EngineName } from "../pools/engine.ts";

export type BenchClusterOptions = {
  /** 1 to 32. */
  readonly nodes: number;
  readonly engine: EngineName;
  /** Verifying threads of each node; as `juno init` chooses unless given. */
  readonly threads?: number;
  /** Ends the waiting for the cluster; whoever called must stop it in any case. */
  readonly signal: AbortSignal;
};

export type BenchCluster = AsyncDisposable & {
  readonly layout: ClusterLayout;
  /** Aborts when the measurement is given up, or when a node ends by itself; the reason says which. */
  readonly signal: AbortSignal;
  /** A new client, which ends with the cluster unless closed before. */
  readonly client: () => Promise<JunoClient>;
  /** Of all nodes that run; rejects where one does not answer in 10 s. */
  readonly statuses: () => Promise<NodeStatus[]>;
  /** Processor milliseconds of all nodes that run, since their start. */
  readonly cpuMs: () => Promise<number>;
  /** Waits for the node that most follow. */
  readonly leader: () => Promise<number>;
  /** Ends a node by SIGKILL, and returns when the signal was sent, on the clock of `performance.now`. */
  readonly kill: (node: number) => number;
  /** Ends all processes and removes the folder; may be called again. */
  readonly stop: () => Promise<void>;
};

const entry = fileURLToPath(new URL("../client/juno.ts", import.meta.url));
const leaderWithinMs = 120_000;
/** How long a node may take to end in order. */
const stopMs = 10_000;

/** Founds and starts a cluster, and waits for its leader; leaves nothing where that fails. */
export async function startBenchCluster(options: BenchClusterOptions): Promise<BenchCluster> {
  const { nodes, engine, threads, signal } = options;
  signal.throwIfAborted();
  const dir = mkdtempSync(join(tmpdir(), "juno-bench-"));
  const made = await initCluster({
    dir,
    nodes,
    clients: 1,
    basePort: 0,
    engine,
    ...(threads === undefined ? {} : { threads }),
  });
  if (!made.ok) {
    rmSync(dir, { recursive: true, force: true });
    throw new Error(made.reason);
  }
  const cluster = runCluster(made.value, signal);
  try {
    await cluster.leader();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function runCluster(layout: ClusterLayout, given: AbortSignal): BenchCluster {
  const broken = new AbortController();
  const signal = AbortSignal.any([given, broken.signal]);
  /** Undefined where a node was killed on purpose. */
  const children: (ChildProcess | undefined)[] = layout.nodes.map((node, id) => {
    const child = spawnNode(node.config, join(layout.dir, `${node.name}.log`));
    child.once("exit", (code, by) => {
      if (children[id] === undefined || stopping !== undefined || given.aborted) return;
      const last = readFileSync(join(layout.dir, `${node.name}.log`), "utf8")
        .trimEnd()
        .split("\n")
        .at(-1);
      broken.abort(new Error(`${node.name} ended by itself (${by ?? code}): ${last ?? ""}`));
    });
    child.once("error", (error) => broken.abort(error));
    return child;
  });
  const clients: JunoClient[] = [];
  let stopping: Promise<void> | undefined;

  function statuses(): Promise<NodeStatus[]> {
    const running = layout.nodes.filter((_, id) => children[id] !== undefined);
    return Promise.all(
      running.map(async (node) => {
        const status = await readStatus(join(node.dir, "data"), 10_000);
        if (!status.ok) throw new Error(status.reason);
        return status.value;
      }),
    );
  }

  async function stop(): Promise<void> {
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(children.map(async (child) => child !== undefined && (await end(child))));
    rmSync(layout.dir, { recursive: true, force: true });
  }

  const stopOnce = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  return {
    layout,
    signal,
    client: async () => {
      const client = await connectClient(layout);
      clients.push(client);
      return client;
    },
    statuses,
    cpuMs: async () => (await statuses()).reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    leader: () => untilLed(statuses, signal),
    kill: (node) => {
      const child = children[node];
      if (child === undefined) throw new Error(`node ${node} does not run`);
      children[node] = undefined;
      child.kill("SIGKILL");
      return performance.now();
    },
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

/** Waits for the node that most follow; nodes that do not answer yet have no say. */
export async function untilLed(statuses: () => Promise<NodeStatus[]>, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + leaderWithinMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await statuses().then(leaderOf, () => undefined);
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`no leader within ${leaderWithinMs / 1000} s`);
    await sleep(50);
  }
}

/** The leader of the newest term, once most nodes follow it. */
function leaderOf(statuses: readonly NodeStatus[]): number | undefined {
  const [newest] = statuses.filter(({ role }) => role === "leader").sort((a, b) => b.term - a.term);
  if (newest === undefined) return undefined;
  const agreed = statuses.filter(({ leader, term }) => leader === newest.id && term === newest.term);
  return agreed.length * 2 > statuses.length ? newest.id : undefined;
}

/** Settings of the environment would go over the file's, and nobody would see them in the setup. */
export function environmentWithoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("JUNO_")));
}

function spawnNode(config: string, logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  try {
    const args = [entry, "start", "--config", config, "--set", "log.level=warn"];
    // The open pipe ties the nodes' lives to ours: should this process die, they stop.
    return spawn(process.execPath, args, {
      stdio: ["pipe", "ignore", log],
      env: { ...nodeEnvironment, ...environmentWithoutSettings(), ...launchedMark },
    });
  } finally {
    closeSync(log);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await ended;
  clearTimeout(late);
}

/** Connects the cluster's first client; `openMax` commands at most are under way, or as many as its limits say. */
export async function connectClient(layout: ClusterLayout, openMax?: number): Promise<JunoClient> {
  const config = readClientConfig(layout.clients[0]?.config ?? "", {}, {});
  if (!config.ok) throw new Error(config.reason);
  const identity = readClientIdentity(config.value);
  if (!identity.ok) throw new Error(identity.reason);
  const { genesis, secretSeed } = identity.value;
  const limits = openMax === undefined ? {} : { requestsMax: openMax };
  return connect({ genesis, client: config.value.client.id, secretSeed, urls: config.value.nodes, limits });
}
