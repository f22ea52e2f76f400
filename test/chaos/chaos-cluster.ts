/**
 * A cluster of real processes whose every connection goes through a link that can be made bad: one link for each ordered
 * pair of nodes, and one from each client to each node. It ends with this process, whatever ends that.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readNodeConfig } from "../../cluster/config.ts";
import type { NodeStatus } from "../../cluster/control.ts";
import { makeCluster, type NodeProcess, type TestCluster } from "../e2e/cluster-processes.ts";
import type { Random } from "../sim/random.ts";
import { type LinkProxy, openLink } from "./link-proxy.ts";
import { lowPorts } from "./low-ports.ts";
import { type Reaper, startReaper } from "./reaper.ts";

export type Condition = "running" | "paused" | "down";

/** Where a node really listens, behind all links. */
export type Entrances = { readonly peers: string; readonly clients: string };

export type ChaosCluster = {
  readonly cluster: TestCluster;
  readonly size: number;
  readonly entrances: readonly Entrances[];
  readonly conditionOf: (node: number) => Condition;
  readonly start: (node: number) => void;
  /** SIGKILL; also a paused node. */
  readonly kill: (node: number) => Promise<void>;
  /**
   * SIGTERM; returns how long the end took in milliseconds, and its exit code. Throws where it has not ended after
   * `endMsMax`; the node then still runs, so that it can be looked at.
   */
  readonly terminate: (node: number) => Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** SIGSTOP, SIGCONT. */
  readonly pause: (node: number) => void;
  readonly resume: (node: number) => void;
  /** Who leads as far as running nodes tell; undefined where none says so. */
  readonly leading: () => Promise<number | undefined>;
  /** The link on which one node dials another. */
  readonly peerLink: (from: number, to: number) => LinkProxy;
  readonly clientLink: (client: number, to: number) => LinkProxy;
  readonly links: readonly LinkProxy[];
  /** Mends all links, resumes and starts all nodes. */
  readonly heal: () => void;
  /** Nodes that ended though nobody ended them: each with the end of its output. */
  readonly deaths: () => readonly string[];
  readonly outputs: () => readonly string[];
  readonly dispose: () => Promise<void>;
};

/** Ending is promised within two seconds; a crowded machine gets more, a node that hangs does not. */
const endMsMax = 20_000;

export async function makeChaosCluster(size: number, clients: number, random: Random): Promise<ChaosCluster> {
  const cluster = await makeCluster(size, clients);
  const reaper = startReaper();
  // Where a run is ended by a signal, nothing can be waited for any more.
  const abandon = (): void => {
    for (const one of cluster.processes) one?.child.kill("SIGKILL");
    rmSync(cluster.layout.dir, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  const dispose = async (links: readonly LinkProxy[]): Promise<void> => {
    await Promise.all(links.map((link) => link.close()));
    await cluster.dispose();
    await reaper.close();
    process.off("exit", abandon);
  };
  try {
    return await linkUp(cluster, reaper, size, random, dispose);
  } catch (error) {
    await dispose([]);
    throw error;
  }
}

async function linkUp(
  cluster: TestCluster,
  reaper: Reaper,
  size: number,
  random: Random,
  dispose: (links: readonly LinkProxy[]) => Promise<void>,
): Promise<ChaosCluster> {
  const { layout } = cluster;
  const peerLinks = new Map<string, LinkProxy>();
  const clientLinks = new Map<string, LinkProxy>();
  const paused = new Set<number>();
  const ending = new Set<NodeProcess>();
  const deaths: string[] = [];
  const outputs: string[] = layout.nodes.map(() => "");

  const ports = await lowPorts(2 * size);
  const entrances = layout.nodes.map(
    (_, node): Entrances => ({
      peers: `tcp://127.0.0.1:${ports[2 * node]}`,
      clients: `tcp://127.0.0.1:${ports[2 * node + 1]}`,
    }),
  );
  const founded = layout.nodes.map(({ config }): Entrances => {
    const read = readNodeConfig(config, {}, {});
    if (!read.ok) throw new Error(read.reason);
    return read.value.listen;
  });

  /** Writes other addresses into a configuration. */
  function readdress(config: string, changes: readonly (readonly [from: string, to: string])[]): void {
    const text = readFileSync(config, "utf8");
    for (const [from] of changes) if (!text.includes(`"${from}"`)) throw new Error(`${config} does not name ${from}`);
    // All at once: a link may have got a port that the file gave to another node, and must not be taken for that one.
    const becomes = new Map(changes);
    writeFileSync(
      config,
      text.replaceAll(/"([^"\n]*)"/g, (whole, named) => {
        const to = becomes.get(named);
        return to === undefined ? whole : `"${to}"`;
      }),
    );
  }

  /** A link for a member to each node but itself, and the addresses to write for it. */
  async function linksFor(
    side: keyof Entrances,
    from: number,
    links: Map<string, LinkProxy>,
    nodes: readonly number[],
  ) {
    return Promise.all(
      nodes.map(async (to): Promise<readonly [string, string]> => {
        const link = await openLink(
          { host: "127.0.0.1", port: ports[2 * to + (side === "peers" ? 0 : 1)] ?? 0 },
          random,
        );
        links.set(`${from} ${to}`, link);
        return [founded[to]?.[side] ?? "", `tcp://127.0.0.1:${link.port}`];
      }),
    );
  }

  const all = layout.nodes.map(({ id }) => id);
  for (const { config, id } of layout.nodes) {
    const others = all.filter((other) => other !== id);
    const [own, moved] = [founded[id], entrances[id]];
    if (own === undefined || moved === undefined) throw new Error(`node ${id} has no address`);
    const dialed = await linksFor("peers", id, peerLinks, others);
    readdress(config, [...dialed, [own.peers, moved.peers], [own.clients, moved.clients]]);
  }
  for (const { config, id } of layout.clients) readdress(config, await linksFor("clients", id, clientLinks, all));
  const links = [...peerLinks.values(), ...clientLinks.values()];

  function linkOf(map: Map<string, LinkProxy>, from: number, to: number): LinkProxy {
    const link = map.get(`${from} ${to}`);
    if (link === undefined) throw new Error(`there is no link from ${from} to ${to}`);
    return link;
  }

  function conditionOf(node: number): Condition {
    if (cluster.processes[node] === undefined) return "down";
    return paused.has(node) ? "paused" : "running";
  }

  function start(node: number): void {
    const started = cluster.start(node);
    reaper.watch(started.child);
    void started.exited.then((code) => {
      outputs[node] = `${outputs[node]}${started.output}\n-- ended with ${code}\n`;
      if (cluster.processes[node] !== started) return;
      cluster.processes[node] = undefined;
      if (ending.delete(started)) return;
      deaths.push(`node ${node} ended by itself with ${code}: ${started.output.trimEnd().split("\n").at(-1)}`);
    });
  }

  function running(node: number): NodeProcess {
    const one = cluster.processes[node];
    if (one === undefined) throw new Error(`node ${node} does not run`);
    return one;
  }

  function resume(node: number): void {
    if (paused.delete(node)) running(node).child.kill("SIGCONT");
  }

  return {
    cluster,
    size,
    entrances,
    conditionOf,
    start,
    kill: async (node) => {
      paused.delete(node);
      await cluster.end(node, "SIGKILL");
    },
    terminate: async (node) => {
      resume(node);
      const one = running(node);
      const began = performance.now();
      ending.add(one);
      one.child.kill("SIGTERM");
      const code = await Promise.race([one.exited, sleep(endMsMax, "late" as const, { ref: false })]);
      if (code === "late") throw new Error(`node ${node} has not ended ${endMsMax} ms after SIGTERM`);
      return { code, tookMs: performance.now() - began };
    },
    pause: (node) => {
      running(node).child.kill("SIGSTOP");
      paused.add(node);
    },
    resume,
    leading: async () => {
      const found = await Promise.all(
        all.map((node) => (conditionOf(node) === "running" ? cluster.status(node) : undefined)),
      );
      const leaders = found.filter((one): one is NodeStatus => one?.role === "leader");
      return leaders.sort((a, b) => b.term - a.term)[0]?.id;
    },
    peerLink: (from, to) => linkOf(peerLinks, from, to),
    clientLink: (client, to) => linkOf(clientLinks, client, to),
    links,
    heal: () => {
      for (const link of links) link.mend();
      for (const node of all) {
        if (conditionOf(node) === "paused") resume(node);
        if (conditionOf(node) === "down") start(node);
      }
    },
    deaths: () => deaths,
    outputs: () => all.map((node) => `${outputs[node]}${cluster.processes[node]?.output ?? ""}`),
    dispose: () => dispose(links),
  };
}
