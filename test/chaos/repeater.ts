/**
 * Sends commands that were acknowledged once more, to every node: as they were signed, by a connection of its own, as anybody
 * could who has overheard them. None may take effect again, and who is told its result again is told the same.
 */
import type { JunoClient } from "../../client/client.ts";
import { createIdentity } from "../../client/identity.ts";
import { openLinks } from "../../client/links.ts";
import { readClientConfig } from "../../cluster/client-config.ts";
import { readClientIdentity } from "../../cluster/identity.ts";
import { loadEngine } from "../../pools/engine.ts";
import { sha256 } from "../../pools/sha256.ts";
import { open } from "../../wire/envelope.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import type { ClientId, NodeId, RequestId } from "../../wire/types.ts";
import type { TestCluster } from "../e2e/cluster-processes.ts";
import type { Random } from "../sim/random.ts";
import { textOf } from "./linearizability/accounts-model.ts";
import type { Recorded } from "./load.ts";

export type Repeater = {
  /** A command was acknowledged: it, an older one, or none is sent again. */
  readonly acknowledged: (one: Recorded) => void;
  /** Commands sent again so far, and answers to them that came. */
  readonly sent: () => number;
  readonly answered: () => number;
  /** Answers that differ from the one that was believed. */
  readonly flaws: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** Older commands that may be sent again; what lies further back has left the nodes' window. */
const rememberedMax = 2000;
const flawsMax = 20;

/** For the commands of one client of the cluster. */
export async function openRepeater(cluster: TestCluster, client: number, random: Random): Promise<Repeater> {
  const config = readClientConfig(cluster.layout.clients[client]?.config ?? "", {}, {});
  if (!config.ok) throw new Error(config.reason);
  const founding = readClientIdentity(config.value);
  if (!founding.ok) throw new Error(founding.reason);
  const { genesis, clusterId, secretSeed } = founding.value;
  const engine = await loadEngine("sodium");
  const id = config.value.client.id as ClientId;
  const identity = createIdentity(clusterId, id, sha256, (message) => engine.sign(message, secretSeed));
  const urls = new Map(config.value.nodes.map((node) => [node.id as NodeId, node.url]));
  const known: Recorded[] = [];
  const told = new Map<number, Recorded>();
  const flaws: string[] = [];
  let sent = 0;
  let answered = 0;

  const links = openLinks({
    urls,
    hello: identity.hello,
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (node, frame) => {
      const opened = open(frame, clusterId);
      if (!opened.ok || opened.value.body.$case !== "commandResponse") return;
      const { body, signed, signature } = opened.value;
      const key = genesis.validators.find((one) => one.id === node)?.publicKey;
      // Links corrupt bytes: what nobody signed is no answer.
      if (key === undefined || !engine.verify(signature, signatureInput(sha256, body.$case, signed), key)) return;
      for (const { request, index, outcome } of body.value.results) {
        const one = told.get(request);
        if (one === undefined) continue;
        answered++;
        if (one.index === index && one.outcome === Buffer.from(outcome).toString("hex")) continue;
        if (flaws.length < flawsMax)
          flaws.push(`node ${node} now answers request ${request} of client ${client} otherwise`);
      }
    },
  });

  function again(one: Recorded): void {
    if (one.request === undefined) return;
    sent++;
    told.set(one.request, one);
    const command = identity.command(one.request as RequestId, Buffer.from(textOf(one.input)));
    for (const node of urls.keys()) links.send(node, command);
  }

  return {
    acknowledged: (one) => {
      if (one.output === undefined) return;
      known.push(one);
      if (known.length > rememberedMax) known.shift();
      if (random.chance(0.4)) again(one);
      if (random.chance(0.3)) again(random.pick(known));
    },
    sent: () => sent,
    answered: () => answered,
    flaws: () => flaws,
    close: () => links.close(0),
  };
}

/** One for each client, as one; `clients` have to be those of the cluster, from the first. */
export async function openRepeaters(
  cluster: TestCluster,
  clients: readonly JunoClient[],
  random: Random,
): Promise<Repeater> {
  const all = await Promise.all(clients.map((_, client) => openRepeater(cluster, client, random)));
  const sum = (count: (one: Repeater) => number): number => all.reduce((before, one) => before + count(one), 0);
  return {
    acknowledged: (one) => all[one.client]?.acknowledged(one),
    sent: () => sum((one) => one.sent()),
    answered: () => sum((one) => one.answered()),
    flaws: () => all.flatMap((one) => one.flaws()),
    close: async () => void (await Promise.all(all.map((one) => one.close()))),
  };
}
