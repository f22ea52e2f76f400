/** All clients of a run, their connections, and when they send what. */
import type { Members } from "../../actors/admission.ts";
import type { Body, ClientId, NodeId } from "../../wire/types.ts";
import { type Client, createClient } from "./client.ts";
import { clientName } from "./cluster.ts";
import type { SimCrypto } from "./crypto.ts";
import type { Options } from "./options.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import { closeConnection, type SimNode } from "./sim-node.ts";
import { createWorkload } from "./workload.ts";
import type { Operation } from "./world.ts";

type Around = {
  readonly crypto: SimCrypto;
  readonly members: Members;
  readonly options: Options;
  readonly nodes: readonly SimNode[];
  readonly schedule: Schedule;
  readonly choose: Random;
  /** Clients whose keys an adversary holds: they do nothing by themselves. */
  readonly held: ReadonlySet<ClientId>;
  readonly event: () => number;
  readonly healed: () => boolean;
  readonly arrive: (node: SimNode, client: ClientId, frame: Uint8Array) => void;
};

export type ClientTraffic = {
  readonly signedPayloads: ReadonlySet<string>;
  readonly operations: readonly Operation[];
  /** Plans what clients send while faults last, and that they repeat it for ever. */
  readonly plan: () => void;
  readonly greet: (node: SimNode) => void;
  /** A node's answer leaves for a client. */
  readonly answer: (from: SimNode, connection: number, frame: Uint8Array) => void;
  readonly close: (node: SimNode, connection: number) => void;
  /** Sends bytes to a node's entrance for clients. */
  readonly put: (client: ClientId, to: NodeId, frame: Uint8Array) => void;
  /** An adversary's client has signed something. */
  readonly noteSigned: (body: Body) => void;
  /** Sends one more command, and tells when it was answered. */
  readonly sendOne: () => Operation;
  /** Requests without an answer. */
  readonly waiting: () => number;
  readonly tally: ClientTally;
};

export type ClientTally = {
  /** Times that a client asked all nodes again, and that a node ended its connection. */
  again: number;
  closed: number;
  /** Batches with a forged command in them. */
  badBatches: number;
  /** Commands that were sent all at once. */
  burst: number;
};

/** A client that heard nothing asks all nodes, so often. */
const retryMs = 700;
/** A refused connection is open again after this. */
const reconnectMs = 50;

export function createClients(around: Around): ClientTraffic {
  const { crypto, members, options, nodes, schedule, choose, healed } = around;
  const signedPayloads = new Set<string>();
  const operations: Operation[] = [];
  const nextText = createWorkload(choose);
  const tally: ClientTally = { again: 0, closed: 0, badBatches: 0, burst: 0 };
  const clients: Client[] = [...members.clients.keys()]
    .filter((id) => !around.held.has(id))
    .map((id) => createClient(id, clientName(id), crypto, members));

  function put(client: ClientId, to: NodeId, frame: Uint8Array): void {
    for (const node of nodes) if (node.id === to) toNode(client, node, frame);
  }

  function toNode(client: ClientId, node: SimNode, frame: Uint8Array): void {
    if (!healed() && choose.chance(options.clientLoss)) return;
    schedule.after(0.1 + choose.next() * 3, () => {
      if (node.actors !== undefined) around.arrive(node, client, frame);
    });
  }

  function send(): Operation | undefined {
    if (clients.length === 0) return undefined;
    const client = choose.pick(clients);
    const payload = nextText();
    signedPayloads.add(payload);
    const isBad = choose.chance(options.badBatch);
    if (isBad) tally.badBatches++;
    const frame = client.command(payload, around.event(), isBad);
    const operation = client.operations.at(-1);
    if (operation !== undefined) operations.push(operation);
    toNode(client.id, choose.pick(nodes), frame);
    return operation;
  }

  function again(client: Client): void {
    if (client.waiting() > 0) tally.again++;
    for (const frame of client.again()) for (const node of nodes) toNode(client.id, node, frame);
    if (client.waiting() > 0) for (const node of nodes) toNode(client.id, node, client.hello(node.id));
    schedule.after(retryMs, () => again(client));
  }

  return {
    signedPayloads,
    operations,
    plan: () => {
      for (let i = 0; i < options.commands; i++) schedule.after(choose.next() * options.faultMs, send);
      if (options.burst > 0) {
        schedule.after(options.faultMs / 2, () => {
          tally.burst += options.burst;
          for (let i = 0; i < options.burst; i++) send();
        });
      }
      for (const client of clients) schedule.after(retryMs, () => again(client));
    },
    greet: (node) => {
      for (const client of clients) toNode(client.id, node, client.hello(node.id));
    },
    answer: (from, connection, frame) => {
      if (!healed() && choose.chance(options.clientLoss)) return;
      schedule.after(0.1 + choose.next() * 3, () => {
        clients.find(({ id }) => id === connection)?.take(from.id, frame, around.event());
      });
    },
    close: (node, connection) => {
      const client = clients.find(({ id }) => id === connection);
      if (client === undefined) return;
      tally.closed++;
      schedule.after(0, () => closeConnection(node, connection));
      schedule.after(reconnectMs, () => toNode(client.id, node, client.hello(node.id)));
    },
    put,
    noteSigned: (body) => {
      if (body.$case === "command") signedPayloads.add(Buffer.from(body.value.payload).toString());
    },
    sendOne: () => {
      const operation = send();
      if (operation === undefined) throw new Error("there is no honest client");
      return operation;
    },
    waiting: () => clients.reduce((sum, client) => sum + client.waiting(), 0),
    tally,
  };
}
