/**
 * One simulated schedule: a cluster of real actors, clients, and everything that can go wrong short of lies, all from one
 * seed. First faults, then a heal phase in which every command has to commit and all nodes have to agree.
 */

import { lastIndex } from "../../consensus/tail.ts";
import { sha256 } from "../../pools/sha256.ts";
import { encodeEnvelope, encodeSigned, open } from "../../wire/envelope.ts";
import { clusterIdOf } from "../../wire/genesis.ts";
import { faultyMax, quorumOf } from "../../wire/quorum.ts";
import { seal } from "../../wire/signature-input.ts";
import type { ClientId, Genesis, NodeId, RequestId } from "../../wire/types.ts";
import { idealCrypto, type SimCrypto, seedFor } from "./crypto.ts";
import { oneChainPerTermAck } from "./invariants/acknowledgements.ts";
import { agreementOnCommit } from "./invariants/agreement-on-commit.ts";
import { answeredIsForever } from "./invariants/answers.ts";
import { certificateSound } from "./invariants/certificates.ts";
import { durableBeforeSent } from "./invariants/durability.ts";
import { electionSafety } from "./invariants/elections.ts";
import { stateMachineSafety } from "./invariants/state-machine.ts";
import { oneVotePerTerm } from "./invariants/votes.ts";
import { createRandom } from "./random.ts";
import { createSchedule, inOrder } from "./schedule.ts";
import { boot, crash, createNode, deliverFrame, type SimNode, type Surroundings } from "./sim-node.ts";
import type { Invariant, World } from "./world.ts";

export type Options = {
  readonly seed: number;
  readonly crypto?: SimCrypto;
  /** Otherwise the seed chooses. */
  readonly nodes?: number;
  /** What a node finds on its disk at its start; to break a rule on purpose. */
  readonly remember?: Surroundings["remember"];
  readonly trace?: (line: string) => void;
};

export type Report = {
  readonly nodes: number;
  readonly events: number;
  readonly commands: number;
  readonly terms: number;
  readonly crashes: number;
  readonly partitions: number;
  readonly frames: number;
  readonly dropped: number;
};

/** Virtual milliseconds of faults, and in which everything has to be well afterwards. */
const faultMs = 4_000;
const healMs = 60_000;
const clientRetryMs = 700;

/** Runs one schedule to its end; throws where an invariant breaks or the cluster does not heal. */
export function simulate(options: Options): Report {
  const { seed } = options;
  const crypto = options.crypto ?? idealCrypto();
  const setup = createRandom(seed, "setup");
  const network = createRandom(seed, "network");
  const inside = createRandom(seed, "inside");
  const chaos = createRandom(seed, "chaos");
  const count = options.nodes ?? setup.pick([1, 2, 3, 4, 4, 4, 4, 5, 6, 7]);
  const clientCount = setup.between(1, 3);
  // Each fault on or off by the seed, then its intensity.
  const faults = {
    drop: setup.chance(0.5) ? setup.next() * 0.25 : 0,
    duplicate: setup.chance(0.5) ? setup.next() * 0.2 : 0,
    delayMs: setup.chance(0.5) ? setup.between(2, 60) : 2,
    reorder: setup.chance(0.5),
    crash: setup.chance(0.6),
    partition: setup.chance(0.6),
  };

  const nodeName = (id: number): string => `seed ${seed} node ${id}`;
  const clientName = (id: number): string => `seed ${seed} client ${id}`;
  const member = (id: number, name: string) => ({ id, name, publicKey: crypto.publicKeyOf(seedFor(name)) });
  const genesis: Genesis = {
    name: `sim ${seed}`,
    validators: Array.from({ length: count }, (_, id) => member(id, nodeName(id))),
    clients: Array.from({ length: clientCount }, (_, id) => member(id, clientName(id))),
    admins: [],
  };
  const cluster = clusterIdOf(sha256, genesis);
  const members = {
    cluster,
    quorum: quorumOf(count),
    validators: new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey])),
    clients: new Map(genesis.clients.map(({ id, publicKey }) => [id as ClientId, publicKey])),
    hash: sha256,
  };
  const nodes: SimNode[] = genesis.validators.map(({ id }) => createNode(id as NodeId, members));
  const signedPayloads = new Set<string>();
  const answered = new Map<string, number>();
  const world: World = { members, crypto, nodes, signedPayloads, answered };
  const invariants: readonly Invariant[] = [
    agreementOnCommit(),
    oneVotePerTerm(),
    oneChainPerTermAck(),
    durableBeforeSent(),
    electionSafety(),
    certificateSound(),
    stateMachineSafety(),
    answeredIsForever(),
  ];
  const schedule = createSchedule();
  const tally = { events: 0, crashes: 0, partitions: 0, frames: 0, dropped: 0 };
  let healed = false;
  let groups: number[] | undefined;
  const trace = (line: string): void => options.trace?.(`${schedule.now().toFixed(1).padStart(9)} ${line}`);

  const lastArrival = new Map<string, number>();
  function transmit(from: NodeId, to: NodeId, frame: Uint8Array): void {
    tally.frames++;
    const cut = groups !== undefined && groups[from] !== groups[to];
    if (!healed && (cut || network.chance(faults.drop))) {
      tally.dropped++;
      return;
    }
    const copies = !healed && network.chance(faults.duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delay = 0.1 + network.next() * (healed ? 2 : faults.delayMs);
      let time = schedule.now() + delay;
      if (!faults.reorder || healed) {
        // As over one TCP connection.
        time = Math.max(time, lastArrival.get(`${from}>${to}`) ?? 0);
        lastArrival.set(`${from}>${to}`, time);
      }
      schedule.after(time - schedule.now(), () => {
        const node = nodes[to];
        if (node !== undefined) deliverFrame(node, "peer", from, frame.slice());
      });
    }
  }

  const clients = genesis.clients.map(({ id, name }) => createClient(id as ClientId, seedFor(name)));

  function createClient(id: ClientId, secretSeed: Uint8Array) {
    const wanted = new Map<RequestId, { frame: Uint8Array; payload: string; votes: Map<string, Set<number>> }>();
    const sign = (body: Parameters<typeof encodeSigned>[2]): Uint8Array => {
      const signed = encodeSigned(cluster, id, body);
      return seal(sha256, body.$case, signed, (input) => crypto.engine.sign(input, secretSeed));
    };
    let request = 0;
    const toNode = (node: SimNode, frame: Uint8Array): void => {
      if (!healed && network.chance(faults.drop)) return;
      schedule.after(0.1 + network.next() * 3, () => deliverFrame(node, "client", id, frame.slice()));
    };
    return {
      wanted,
      hello: (node: SimNode) => toNode(node, sign({ $case: "hello", value: { client: id, node: node.id } })),
      send: (text: string) => {
        request++;
        const payload = `${text}-${id}-${request}`;
        signedPayloads.add(payload);
        const value = { client: id, request: request as RequestId, payload: Buffer.from(payload) };
        const frame = sign({ $case: "command", value });
        wanted.set(request as RequestId, { frame, payload, votes: new Map() });
        toNode(network.pick(nodes), frame);
      },
      retry: () => {
        for (const { frame } of wanted.values()) for (const node of nodes) toNode(node, frame);
      },
      take: (frame: Uint8Array) => {
        const opened = open(frame, cluster);
        if (!opened.ok || opened.value.body.$case !== "commandResponse") throw new Error("a node sent nonsense");
        const { node, client, results } = opened.value.body.value;
        if (client !== id) return;
        for (const { request: answeredId, index, outcome } of results) {
          const open = wanted.get(answeredId);
          if (open === undefined) continue;
          const answer = `${index} ${Buffer.from(outcome).toString("hex")}`;
          const votes = open.votes.get(answer) ?? new Set();
          open.votes.set(answer, votes.add(node));
          if (votes.size <= faultyMax(count)) continue;
          wanted.delete(answeredId);
          answered.set(open.payload, index);
        }
      },
    };
  }

  const around: Surroundings = {
    paceOf: () => inOrder(schedule),
    random: inside,
    crypto,
    members,
    tickMs: 20,
    remember: options.remember ?? ((durable) => durable),
    transmit,
    reply: (_, connection, frame) => {
      if (!healed && network.chance(faults.drop)) return;
      schedule.after(0.1 + network.next() * 3, () => clients[connection]?.take(frame));
    },
    onSign: (node, signed) => {
      // The actors sign only what encodes canonically; opening it back gives the body.
      const opened = open(encodeEnvelope(signed, new Uint8Array(64)), cluster);
      if (!opened.ok) throw new Error(`node ${node.id} signs what nobody accepts: ${opened.reason}`);
      for (const invariant of invariants) invariant.onSign?.(world, node, opened.value.body);
    },
    onStep: (node, actor, mail) => {
      for (const invariant of invariants) invariant.onStep?.(world, node, actor, mail);
    },
    onApply: (node, payload) => {
      for (const invariant of invariants) invariant.onApply?.(world, node, payload);
    },
    onNote: (node, text) => trace(`n${node.id} ${text}`),
  };

  function start(node: SimNode): void {
    boot(node, around, seedFor(nodeName(node.id)));
    for (const client of clients) client.hello(node);
  }

  for (const node of nodes) schedule.after(chaos.next() * 200, () => start(node));
  planWork();
  planFaults();

  function planWork(): void {
    const commands = setup.between(5, 40);
    for (let i = 0; i < commands; i++) {
      const client = setup.pick(clients);
      const text = setup.pick(["CreateAccount a", "CreateAccount b", "AdjustAccount a 1%1 ", "ObserveAccount a"]);
      schedule.after(setup.next() * faultMs, () => client.send(text));
    }
    for (const client of clients) {
      const again = (): void => {
        client.retry();
        if (healed) for (const node of nodes) client.hello(node);
        schedule.after(clientRetryMs, again);
      };
      schedule.after(clientRetryMs, again);
    }
  }

  function planFaults(): void {
    const crashOne = (): void => {
      if (healed) return;
      const node = chaos.pick(nodes);
      if (node.actors !== undefined) {
        trace(`n${node.id} crashes`);
        tally.crashes++;
        crash(node);
        schedule.after(chaos.between(1, 800), () => {
          if (node.actors === undefined) start(node);
        });
      }
      schedule.after(chaos.between(50, 1500), crashOne);
    };
    const partition = (): void => {
      if (healed) return;
      groups = groups === undefined ? nodes.map(() => chaos.between(0, 1)) : undefined;
      if (groups !== undefined) tally.partitions++;
      trace(groups === undefined ? "the network is whole" : `partition ${groups.join("")}`);
      schedule.after(chaos.between(100, 1500), partition);
    };
    if (faults.crash) schedule.after(chaos.between(300, 1500), crashOne);
    if (faults.partition) schedule.after(chaos.between(300, 1500), partition);
    schedule.after(faultMs, () => {
      trace("everything heals");
      healed = true;
      groups = undefined;
      for (const node of nodes) if (node.actors === undefined) start(node);
      for (const client of clients) for (const node of nodes) client.hello(node);
    });
  }

  function converged(): boolean {
    if (!healed || clients.some((client) => client.wanted.size > 0)) return false;
    const [first, ...rest] = nodes.map((node) => {
      const core = node.actors?.consensus.core;
      if (core === undefined || lastIndex(core.tail) !== core.tail.base) return "busy";
      if (node.actors?.applier.appliedIndex !== core.tail.base) return "behind";
      const written = node.disk.durable().commit?.index ?? 0;
      if (written !== core.tail.base) return "not written";
      return `${core.tail.base} ${Buffer.from(core.tail.baseHash).toString("hex")}`;
    });
    return first !== "busy" && first !== "behind" && first !== "not written" && rest.every((one) => one === first);
  }

  while (!converged()) {
    tally.events++;
    if (!schedule.step()) throw new Error("nothing is planned any more");
    if (schedule.now() > faultMs + healMs) {
      const state = nodes.map((node) => JSON.stringify(node.actors && describeNode(node))).join("\n");
      const open = clients.map((client) => client.wanted.size).join(", ");
      throw new Error(`no convergence within ${healMs} ms after healing; open requests: ${open}\n${state}`);
    }
  }
  for (const invariant of invariants) invariant.atEnd?.(world);
  const terms = Math.max(...nodes.map((node) => node.actors?.consensus.core.term ?? 0));
  return { nodes: count, commands: signedPayloads.size, terms, ...tally };
}

function describeNode(node: SimNode): object {
  const core = node.actors?.consensus.core;
  if (core === undefined) return { id: node.id, down: true };
  const { term, role, lock, tail, tick, deadlineTick, backoff, pool, pendingCommit, askedTerm } = core;
  const leader = role.kind === "follower" ? role.leader : undefined;
  const at = { base: tail.base, last: lastIndex(tail), lock: lock && [lock.term, lock.index] };
  const pending = pendingCommit?.index;
  return {
    id: node.id,
    term,
    askedTerm,
    role: role.kind,
    leader,
    ...at,
    pending,
    waiting: pool.waitingCount,
    tick,
    deadlineTick,
    backoff,
  };
}
