import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { CloseReason, Connection } from "../../../cluster/nng/connection.ts";
import { encodeHello } from "../../../cluster/nng/hello.ts";
import { type Listener, type ListenerConfig, listen } from "../../../cluster/nng/listener.ts";
import { address, framed, limits, type RawPeer, rawPeer, temporaryFolder, text } from "./setting.ts";
import { waitUntil } from "./wait-until.ts";

type Heard = { listener: Listener; frames: string[]; opened: Connection[]; closed: CloseReason[] };

async function hear(t: ExecutionContext, config: Partial<ListenerConfig> = {}): Promise<Heard> {
  const frames: string[] = [];
  const opened: Connection[] = [];
  const closed: CloseReason[] = [];
  const listener = await listen({
    address: address("tcp://127.0.0.1:0"),
    protocol: "pull",
    limits,
    onFrame: (_, frame) => frames.push(text(frame)),
    onOpen: (connection) => opened.push(connection),
    onClose: (_, reason) => closed.push(reason),
    ...config,
  });
  t.teardown(() => listener.close());
  return { listener, frames, opened, closed };
}

/** A peer whose hello is sent and that stays connected, to show that the others' faults do not touch it. */
async function honest(t: ExecutionContext, heard: Heard): Promise<RawPeer> {
  const peer = await rawPeer(t, heard.listener.address);
  peer.socket.write(encodeHello("push"));
  await waitUntil("the hello arrives", () => peer.received().length === 8);
  return peer;
}

async function stillHeard(t: ExecutionContext, heard: Heard, peer: RawPeer): Promise<void> {
  peer.socket.write(framed("still here"));
  await waitUntil("the honest peer is heard", () => heard.frames.includes("still here"));
  t.false(peer.closed());
}

test("hellos are exchanged and frames come in order, with the hello in the same packet or cut apart", async (t) => {
  const heard = await hear(t);
  const peer = await rawPeer(t, heard.listener.address);
  const bytes = Buffer.concat([encodeHello("push"), framed("one"), framed(""), framed("three")]);
  peer.socket.write(bytes);
  await waitUntil("all frames came", () => heard.frames.length === 3);
  t.deepEqual(peer.received(), Buffer.from(encodeHello("pull")));
  const slow = await rawPeer(t, heard.listener.address);
  slow.socket.setNoDelay(true);
  for (const byte of bytes) {
    slow.socket.write(Buffer.of(byte));
    await sleep(1);
  }
  await waitUntil("all frames came again", () => heard.frames.length === 6);
  t.deepEqual(heard.frames, ["one", "", "three", "one", "", "three"]);
  t.like(heard.listener.stats(), { open: 2, halfOpen: 0, accepted: 2, framesIn: 6, bytesIn: 2 * bytes.length });
  slow.socket.destroy();
  await waitUntil("the end is seen", () => heard.closed.length === 1);
  t.deepEqual(heard.closed, ["peerClosed"]);
  t.regex(heard.opened[0]?.remote ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
});

const rogues: [string, CloseReason, (peer: RawPeer) => void][] = [
  ["garbage instead of a hello", "badHello", (peer) => peer.socket.write("GET / HTTP/1.1\r\n\r\n")],
  ["a hello of its own kind", "wrongProtocol", (peer) => peer.socket.write(encodeHello("pull"))],
  [
    "a protocol that nobody knows",
    "wrongProtocol",
    (peer) => peer.socket.write(Buffer.from("0053500000990000", "hex")),
  ],
  ["nothing at all", "handshakeTimeout", () => undefined],
  ["half a hello", "handshakeTimeout", (peer) => peer.socket.write(encodeHello("push").subarray(0, 7))],
  ["half a hello and a goodbye", "closedBeforeHello", (peer) => peer.socket.end(encodeHello("push").subarray(0, 4))],
  [
    "a frame one byte too long",
    "frameTooLarge",
    (peer) => peer.socket.write(Buffer.concat([encodeHello("push"), Buffer.from("0000000000100001", "hex")])),
  ],
  [
    "a frame of 2^64 - 1 bytes",
    "frameTooLarge",
    (peer) => peer.socket.write(Buffer.concat([encodeHello("push"), Buffer.alloc(8, 0xff)])),
  ],
  [
    "half a frame",
    "frameTimeout",
    (peer) => peer.socket.write(Buffer.concat([encodeHello("push"), framed("half").subarray(0, 10)])),
  ],
  [
    "a frame dripping byte by byte",
    "frameTimeout",
    (peer) => {
      peer.socket.write(Buffer.concat([encodeHello("push"), framed(Buffer.alloc(10_000)).subarray(0, 9)]));
      const drip = setInterval(() => peer.socket.write("x"), 20);
      peer.socket.once("close", () => clearInterval(drip));
    },
  ],
  [
    "half a frame and a goodbye",
    "truncated",
    (peer) => peer.socket.end(Buffer.concat([encodeHello("push"), framed("half").subarray(0, 10)])),
  ],
];
for (const [what, reason, act] of rogues) {
  test(`a peer that sends ${what} is closed as ${reason}, the others stay`, async (t) => {
    const heard = await hear(t, { limits: { ...limits, handshakeMs: 400, frameMs: 400 } });
    const good = await honest(t, heard);
    const rogue = await rawPeer(t, heard.listener.address);
    act(rogue);
    await waitUntil("the rogue is closed", () => rogue.closed());
    await waitUntil("it is counted", () => heard.listener.stats().closed[reason] === 1);
    t.deepEqual(heard.listener.stats().closed, { [reason]: 1 });
    t.deepEqual(heard.frames, []);
    await stillHeard(t, heard, good);
    t.like(heard.listener.stats(), { open: 1, halfOpen: 0 });
  });
}

test("many frames, each started late in the time of the one before, are no slow drip", async (t) => {
  const heard = await hear(t, { limits: { ...limits, frameMs: 300 } });
  const peer = await honest(t, heard);
  const bytes = framed("frame");
  peer.socket.write(bytes.subarray(0, 5));
  for (let count = 0; count < 8; count++) {
    await sleep(100);
    peer.socket.write(Buffer.concat([bytes.subarray(5), bytes.subarray(0, 5)]));
  }
  await waitUntil("all came", () => heard.frames.length === 8);
  t.is(heard.closed.length, 0);
  peer.socket.write(bytes.subarray(5));
  await sleep(500);
  t.is(heard.frames.length, 9);
  t.is(heard.closed.length, 0, "silence between frames is no slow drip");
});

test("a flood of connections is cut at connectionsMax, and room comes back when they leave", async (t) => {
  const heard = await hear(t, { limits: { ...limits, connectionsMax: 5, handshakeMs: 500 } });
  const good = await honest(t, heard);
  const flood = await Promise.all(Array.from({ length: 30 }, () => rawPeer(t, heard.listener.address)));
  await waitUntil("the surplus is closed", () => flood.filter((peer) => peer.closed()).length >= 26);
  t.like(heard.listener.stats(), { accepted: 5, refused: 26 });
  await stillHeard(t, heard, good);
  await waitUntil("the half-open ones time out", () => heard.listener.stats().halfOpen === 0);
  t.is(heard.listener.stats().closed.handshakeTimeout, 4);
  await stillHeard(t, heard, await honest(t, heard));
});

test("a paused connection is not read until it is resumed, and then nothing is missing", async (t) => {
  const sizes: number[] = [];
  const heard = await hear(t, {
    limits: { ...limits, frameMs: 200 },
    onFrame: (connection, frame) => {
      sizes.push(frame.length);
      if (sizes.length === 3) connection.pause();
    },
  });
  const peer = await honest(t, heard);
  const count = 2000;
  const wire = framed(Buffer.alloc(20_000));
  for (let at = 0; at < count; at++) peer.socket.write(wire);
  await waitUntil("it paused", () => sizes.length === 3);
  let before = -1;
  while (before !== peer.socket.writableLength) {
    before = peer.socket.writableLength;
    await sleep(100);
  }
  t.true(before > 10_000_000, "the peer's writes come to a halt");
  t.is(sizes.length, 3);
  t.true(heard.listener.stats().bytesIn < 200_000, "what was read stays in the bounds of one chunk");
  await sleep(400);
  t.is(heard.closed.length, 0, "the slow-drip clock stands still");
  heard.opened[0]?.resume();
  await waitUntil("all frames came", () => sizes.length === count);
  t.true(sizes.every((size) => size === 20_000));
});

test("pausing on every frame and resuming later keeps the order", async (t) => {
  const frames: string[] = [];
  const heard = await hear(t, {
    onFrame: (connection, frame) => {
      frames.push(text(frame));
      connection.pause();
      if (frames.length % 3 === 0) connection.resume();
      else setImmediate(() => connection.resume());
    },
  });
  const peer = await honest(t, heard);
  const sent = Array.from({ length: 200 }, (_, at) => `frame ${at}`);
  peer.socket.write(Buffer.concat(sent.map((one) => framed(one))));
  await waitUntil("all came", () => frames.length === sent.length);
  t.deepEqual(frames, sent);
});

test("no frame is given out after close, though it lay in the same packet", async (t) => {
  const frames: string[] = [];
  const heard = await hear(t, {
    onFrame: (connection, frame) => {
      frames.push(text(frame));
      connection.close("had enough");
    },
  });
  const peer = await honest(t, heard);
  peer.socket.write(Buffer.concat([framed("one"), framed("two")]));
  await waitUntil("it is closed", () => peer.closed());
  t.deepEqual(frames, ["one"]);
  t.deepEqual(heard.closed, ["app: had enough"]);
});

test("a peer that never reads costs its queue: further frames are refused and counted, others get theirs", async (t) => {
  const queueBytesMax = 1_000_000;
  const heard = await hear(t, { protocol: "pair0", limits: { ...limits, queueBytesMax } });
  const [deaf, good] = [await rawPeer(t, heard.listener.address), await rawPeer(t, heard.listener.address)];
  deaf.socket.pause();
  deaf.socket.write(encodeHello("pair0"));
  await waitUntil("the first is open", () => heard.opened.length === 1);
  good.socket.write(encodeHello("pair0"));
  await waitUntil("both are open", () => heard.opened.length === 2);
  const frame = new Uint8Array(50_000);
  let refused = 0;
  for (let count = 0; count < 1000 && refused < 7; count++) {
    if (!heard.opened[0]?.send(frame)) refused++;
    await sleep(0);
    if (refused === 1) await sleep(100);
  }
  t.is(refused, 7);
  t.is(heard.listener.stats().dropped, 7);
  t.true(heard.opened[1]?.send(Buffer.from("reply")));
  const expected = Buffer.concat([encodeHello("pair0"), framed("reply")]);
  await waitUntil("the other gets its reply", () => good.received().equals(expected));
  t.is(heard.listener.stats().open, 2);
});

test("a peer of a push listener that sends anything is closed", async (t) => {
  const heard = await hear(t, { protocol: "push" });
  const peer = await rawPeer(t, heard.listener.address);
  peer.socket.write(encodeHello("pull"));
  await waitUntil("it is open", () => heard.opened.length === 1);
  t.true(heard.opened[0]?.send(Buffer.from("work")));
  await waitUntil("it got the frame", () => peer.received().length === 8 + 12);
  peer.socket.write("x");
  await waitUntil("it is closed", () => peer.closed());
  t.deepEqual(heard.closed, ["unexpectedFrame"]);
});

test("a pull connection asked to send is a broken invariant", async (t) => {
  const heard = await hear(t);
  await honest(t, heard);
  t.throws(() => heard.opened[0]?.send(Buffer.of(1)), { message: /pull/ });
});

test("over ipc frames carry the type byte 1, and another type closes the connection", async (t) => {
  const heard = await hear(t, { address: address(`ipc://${temporaryFolder(t)}/n.sock`) });
  const peer = await rawPeer(t, heard.listener.address);
  peer.socket.write(Buffer.concat([encodeHello("push"), Buffer.of(1), framed("over ipc"), Buffer.of(0), framed("no")]));
  await waitUntil("it is closed", () => peer.closed());
  t.deepEqual(heard.frames, ["over ipc"]);
  t.deepEqual(heard.closed, ["badFrameType"]);
  t.regex(heard.opened[0]?.remote ?? "", /^ipc:\/\/.*n\.sock#1$/);
});

test("close ends open and half-open connections and may be called twice", async (t) => {
  const heard = await hear(t);
  const peers = [await honest(t, heard), await rawPeer(t, heard.listener.address)];
  await waitUntil("both are accepted", () => heard.listener.stats().halfOpen === 1);
  await Promise.all([heard.listener.close(), heard.listener.close()]);
  await waitUntil("both are closed", () => peers.every((peer) => peer.closed()));
  t.deepEqual(heard.closed, ["shutdown"]);
  t.like(heard.listener.stats(), { open: 0, halfOpen: 0, closed: { shutdown: 2 } });
  await t.throwsAsync(rawPeer(t, heard.listener.address), { code: "ECONNREFUSED" });
});
