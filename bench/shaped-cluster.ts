/** A cluster to measure whose nodes are configured by hand and reach each other over links that may be slow. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JunoClient } from "../client/client.ts";
import { type NodeConfig, readNodeConfig, renderNodeConfig } from "../cluster/config.ts";
import type { NodeStatus } from "../cluster/control.ts";
import { initCluster } from "../cluster/init.ts";
import { parseAddress } from "../cluster/nng/address.ts";
import { readStatus } from "../cluster/status-shape.ts";
import { type Supervisor, supervise } from "../cluster/supervisor.ts";
import type { EngineName } from "../pools/engine.ts";
import type { Outcome } from "../wire/types.ts";
import { connectClient, environmentWithoutSettings, untilLed } from "./bench-cluster.ts";
import { type SlowLink, startSlowLink } from "./slow-link.ts";

export type ShapedClusterOptions = {
  readonly nodes: number;
  readonly engine: EngineName;
  /** Changes what `juno init` gives to each node. */
  readonly adjust: (config: NodeConfig) => NodeConfig;
  /** One way between any two nodes, by relays in this process; no relays unless given. Clients are not delayed. */
  readonly delayMs?: number;
  /** Commands that the client may have under way. */
  readonly openMax?: number;
  /** Ends the waiting for the cluster; whoever called must stop it in any case. */
  readonly signal: AbortSignal;
};

export type ShapedCluster = AsyncDisposable & {
  readonly client: JunoClient;
  /** Aborts when the measurement is given up, or a node crashes. */
  readonly signal: AbortSignal;
  readonly statuses: () => Promise<NodeStatus[]>;
};

const entry = fileURLToPath(new URL("../client/juno.ts", import.meta.url));
const stopMs = 10_000;
/** A crashed node is the end of the measurement, so it is not waited for. */
const noRestart = { firstMs: 3_600_000, maxMs: 3_600_000, recoveredMs: 3_600_000 };

/** Founds and starts a cluster with one client, and waits for its leader; leaves nothing where that fails. */
export async function startShapedCluster(options: ShapedClusterOptions): Promise<ShapedCluster> {
  const { nodes, engine, adjust, delayMs, openMax, signal: given } = options;
  given.throwIfAborted();
  await using cleaning = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "juno-bench-"));
  cleaning.defer(() => rmSync(dir, { recursive: true, force: true }));
  const layout = mustHave(await initCluster({ dir, nodes, clients: 1, basePort: 0, engine }));
  const linkTo = async (url: string): Promise<string> => {
    if (delayMs === undefined) return url;
    const link: SlowLink = cleaning.use(await startSlowLink({ target: tcpTarget(url), delayMs }));
    return `tcp://127.0.0.1:${link.port}`;
  };
  for (const { config: file } of layout.nodes) {
    const config = mustHave(readNodeConfig(file, {}, {}));
    const peers = await Promise.all(config.peers.map(async ({ id, url }) => ({ id, url: await linkTo(url) })));
    writeFileSync(file, renderNodeConfig(adjust({ ...config, peers, log: { ...config.log, level: "warn" } })));
  }
  const broken = new AbortController();
  const signal = AbortSignal.any([given, broken.signal]);
  const nodesRunning = layout.nodes.map(({ name, config }) => startNode(name, config, broken));
  cleaning.defer(async () => {
    for (const node of nodesRunning) node.stop();
    await Promise.all(nodesRunning.map(({ down }) => down));
  });
  const client = cleaning.use(await connectClient(layout, openMax));
  const statuses = (): Promise<NodeStatus[]> =>
    Promise.all(layout.nodes.map(async (node) => mustHave(await readStatus(join(node.dir, "data"), 10_000))));
  await untilLed(statuses, signal);
  const whole = cleaning.move();
  return { client, signal, statuses, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

function mustHave<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

function tcpTarget(url: string): { host: string; port: number } {
  const parsed = parseAddress(url);
  if (!parsed.ok || parsed.address.scheme !== "tcp") throw new Error(`${url}: only tcp can be relayed`);
  return parsed.address;
}

function startNode(name: string, config: string, broken: AbortController): Supervisor {
  let last = "";
  const fail = ({ how }: { readonly how: string }) =>
    broken.abort(new Error(`${name} ended by itself (${how}): ${last}`));
  const command = {
    args: [entry, "start", "--config", config],
    env: environmentWithoutSettings(),
    backOff: noRestart,
    stopMs,
  };
  return supervise(command, {
    onLine: (line) => {
      last = line;
    },
    onCrash: fail,
    onGone: fail,
  });
}
