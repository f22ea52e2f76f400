/** A real listener on loopback in front of a real receiver: what knocks is closed, counted, or let through. */
import { connect, type Socket } from "node:net";
import type { Post } from "../../actors/mailbox.ts";
import * as receiver from "../../actors/receiver.ts";
import { parseAddress } from "../../cluster/nng/address.ts";
import type { Connection } from "../../cluster/nng/connection.ts";
import { encodeHello, helloBytes } from "../../cluster/nng/hello.ts";
import { type ListenerStats, listen } from "../../cluster/nng/listener.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";
import type { LogIndex } from "../../wire/types.ts";
import { waitUntil } from "../cluster/nng/wait-until.ts";
import { engine, members, nodes } from "../wire/cluster.ts";
import type { Limits } from "./behaviour.ts";

export type Entrance = {
  readonly receiver: receiver.State;
  /** What the receiver has passed on as sound. */
  readonly passed: readonly Post[];
  readonly stats: () => ListenerStats;
  /** A connection that has said hello; it is destroyed with the entrance. */
  readonly peer: () => Promise<Socket>;
  /** A connection that has said nothing. */
  readonly stranger: () => Promise<Socket>;
  readonly close: () => Promise<void>;
};

/** Short times, so that a test may wait for them. */
const usual: Limits = { handshakeMs: 150, frameBytesMax: 64 * 1024, connectionsMax: 16 };

export async function openEntrance(limits: Partial<Limits>): Promise<Entrance> {
  const passed: Post[] = [];
  const connections = new Map<number, Connection>();
  const sockets: Socket[] = [];
  const self = nodes[0];
  if (self === undefined) throw new Error("the cluster has no node");
  const state = receiver.start(
    { members, self, memory: "own", commitIndex: 0 as LogIndex, commandsWaitingMax: 1000, checksHereMax: 4 },
    {
      checkHere: ({ message, signature, key }) => engine.verify(signature, message, key),
      verify: (task, batch) =>
        queueMicrotask(() => take({ kind: "verdict", task, verdict: verifyBatch(engine, batch) })),
      reply: (connection, frame) => connections.get(connection)?.send(frame),
      later: () => queueMicrotask(() => take({ kind: "later" })),
      hold: () => undefined,
      close: (connection, reason) => connections.get(connection)?.close(reason),
    },
  );
  function take(mail: receiver.Mail): void {
    passed.push(...receiver.receive(state, mail));
  }
  const address = parseAddress("tcp://127.0.0.1:0");
  if (!address.ok) throw new Error(address.reason);
  const { handshakeMs, frameBytesMax, connectionsMax } = { ...usual, ...limits };
  const listener = await listen({
    address: address.address,
    protocol: "pull",
    limits: {
      handshakeMs,
      frameMs: handshakeMs,
      frameBytesMax,
      connectionsMax,
      queueBytesMax: 1024 * 1024,
      queueFramesMax: 1_000,
    },
    onOpen: (connection) => void connections.set(connection.id, connection),
    onClose: (connection) => void connections.delete(connection.id),
    onFrame: (connection, frame) => take({ kind: "frame", entrance: "peer", connection: connection.id, frame }),
  });
  const { address: bound } = listener;
  if (bound.scheme === "ipc") throw new Error("a listener on loopback has a port");

  async function stranger(): Promise<Socket> {
    const socket = connect({
      host: bound.scheme === "ipc" ? "" : bound.host,
      port: bound.scheme === "ipc" ? 0 : bound.port,
    });
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  }

  return {
    receiver: state,
    passed,
    stats: listener.stats,
    stranger,
    peer: async () => {
      const socket = await stranger();
      let heard = 0;
      socket.on("data", (bytes) => {
        heard += bytes.length;
      });
      socket.write(encodeHello("push"));
      await waitUntil("the hello is answered", () => heard >= helloBytes || socket.destroyed);
      return socket;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await listener.close();
    },
  };
}

/** One frame as TCP carries it. */
export function framed(frame: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(BigInt(frame.length));
  return Buffer.concat([header, frame]);
}
