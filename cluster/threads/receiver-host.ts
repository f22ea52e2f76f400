/** Runs the receiver, with both listeners and the verifier pool. */

import type { Entrance } from "../../actors/admission.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { describe, type Io, receive, type State, start } from "../../actors/receiver.ts";
import { runShell } from "../../actors/shell.ts";
import { type Engine, loadEngine } from "../../pools/engine.ts";
import { startPiscinaVerifier } from "../../pools/piscina-verifier.ts";
import { sha256 } from "../../pools/sha256.ts";
import { checkCount } from "../../pools/signature-batch.ts";
import type { Verifier } from "../../pools/verifier.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";
import { commandWriter } from "../../wire/command-writer.ts";
import { clientIdOf } from "../../wire/commanders.ts";
import { frameBytesMax } from "../../wire/limits.ts";
import { formatAddress, parseAddress } from "../nng/address.ts";
import type { Connection } from "../nng/connection.ts";
import { type Listener, listen } from "../nng/listener.ts";
import type { Boot, NodeSetup, ReceiverControl } from "./boot.ts";

/** Connections at one entrance: every peer several times over, or a crowd of clients. */
const connectionsMax = 1024;
/**
 * Signatures that are checked on this thread rather than by the pool: handing a task over and taking it back costs some
 * 100 µs, a check 50, so for a vote or two the way would be longer than the work.
 */
const checksHereMax = 3;
/** What this node says as a client comes by no connection: they are numbered from 1. */
const ownConnection = 0;
/** How long votes beyond a quorum wait for that quorum to do without them. */
const laterMs = 20;

export function host({ setup, ports }: Boot): ReceiverControl {
  const connections = new Map<number, { entrance: Entrance; connection: Connection }>();
  const held: Record<Entrance, boolean> = { peer: false, client: false };
  let congested = false;
  let numbers = 0;
  let verifier: Verifier | undefined;
  let engine: Engine | undefined;
  let checkedHere = 0;
  let listeners: Listener[] = [];
  let state: State | undefined;

  const behaviour = {
    receive: (mail: Mailbox["receiver"]) => {
      if (state === undefined) throw new Error(`mail before the beginning: ${mail.kind}`);
      return receive(state, mail);
    },
    congested: (now: boolean) => {
      congested = now;
      regulate();
    },
  };
  const shell = runShell<"receiver">({ ports, behaviour, mailboxMax: setup.mailboxMax });

  /** A paused socket is not read, so its peer's writes come to a halt: back-pressure reaches the source. */
  function regulate(): void {
    for (const { entrance, connection } of connections.values()) {
      if (congested || held[entrance]) connection.pause();
      else connection.resume();
    }
  }

  const io: Io = {
    checkHere: ({ signature, message, key }) => {
      if (engine === undefined) throw new Error("verification before its start");
      checkedHere++;
      return engine.verify(signature, message, key);
    },
    verify: (task, batch, lane) => {
      if (verifier === undefined || engine === undefined) throw new Error("verification before its start");
      if (checkCount(batch) <= checksHereMax) {
        const verdict = verifyBatch(engine, batch);
        checkedHere += checkCount(batch);
        queueMicrotask(() => shell.deliver({ kind: "verdict", task, verdict }));
        return;
      }
      verifier.verify(batch, lane).then(
        (verdict) => shell.deliver({ kind: "verdict", task, verdict }),
        (error: unknown) => {
          if (!stopping) queueMicrotask(() => fail(error));
        },
      );
    },
    reply: (number, frame) => connections.get(number)?.connection.send(frame),
    later: () => {
      setTimeout(() => shell.deliver({ kind: "later" }), laterMs);
    },
    hold: (entrance, hold) => {
      held[entrance] = hold;
      regulate();
    },
    close: (number, reason) => connections.get(number)?.connection.close(reason),
  };
  let stopping = false;

  /** Numbers connections over both entrances: each listener counts its own. */
  async function open(entrance: Entrance, url: string): Promise<Listener> {
    const parsed = parseAddress(url);
    if (!parsed.ok) throw new Error(parsed.reason);
    const numberOf = new Map<Connection, number>();
    return listen({
      address: parsed.address,
      protocol: entrance === "peer" ? "pull" : "pair0",
      ...(parsed.address.scheme === "tls+tcp" && setup.tls !== undefined ? { tls: setup.tls } : {}),
      limits: limitsOf(setup),
      onOpen: (connection) => {
        const number = ++numbers;
        numberOf.set(connection, number);
        connections.set(number, { entrance, connection });
        if (congested || held[entrance]) connection.pause();
      },
      onFrame: (connection, frame) => {
        shell.deliver({ kind: "frame", entrance, connection: numberOf.get(connection) ?? 0, frame });
      },
      onClose: (connection) => {
        const number = numberOf.get(connection) ?? 0;
        numberOf.delete(connection);
        connections.delete(number);
        shell.deliver({ kind: "closed", connection: number });
      },
    });
  }

  return {
    listen: async (commitIndex) => {
      const { cluster, quorum, validators, clients, commandsWaitingMax, name } = setup;
      const members = { cluster, quorum, validators, clients, hash: sha256 };
      state = start(
        { members, self: setup.self, memory: "shared", commitIndex, commandsWaitingMax, checksHereMax },
        io,
      );
      try {
        engine = await loadEngine(setup.engine);
        verifier = await startPiscinaVerifier({
          engine: setup.engine,
          threads: setup.verifierThreads,
          name: `${name}/verify`,
        });
        const peers = await open("peer", setup.listenPeers);
        listeners = [peers];
        const clientSide = await open("client", setup.listenClients);
        listeners.push(clientSide);
        return { ok: true, value: { peers: formatAddress(peers.address), clients: formatAddress(clientSide.address) } };
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
    command: async (request, payload) => {
      if (engine === undefined) throw new Error("a command before its start");
      const signing = engine;
      const sign = (message: Uint8Array): Uint8Array => signing.sign(message, setup.secretSeed);
      const frame = commandWriter(setup.cluster, clientIdOf(setup.self), sign)(request, payload);
      shell.deliver({ kind: "frame", entrance: "client", connection: ownConnection, frame });
    },
    status: async () => ({
      edges: shell.status(),
      counters: state?.counters ?? {},
      facts: { ...(state === undefined ? {} : describe(state)), verifier: { ...verifier?.stats(), checkedHere } },
    }),
    stop: async () => {
      stopping = true;
      await Promise.all(listeners.map((listener) => listener.close()));
      await verifier?.close();
      shell.close();
    },
  };
}

/** Outside of any promise, so that it ends the thread, and with it the node. */
function fail(error: unknown): never {
  throw error instanceof Error ? error : new Error(String(error));
}

function limitsOf(setup: NodeSetup): Parameters<typeof listen>[0]["limits"] {
  return {
    connectionsMax,
    handshakeMs: 5_000,
    frameMs: 30_000,
    frameBytesMax,
    queueBytesMax: setup.queueBytesMax,
    queueFramesMax: 65_536,
  };
}
