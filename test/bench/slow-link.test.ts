import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { startSlowLink } from "../../bench/slow-link.ts";

/** A server that gives away what connects to it; gone with the test. */
async function listen(t: ExecutionContext): Promise<{ port: number; accepted: Promise<Socket> }> {
  const server = createServer({ allowHalfOpen: true });
  const { promise, resolve } = Promise.withResolvers<Socket>();
  server.once("connection", (socket) => {
    t.teardown(() => socket.destroy());
    resolve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, accepted: promise };
}

async function dial(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** All until the end of the stream, whose other direction stays open. */
async function readAll(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  await once(socket, "end");
  return Buffer.concat(pieces);
}

async function link(
  t: ExecutionContext,
  options: { delayMs: number; bytesPerSecond?: number },
): Promise<{ near: Socket; far: Socket; close: () => Promise<void> }> {
  const { port, accepted } = await listen(t);
  const slow = await startSlowLink({ target: { host: "127.0.0.1", port }, ...options });
  t.teardown(slow.close);
  const near = await dial(t, slow.port);
  return { near, far: await accepted, close: slow.close };
}

test("bytes arrive whole, in order, and none before its delay, both ways", async (t) => {
  const delayMs = 30;
  const { near, far } = await link(t, { delayMs });
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    const sentAt: number[] = [];
    const early: number[] = [];
    const arrived: Buffer[] = [];
    let bytes = 0;
    to.on("data", (piece: Buffer) => {
      arrived.push(piece);
      bytes += piece.length;
      // The last piece of ten bytes that is here in whole or part.
      const waitedMs = performance.now() - (sentAt[Math.ceil(bytes / 10) - 1] ?? Number.NaN);
      if (!(waitedMs >= delayMs)) early.push(waitedMs);
    });
    const all = Array.from({ length: 40 }, (_, i) => Buffer.alloc(10, i + 1));
    for (const piece of all) {
      sentAt.push(performance.now());
      from.write(piece);
      await sleep(3);
    }
    while (bytes < 400) await once(to, "data");
    t.deepEqual(early, []);
    t.deepEqual(Buffer.concat(arrived), Buffer.concat(all));
  }
});

test("a megabyte comes through whole, and the end of the stream comes after it", async (t) => {
  const { near, far } = await link(t, { delayMs: 5 });
  const sent = Buffer.from(Uint32Array.from({ length: 262_144 }, (_, i) => i * 2_654_435_761).buffer);
  near.end(sent);
  t.true((await readAll(far)).equals(sent));
  // The other direction is still open.
  far.end("thanks");
  t.is((await readAll(near)).toString(), "thanks");
});

test("a rate stretches what is sent at once", async (t) => {
  const { near, far } = await link(t, { delayMs: 20, bytesPerSecond: 500_000 });
  const startedAt = performance.now();
  near.end(Buffer.alloc(100_000));
  t.is((await readAll(far)).length, 100_000);
  // 200 ms of sending, and the delay.
  t.true(performance.now() - startedAt >= 220);
});

test("a connection that breaks at one end breaks at the other", async (t) => {
  const { near, far } = await link(t, { delayMs: 1 });
  near.write("hello");
  await once(far, "data");
  const broken = once(near, "error");
  near.resume();
  far.resetAndDestroy();
  const [error] = await broken;
  t.is(Object(error).code, "ECONNRESET");
});

test("close ends all connections", async (t) => {
  const { near, close } = await link(t, { delayMs: 1 });
  const ended = once(near, "end");
  near.resume();
  await close();
  await ended;
  t.true(near.readableEnded);
});
