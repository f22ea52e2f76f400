/**
 * One connection in either direction: exchanges hellos, cuts incoming bytes into frames, writes the outbox.
 * The listener and the dialer give it a socket; it closes itself, with a reason, where the peer breaks a rule.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { createDeadline } from "./deadline.ts";
import { createFrameReader, type FrameRefusal, type Framing } from "./frame.ts";
import { encodeHello, helloBytes, type Protocol, parseHello, peerOf } from "./hello.ts";
import type { Outbox, OutboxLimits } from "./outbox.ts";
import { createWriter } from "./writer.ts";

export type ConnectionLimits = OutboxLimits & {
  /** Milliseconds until the peer's whole hello must have come; a dialer counts connecting and TLS in. */
  readonly handshakeMs: number;
  /** Milliseconds in which a started frame must become whole; time in which we pause does not count. */
  readonly frameMs: number;
  /** Bytes of the largest frame taken, header not counted. */
  readonly frameBytesMax: number;
};

/** Why a connection ended; `app` carries the text given to `close`, `socket` and `tls` the error's code. */
export type CloseReason =
  | FrameRefusal
  | "handshakeTimeout"
  | "badHello"
  | "wrongProtocol"
  | "closedBeforeHello"
  | "frameTimeout"
  | "unexpectedFrame"
  | "truncated"
  | "peerClosed"
  | "shutdown"
  | `app: ${string}`
  | `socket: ${string}`
  | `tls: ${string}`;

export type ConnectionStats = {
  readonly framesIn: number;
  /** With hello and headers. */
  readonly bytesIn: number;
};

export type Connection = {
  /** Counts up from 1 within its listener or dialer. */
  readonly id: number;
  /** The peer's address as a URL; over ipc, where peers have none, our own with the id. */
  readonly remote: string;
  /** Queues a frame, which must not change until sent; false where the queue is full or the connection closed. */
  send(frame: Uint8Array): boolean;
  /** No `onFrame` until `resume`; the socket is not read, so the peer's writes come to a halt. */
  pause(): void;
  resume(): void;
  /** Ends the connection at once; `reason` is a fixed word, since it is counted by its text. */
  close(reason: string): void;
};

/** What the owner of a connection sees in addition. */
export type Link = Connection & {
  /** Frames were put into the outbox. */
  wake(): void;
  /** Ends the connection from our side once the outbox is empty. */
  end(): void;
  shut(reason: CloseReason): void;
  opened(): boolean;
  stats(): ConnectionStats;
};

export type Wiring = {
  readonly id: number;
  readonly remote: string;
  readonly socket: Socket;
  /** The event after which the socket can be used; undefined where it can be now. */
  readonly readyEvent: "connect" | "secureConnect" | undefined;
  readonly protocol: Protocol;
  readonly framing: Framing;
  readonly limits: ConnectionLimits;
  readonly outbox: Outbox;
  /** The hellos are exchanged. */
  readonly onOpen: () => void;
  readonly onFrame: (frame: Uint8Array<ArrayBuffer>) => void;
  /** Called exactly once, also for a connection that never opened. */
  readonly onClose: (reason: CloseReason) => void;
};

/** An idle peer whose machine died is noticed after this and the operating system's probes. */
const keepAliveMs = 10_000;

/** Takes over a socket, which must not have been read yet, and with it the errors of the socket. */
export function runConnection(wiring: Wiring): Link {
  const { socket, protocol, limits, outbox } = wiring;
  const reader = createFrameReader(wiring.framing, limits.frameBytesMax);
  const writer = createWriter(socket, wiring.framing, outbox);
  const deadline = createDeadline(() => shut(opened ? "frameTimeout" : "handshakeTimeout"));
  const hello = new Uint8Array(helloBytes);
  let helloCount = 0;
  let opened = false;
  let closed = false;
  let paused = false;
  let ending = false;
  /** Frames cut from a chunk that was read before the pause. */
  let held: readonly Uint8Array<ArrayBuffer>[] = [];
  let framesIn = 0;
  let bytesIn = 0;

  function isClosed(): boolean {
    return closed;
  }

  function shut(reason: CloseReason): void {
    if (closed) return;
    closed = true;
    deadline.clear();
    held = [];
    socket.destroy();
    wiring.onClose(reason);
  }

  function start(): void {
    if (closed) return;
    // Both are of TCP; a Unix socket passes over them.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.write(encodeHello(protocol));
    socket.on("data", receive);
  }

  function receive(chunk: Buffer): void {
    if (closed) return;
    bytesIn += chunk.length;
    const rest = opened ? chunk : receiveHello(chunk);
    if (rest.length === 0 || isClosed()) return;
    if (protocol === "push") {
      shut("unexpectedFrame");
      return;
    }
    const fed = reader.feed(rest);
    if (!reader.midFrame()) deadline.met();
    else if (!paused && (fed.frames.length > 0 || !deadline.expecting())) deadline.expectWithin(limits.frameMs);
    deliver(fed.frames);
    if (!fed.ok) shut(fed.reason);
  }

  /** Returns the bytes behind the hello. */
  function receiveHello(chunk: Buffer): Buffer {
    const count = Math.min(helloBytes - helloCount, chunk.length);
    hello.set(chunk.subarray(0, count), helloCount);
    helloCount += count;
    if (helloCount === helloBytes) {
      const parsed = parseHello(hello);
      if (!parsed.ok && parsed.reason === "badHello") shut("badHello");
      else if (!parsed.ok || parsed.protocol !== peerOf[protocol]) shut("wrongProtocol");
      else open();
    }
    return chunk.subarray(count);
  }

  function open(): void {
    opened = true;
    deadline.clear();
    wiring.onOpen();
    writer.open();
  }

  function deliver(frames: readonly Uint8Array<ArrayBuffer>[]): void {
    let delivered = 0;
    for (const frame of frames) {
      if (closed) return;
      if (paused) {
        held = held.concat(frames.slice(delivered));
        return;
      }
      delivered++;
      framesIn++;
      wiring.onFrame(frame);
    }
  }

  function pause(): void {
    paused = true;
    deadline.met();
    socket.pause();
  }

  function resume(): void {
    if (!paused || closed) return;
    paused = false;
    const frames = held;
    held = [];
    deliver(frames);
    if (paused || isClosed()) return;
    if (reader.midFrame()) deadline.expectWithin(limits.frameMs);
    socket.resume();
  }

  function send(frame: Uint8Array): boolean {
    assert(protocol !== "pull", "a pull socket sends nothing");
    if (closed || ending) return false;
    const taken = outbox.offer(frame);
    writer.wake();
    return taken;
  }

  function end(): void {
    ending = true;
    if (opened) writer.end();
    else shut("shutdown");
  }

  let failure: CloseReason | undefined;
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure = `socket: ${error.code ?? error.name}`;
  });
  // Nobody in nng closes one direction only; waiting for our own writes would let a silent peer hold the socket.
  socket.on("end", () => shut(endReason()));
  socket.on("close", () => shut(failure ?? endReason()));

  function endReason(): CloseReason {
    if (!opened) return "closedBeforeHello";
    return reader.midFrame() ? "truncated" : "peerClosed";
  }

  deadline.expectWithin(limits.handshakeMs);
  if (wiring.readyEvent === undefined) start();
  else socket.once(wiring.readyEvent, start);

  return {
    id: wiring.id,
    remote: wiring.remote,
    send,
    pause,
    resume,
    close: (reason) => shut(`app: ${reason}`),
    wake: writer.wake,
    end,
    shut,
    opened: () => opened && !closed,
    stats: () => ({ framesIn, bytesIn }),
  };
}
