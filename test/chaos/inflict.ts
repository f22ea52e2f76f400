/** Makes a fault true of a cluster, and takes it back when its time is over. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../sim/random.ts";
import type { ChaosCluster } from "./chaos-cluster.ts";
import { startConnectionStorm, startSignatureFlood } from "./floods.ts";
import { clear, type LinkProxy, type Way } from "./link-proxy.ts";
import type { Fault, Target } from "./scenario.ts";

/** Resolves when the fault is over; the signal ends it early. What it hit is in the state that it found, or better. */
export async function inflict(
  chaos: ChaosCluster,
  fault: Fault,
  clients: number,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const all = Array.from({ length: chaos.size }, (_, id) => id);
  const wait = (): Promise<void> => sleep(fault.forMs, undefined, { signal }).catch(() => undefined);

  async function hit(target: Target): Promise<number> {
    const leader = await chaos.leading();
    if (target === "leader" && leader !== undefined) return leader;
    return random.pick(target === "any" ? all : all.filter((node) => node !== leader));
  }

  /** From the nodes to the others, and back; and from clients. */
  function linksOf(node: number): { out: LinkProxy[]; in: LinkProxy[]; clients: LinkProxy[] } {
    const others = all.filter((other) => other !== node);
    return {
      out: others.map((other) => chaos.peerLink(node, other)),
      in: others.map((other) => chaos.peerLink(other, node)),
      clients: Array.from({ length: clients }, (_, client) => chaos.clientLink(client, node)),
    };
  }

  async function whileCut(links: readonly LinkProxy[]): Promise<void> {
    for (const link of links) link.cut();
    await wait();
    for (const link of links) link.mend();
  }

  async function whileDown(nodes: readonly number[], end: (node: number) => Promise<unknown>): Promise<void> {
    await Promise.all(nodes.map((node) => (chaos.conditionOf(node) === "down" ? undefined : end(node))));
    await wait();
    for (const node of nodes) if (chaos.conditionOf(node) === "down") chaos.start(node);
  }

  switch (fault.kind) {
    case "kill":
      return whileDown([await hit(fault.target)], chaos.kill);
    case "killAll":
      return whileDown(all, chaos.kill);
    case "terminate":
      return whileDown([await hit(fault.target)], chaos.terminate);
    case "pause": {
      const node = await hit(fault.target);
      if (chaos.conditionOf(node) !== "running") return;
      chaos.pause(node);
      await wait();
      chaos.resume(node);
      return;
    }
    case "isolate": {
      const { out, in: incoming } = linksOf(await hit(fault.target));
      return whileCut([...out, ...incoming]);
    }
    case "halve": {
      const half = new Set(all.filter(() => random.chance(0.5)));
      const between = all.flatMap((from) =>
        all.flatMap((to) => (from === to || half.has(from) === half.has(to) ? [] : [chaos.peerLink(from, to)])),
      );
      return whileCut(between);
    }
    // Nodes speak only on the links they dialed.
    case "mute":
      return whileCut(linksOf(await hit(fault.target)).out);
    case "deafen":
      return whileCut(linksOf(await hit(fault.target)).in);
    case "cutClients":
      return whileCut(all.flatMap((node) => linksOf(node).clients));
    case "weather": {
      const nodes = fault.target === "all" ? all : [await hit(fault.target)];
      const links = nodes.map(linksOf);
      const hitLinks = links.flatMap((one) => [...one.out, ...one.in, ...(fault.clients ? one.clients : [])]);
      const ways: readonly Way[] = random.pick([["up", "down"], ["up"], ["down"]]);
      for (const link of hitLinks) for (const way of ways) link.setWeather(way, fault.weather);
      await wait();
      for (const link of hitLinks) for (const way of ways) link.setWeather(way, clear);
      return;
    }
    case "signatureFlood":
    case "connectionStorm": {
      const start = fault.kind === "signatureFlood" ? startSignatureFlood : startConnectionStorm;
      const flood = start(chaos, await hit(fault.target));
      await wait();
      await flood.end();
    }
  }
}
