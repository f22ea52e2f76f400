/** Each weather does what it says to bytes on a real connection, and goes when it is mended. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { eventually } from "../e2e/cluster-processes.ts";
import { type LinkProxy, openLink } from "./link-proxy.ts";
import { seeded } from "./seeded.ts";

type Echo = { readonly link: LinkProxy; readonly dial: () => Promise<{ socket: Socket; got: () => Buffer }> };

/** A link to a server that sends back what it gets. */
async function echoLink(t: ExecutionContext): Promise<Echo> {
  const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const link = await openLink({ host: "127.0.0.1", port: address.port }, seeded(1));
  t.teardown(async () => {
    await link.close();
    server.close();
  });
  const dial: Echo["dial"] = async () => {
    const socket = connect(link.port, "127.0.0.1").on("error", () => undefined);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "connect");
    t.teardown(() => socket.destroy());
    return { socket, got: () => Buffer.concat(chunks) };
  };
  return { link, dial };
}

const whole = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
const arrival = (got: () => Buffer, bytes: number): Promise<true> =>
  eventually(`${bytes} bytes`, async () => (got().length >= bytes ? true : undefined));

test("clear: every byte, both ways", async (t) => {
  const { link, dial } = await echoLink(t);
  const { socket, got } = await dial();
  socket.write(whole);
  await arrival(got, whole.length);
  t.true(got().equals(whole));
  t.like(link.stats(), { open: 1, accepted: 1, corruptedChunks: 0 });
  socket.end();
  await eventually("the end on both sides", async () => (link.stats().open === 0 ? true : undefined));
});

test("delay: late, in order, whole", async (t) => {
  const { link, dial } = await echoLink(t);
  link.setWeather("up", { kind: "delay", ms: 150, jitterMs: 100 });
  const { socket, got } = await dial();
  const began = performance.now();
  socket.write(whole);
  await arrival(got, whole.length);
  t.true(performance.now() - began >= 149);
  t.true(got().equals(whole));
});

test("throttle and drip: slowly, and whole", async (t) => {
  const { link, dial } = await echoLink(t);
  const { socket, got } = await dial();
  link.setWeather("down", { kind: "throttle", bytesPerSecond: 100_000 });
  const began = performance.now();
  socket.write(whole);
  await arrival(got, whole.length);
  t.true(performance.now() - began >= 400);
  link.setWeather("down", { kind: "drip", bytes: 2, everyMs: 5 });
  socket.write(Buffer.alloc(40));
  await arrival(got, whole.length + 40);
  t.true(got().subarray(0, whole.length).equals(whole));
});

test("corrupt: one byte of a chunk is another, and the link knows", async (t) => {
  const { link, dial } = await echoLink(t);
  link.setWeather("up", { kind: "corrupt", probability: 1 });
  const { socket, got } = await dial();
  socket.write(whole.subarray(0, 1000));
  await arrival(got, 1000);
  const changed = got().filter((byte, i) => byte !== whole[i]).length;
  t.is(changed, link.stats().corruptedChunks);
  t.like(link.stats(), { spoilt: 1, spoiltEnded: 0 });
  link.mend();
  await once(socket, "close");
  await eventually("the end of the pair", async () => (link.stats().spoiltEnded === 1 ? true : undefined));
  t.is(link.stats().open, 0);
});

test("black hole: takes everything, one way; mending ends the connection, since bytes are missing", async (t) => {
  const { link, dial } = await echoLink(t);
  link.setWeather("down", { kind: "blackHole" });
  const { socket, got } = await dial();
  socket.write(whole);
  await eventually("the loss", async () => (link.stats().spoilt === 1 ? true : undefined));
  t.is(got().length, 0);
  link.mend();
  await once(socket, "close");
});

test("cut: ends what is open, refuses what is new, until it is mended", async (t) => {
  const { link, dial } = await echoLink(t);
  const first = await dial();
  await eventually("the connection", async () => (link.stats().open === 1 ? true : undefined));
  link.cut();
  await once(first.socket, "close");
  const second = await dial();
  await once(second.socket, "close");
  t.is(link.stats().open, 0);
  link.mend();
  const third = await dial();
  third.socket.write(whole);
  await arrival(third.got, whole.length);
});
