/** A cluster of real processes on loopback for a test: each node is `juno start` on free ports in a temporary folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, type JunoClient } from "../../client/client.ts";
import { readClientConfig } from "../../cluster/client-config.ts";
import type { ClusterLayout } from "../../cluster/cluster-layout.ts";
import type { NodeStatus } from "../../cluster/control.ts";
import { readClientIdentity } from "../../cluster/identity.ts";
import { initCluster } from "../../cluster/init.ts";
import { readStatus } from "../../cluster/status-shape.ts";
import { launchedMark } from "../../cluster/stop-signals.ts";

export const junoEntry: string = fileURLToPath(new URL("../../client/juno.ts", import.meta.url));

export type NodeProcess = { readonly child: ChildProcess; readonly exited: Promise<number | null>; output: string };

export type TestCluster = {
  readonly layout: ClusterLayout;
  /** The running process of each node; undefined where none runs. */
  readonly processes: (NodeProcess | undefined)[];
  /** Its environment has `more` besides. */
  readonly start: (node: number, more?: Readonly<Record<string, string>>) => NodeProcess;
  /** Sends a signal and waits for the end; returns the exit code, null where a signal ended it. */
  readonly end: (node: number, signal: NodeJS.Signals) => Promise<number | null>;
  readonly status: (node: number) => Promise<NodeStatus | undefined>;
  /** Waits until the node that most follow is known, and running. */
  readonly leader: () => Promise<number>;
  /** Waits until all running nodes hold and have applied the same log; returns one of their statuses. */
  readonly agreement: () => Promise<NodeStatus>;
  readonly client: (number?: number) => Promise<JunoClient>;
  /** Ends every process by SIGKILL and removes the folder. */
  readonly dispose: () => Promise<void>;
};

export async function makeCluster(nodes: number, clients = 1): Promise<TestCluster> {
  const dir = mkdtempSync(join(tmpdir(), "juno-e2e-"));
  const made = await initCluster({ dir, nodes, clients, basePort: 0, threads: 1 });
  if (!made.ok) throw new Error(made.reason);
  const layout = made.value;
  const processes: (NodeProcess | undefined)[] = layout.nodes.map(() => undefined);

  function start(node: number, more: Readonly<Record<string, string>> = {}): NodeProcess {
    const config = layout.nodes[node]?.config ?? "";
    const child = spawn(process.execPath, [junoEntry, "start", "--config", config], {
      // The open pipe ties the node's life to ours: should this process die, the node stops.
      stdio: ["pipe", "pipe", "pipe"],
      // Both layouts in every cluster: they have to get on with each other.
      env: { JUNO_THREADS_LAYOUT: node % 2 === 0 ? "packed" : "spread", ...process.env, ...launchedMark, ...more },
    });
    const exited = once(child, "exit").then(([code]) => code as number | null);
    const started: NodeProcess = { child, exited, output: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        started.output += data.toString();
      });
    }
    processes[node] = started;
    return started;
  }

  async function end(node: number, signal: NodeJS.Signals): Promise<number | null> {
    const running = processes[node];
    if (running === undefined) throw new Error(`node ${node} does not run`);
    processes[node] = undefined;
    running.child.kill(signal);
    return running.exited;
  }

  async function status(node: number): Promise<NodeStatus | undefined> {
    const folder = layout.nodes[node]?.dir ?? "";
    const result = await readStatus(join(folder, "data"), 2_000);
    return result.ok ? result.value : undefined;
  }

  async function statuses(): Promise<NodeStatus[]> {
    const running = processes.flatMap((one, node) => (one === undefined ? [] : [node]));
    const found = await Promise.all(running.map(status));
    return found.every((one) => one !== undefined) ? found : [];
  }

  return {
    layout,
    processes,
    start,
    end,
    status,
    leader: () =>
      eventually("a leader", async () => {
        const all = await statuses();
        const leading = all.filter((one) => one.role === "leader");
        const [first] = leading.sort((a, b) => b.term - a.term);
        const followers = all.filter((one) => one.leader === first?.id && one.term === first.term);
        return first !== undefined && followers.length * 2 > layout.nodes.length ? first.id : undefined;
      }),
    agreement: () =>
      eventually("agreement of all nodes", async () => {
        const [first, ...rest] = await statuses();
        if (first === undefined) return undefined;
        const key = (one: NodeStatus): string =>
          `${one.commitIndex} ${one.appliedIndex} ${one.logHash} ${one.stateHash}`;
        const idle = first.lastIndex === first.commitIndex && first.appliedIndex === first.commitIndex;
        return idle && rest.every((one) => key(one) === key(first)) ? first : undefined;
      }),
    client: async (number = 0) => {
      const config = readClientConfig(layout.clients[number]?.config ?? "", {}, {});
      if (!config.ok) throw new Error(config.reason);
      const identity = readClientIdentity(config.value);
      if (!identity.ok) throw new Error(identity.reason);
      const { genesis, secretSeed } = identity.value;
      return connect({ genesis, client: config.value.client.id, secretSeed, urls: config.value.nodes });
    },
    dispose: async () => {
      await Promise.all(processes.map((one, node) => (one === undefined ? undefined : end(node, "SIGKILL"))));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Asks again and again until there is an answer; throws after a generous time, since machines under test are slow. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
