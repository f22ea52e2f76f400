import { createServer, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import type { Address } from "../../../cluster/nng/address.ts";
import type { CloseReason } from "../../../cluster/nng/connection.ts";
import { type Dialer, type DialerConfig, dial } from "../../../cluster/nng/dialer.ts";
import { encodeHello } from "../../../cluster/nng/hello.ts";
import { type Listener, type ListenerConfig, listen } from "../../../cluster/nng/listener.ts";
import { address, framed, ipv6Urls, limits, temporaryFolder, text } from "./setting.ts";
import { waitUntil } from "./wait-until.ts";

const backoffMs = { min: 10, max: 50 };

function link(t: ExecutionContext, to: Address, config: Partial<DialerConfig> = {}): Dialer {
  const dialer = dial({ address: to, protocol: "push", limits, backoffMs, ...config });
  t.teardown(() => dialer.close(0));
  return dialer;
}

async function pull(t: ExecutionContext, at: Address, config: Partial<ListenerConfig> = {}) {
  const frames: string[] = [];
  const onFrame = (_: unknown, frame: Uint8Array) => frames.push(text(frame));
  const listener: Listener = await listen({ address: at, protocol: "pull", limits, onFrame, ...config });
  t.teardown(() => listener.close());
  return { frames, listener };
}

/** A server that does with each accepted socket what the test says. */
async function rawServer(t: ExecutionContext, onSocket: (socket: Socket, count: number) => void): Promise<Address> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onSocket(socket, sockets.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return address(`tcp://127.0.0.1:${bound.port}`);
}

const send = (dialer: Dialer, ...texts: string[]) => texts.map((one) => dialer.send(Buffer.from(one)));

test("frames given before the peer is there go out in order when it comes", async (t) => {
  const at = address(`ipc://${temporaryFolder(t)}/n.sock`);
  const dialer = link(t, at);
  t.deepEqual(send(dialer, "one", "two", "three"), [true, true, true]);
  await waitUntil("some tries failed", () => dialer.stats().failedDials >= 3);
  t.like(dialer.stats(), { connected: false, queuedFrames: 3, queuedBytes: 11, sent: 0 });
  t.is(dialer.stats().lastFailure, "socket: ENOENT");
  const { frames } = await pull(t, at);
  await waitUntil("all came", () => frames.length === 3);
  t.deepEqual(frames, ["one", "two", "three"]);
  t.like(dialer.stats(), { connected: true, queuedFrames: 0, queuedBytes: 0, sent: 3, dropped: 0, reconnects: 0 });
});

test("a full queue drops the oldest frames and counts them", async (t) => {
  const at = address(`ipc://${temporaryFolder(t)}/n.sock`);
  const dialer = link(t, at, { limits: { ...limits, queueFramesMax: 4 } });
  t.true(send(dialer, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9").every((taken) => taken));
  t.is(dialer.stats().dropped, 6);
  const { frames } = await pull(t, at);
  await waitUntil("the newest came", () => frames.length === 4);
  t.deepEqual(frames, ["6", "7", "8", "9"]);
});

test("a peer that restarts is found again, over tcp and ipc, and gets what was sent meanwhile", async (t) => {
  for (const url of ["tcp://127.0.0.1:0", `ipc://${temporaryFolder(t)}/n.sock`]) {
    const events: string[] = [];
    const first = await pull(t, address(url));
    const at = first.listener.address;
    const dialer = link(t, at, { onOpen: () => events.push("open"), onClose: (reason) => events.push(reason) });
    send(dialer, "before");
    await waitUntil("the first frame came", () => first.frames.length === 1);
    await first.listener.close();
    await waitUntil("the end is seen", () => !dialer.stats().connected);
    send(dialer, "meanwhile");
    const second = await pull(t, at);
    await waitUntil("the frame came", () => second.frames.length === 1);
    t.deepEqual(second.frames, ["meanwhile"]);
    t.like(dialer.stats(), { connected: true, sent: 2, reconnects: 1 });
    t.deepEqual(events, ["open", "peerClosed", "open"]);
  }
});

test("the waits between tries grow while a peer takes connections and drops them", async (t) => {
  const times: number[] = [];
  const at = await rawServer(t, (socket) => {
    times.push(performance.now());
    socket.destroy();
  });
  const dialer = link(t, at, { backoffMs: { min: 40, max: 160 } });
  await waitUntil("six tries were made", () => times.length >= 6);
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  for (const [index, whole] of [40, 80, 160, 160, 160].entries()) {
    // One millisecond for timers that round down; there is no bound above on a busy machine.
    t.true((waits[index] ?? 0) >= whole / 2 - 1, `wait ${index} took ${waits[index]} ms`);
  }
  t.true(dialer.stats().failedDials >= 5);
});

test("a peer that takes the connection but says nothing is given up after handshakeMs", async (t) => {
  let tries = 0;
  const at = await rawServer(t, () => {
    tries++;
  });
  const dialer = link(t, at, { limits: { ...limits, handshakeMs: 100 } });
  await waitUntil("it tried again", () => tries >= 2);
  t.is(dialer.stats().lastFailure, "handshakeTimeout");
});

test("a peer of the wrong protocol gets no frame", async (t) => {
  let bytes = 0;
  const at = await rawServer(t, (socket) => {
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.write(encodeHello("pair0"));
  });
  const dialer = link(t, at, { backoffMs: { min: 5000, max: 5000 } });
  send(dialer, "secret");
  await waitUntil("it is refused", () => dialer.stats().lastFailure === "wrongProtocol");
  t.true(bytes <= 8);
  t.is(dialer.stats().queuedFrames, 1);
});

test("a frame cut off by a broken connection starts afresh on the next one", async (t) => {
  const large = Buffer.alloc(4_000_000, "L");
  let again = Buffer.alloc(0);
  const at = await rawServer(t, (socket, count) => {
    socket.write(encodeHello("pull"));
    let seen = 0;
    socket.on("data", (chunk: Buffer) => {
      seen += chunk.length;
      if (count === 1 && seen > 500_000) socket.destroy();
      if (count === 2) again = Buffer.concat([again, chunk]);
    });
  });
  const dialer = link(t, at);
  dialer.send(large);
  send(dialer, "after");
  const expected = Buffer.concat([encodeHello("push"), framed(large), framed("after")]);
  await waitUntil("all came on the second connection", () => again.length >= expected.length);
  t.true(again.equals(expected));
  t.like(dialer.stats(), { reconnects: 1, sent: 2, dropped: 0 });
});

test("a peer that reads nothing costs no more than the queue, the oldest waiting frames give way", async (t) => {
  const at = await rawServer(t, (socket) => {
    socket.pause();
    socket.write(encodeHello("pull"));
  });
  const queueBytesMax = 2_000_000;
  const dialer = link(t, at, { limits: { ...limits, queueBytesMax } });
  await waitUntil("it is connected", () => dialer.stats().connected);
  const frame = new Uint8Array(100_000);
  let given = 0;
  while (dialer.stats().dropped < 10 && given < 1000) {
    t.true(dialer.send(frame));
    given++;
    t.true(dialer.stats().queuedBytes <= queueBytesMax);
    await new Promise(setImmediate);
  }
  const { sent, dropped, queuedFrames } = dialer.stats();
  t.is(dropped, 10);
  t.is(sent + dropped + queuedFrames, given);
});

test("a thousand small frames of one turn go out in few writes", async (t) => {
  const chunks: number[] = [];
  const at = await rawServer(t, (socket) => {
    socket.write(encodeHello("pull"));
    socket.on("data", (chunk) => chunks.push(chunk.length));
  });
  const dialer = link(t, at);
  await waitUntil("it is connected", () => dialer.stats().connected);
  for (let count = 0; count < 1000; count++) dialer.send(Buffer.alloc(24));
  await waitUntil("all came", () => chunks.reduce((sum, length) => sum + length, 0) === 8 + 1000 * 32);
  t.true(chunks.length <= 4, `${chunks.length} reads`);
});

test("pair0 carries frames both ways, also between our two ends over every plain transport", async (t) => {
  for (const url of ["tcp://127.0.0.1:0", ...ipv6Urls, `ipc://${temporaryFolder(t)}/n.sock`]) {
    const listener = await listen({
      address: address(url),
      protocol: "pair0",
      limits,
      onFrame: (connection, frame) => connection.send(Buffer.from(text(frame).toUpperCase())),
    });
    t.teardown(() => listener.close());
    const replies: string[] = [];
    const dialer = link(t, listener.address, { protocol: "pair0", onFrame: (frame) => replies.push(text(frame)) });
    send(dialer, "a", "b", "x".repeat(200_000));
    await waitUntil("all replies came", () => replies.length === 3);
    t.deepEqual(replies, ["A", "B", "X".repeat(200_000)]);
    t.like(listener.stats(), { framesIn: 3, framesOut: 3 });
  }
});

test("a dialer cuts off a peer that answers with too large a frame", async (t) => {
  const reasons: CloseReason[] = [];
  const at = await rawServer(t, (socket) => {
    socket.write(Buffer.concat([encodeHello("pair0"), Buffer.alloc(8, 1)]));
  });
  link(t, at, { protocol: "pair0", onClose: (reason) => reasons.push(reason) });
  await waitUntil("it is cut off", () => reasons.length > 0);
  t.is(reasons[0], "frameTooLarge");
});

test("close waits for queued frames", async (t) => {
  const { frames, listener } = await pull(t, address("tcp://127.0.0.1:0"));
  const dialer = link(t, listener.address);
  for (let count = 0; count < 50; count++) dialer.send(Buffer.alloc(100_000));
  await dialer.close(5000);
  t.like(dialer.stats(), { connected: false, queuedFrames: 0, sent: 50 });
  await waitUntil("all came", () => frames.length === 50);
  t.deepEqual(send(dialer, "late"), [false]);
});

test("close waits for an absent peer that comes in time, and no longer than it was told", async (t) => {
  const folder = temporaryFolder(t);
  const [late, never] = [address(`ipc://${folder}/late.sock`), address(`ipc://${folder}/never.sock`)];
  const dialers = [link(t, late), link(t, never)] as const;
  for (const dialer of dialers) send(dialer, "kept");
  const start = performance.now();
  const closing = [dialers[0].close(5000), dialers[1].close(200)];
  const { frames } = await pull(t, late);
  await Promise.all(closing);
  const took = performance.now() - start;
  t.true(took >= 199 && took < 3000, `took ${took} ms`);
  await waitUntil("the frame came", () => frames.length === 1);
  t.is(dialers[1].stats().queuedFrames, 1);
});

test("an address that can never be dialed is refused at once, with the mend", (t) => {
  t.throws(() => link(t, address("tcp://h:0")), { message: /port 0 is only for listening; write the peer's port/ });
  t.throws(() => link(t, address(`ipc:///${"x".repeat(200)}`)), { message: /longer than \d+ bytes; choose/ });
});
