import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import test, { type ExecutionContext } from "ava";
import type { Connection } from "../../../cluster/nng/connection.ts";
import type { TlsOptions } from "../../../cluster/nng/credentials.ts";
import { type Dialer, dial } from "../../../cluster/nng/dialer.ts";
import { encodeHello } from "../../../cluster/nng/hello.ts";
import { type Listener, type ListenerConfig, listen } from "../../../cluster/nng/listener.ts";
import { createAuthority } from "./certificates.ts";
import { address, limits, rawPeer, text } from "./setting.ts";
import { needing } from "./tool.ts";
import { waitUntil } from "./wait-until.ts";

const { run, note } = needing("openssl");
const folder = mkdtempSync(join(tmpdir(), "juno-tls-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const made = note === "" ? members() : undefined;

function members() {
  const [ours, theirs] = [createAuthority(folder, "ours"), createAuthority(folder, "theirs")];
  return { n0: ours.member("n0"), n1: ours.member("n1"), stranger: theirs.member("n0") };
}

function member(name: "n0" | "n1" | "stranger"): TlsOptions {
  if (made === undefined) throw new Error("openssl is not installed");
  const { cert, key, ca } = made[name];
  return { cert, key, ca };
}

async function serve(t: ExecutionContext, config: Partial<ListenerConfig> = {}) {
  const frames: Uint8Array[] = [];
  const listener: Listener = await listen({
    address: address("tls+tcp://127.0.0.1:0"),
    protocol: "pull",
    tls: member("n0"),
    limits,
    onFrame: (_, frame) => frames.push(frame),
    ...config,
  });
  t.teardown(() => listener.close());
  return { listener, frames };
}

function link(t: ExecutionContext, listener: Listener, tls: TlsOptions, host = "127.0.0.1"): Dialer {
  const at = listener.address;
  if (at.scheme === "ipc") throw new Error("not an ipc test");
  const backoffMs = { min: 20, max: 100 };
  const dialer = dial({ address: { ...at, host }, protocol: "push", tls, limits, backoffMs });
  t.teardown(() => dialer.close(0));
  return dialer;
}

function count(listener: Listener, reason: RegExp): number {
  const entries = Object.entries(listener.stats().closed);
  return entries.reduce((sum, [name, times]) => sum + (reason.test(name) ? times : 0), 0);
}

run(`members talk, by IP address and by host name${note}`, async (t) => {
  const { listener, frames } = await serve(t);
  for (const host of ["127.0.0.1", "localhost"]) {
    frames.length = 0;
    const dialer = link(t, listener, member("n1"), host);
    const large = Buffer.alloc(900_000, host);
    dialer.send(Buffer.from("small"));
    dialer.send(large);
    await waitUntil("both came", () => frames.length === 2);
    t.is(text(frames[0] ?? Buffer.of()), "small");
    t.true(large.equals(frames[1] ?? Buffer.of()));
    await dialer.close(5000);
  }
});

run(`a dialer of another authority is refused and counted, members are served on${note}`, async (t) => {
  const { listener, frames } = await serve(t);
  // The stranger trusts us, so that it is our check that refuses.
  const stranger = link(t, listener, { ...member("stranger"), ca: member("n0").ca });
  stranger.send(Buffer.from("let me in"));
  await waitUntil("it failed twice", () => stranger.stats().failedDials >= 2);
  t.true(count(listener, /^tls: /) >= 1, JSON.stringify(listener.stats()));
  link(t, listener, member("n1")).send(Buffer.from("member"));
  await waitUntil("the member is heard", () => frames.length === 1);
  t.is(text(frames[0] ?? Buffer.of()), "member");
  t.is(stranger.stats().sent, 0);
});

run(`a dialer without a certificate is refused${note}`, async (t) => {
  const { listener } = await serve(t);
  const at = listener.address;
  if (at.scheme === "ipc") return t.fail();
  const socket = tlsConnect({ host: at.host, port: at.port, ca: member("n0").ca });
  t.teardown(() => socket.destroy());
  socket.on("error", () => undefined);
  socket.write(encodeHello("push"));
  await waitUntil("it is closed", () => socket.closed);
  await waitUntil("it is counted", () => count(listener, /^tls: .*CERTIFICATE/) === 1);
  t.like(listener.stats(), { open: 0, halfOpen: 0 });
});

run(`a listener of another authority gets no frame${note}`, async (t) => {
  const { listener, frames } = await serve(t, { tls: { ...member("stranger"), ca: member("n0").ca } });
  const dialer = link(t, listener, member("n1"));
  dialer.send(Buffer.from("secret"));
  await waitUntil("it failed twice", () => dialer.stats().failedDials >= 2);
  t.regex(dialer.stats().lastFailure ?? "", /^socket: .*(CERT|SIGNATURE|ISSUER)/);
  t.deepEqual(frames, []);
  t.is(dialer.stats().queuedFrames, 1);
});

run(`a member under another host name than its certificate's gets no frame${note}`, async (t) => {
  const { listener } = await serve(t, { address: address("tls+tcp://0.0.0.0:0") });
  const dialer = link(t, listener, member("n1"), "127.0.0.2");
  dialer.send(Buffer.from("secret"));
  await waitUntil("it failed", () => dialer.stats().failedDials >= 1);
  t.is(dialer.stats().lastFailure, "socket: ERR_TLS_CERT_ALTNAME_INVALID");
});

run(`peers that speak no TLS or nothing are closed in time and free their places${note}`, async (t) => {
  const { listener, frames } = await serve(t, { limits: { ...limits, handshakeMs: 300, connectionsMax: 2 } });
  const [plain, silent] = [await rawPeer(t, listener.address), await rawPeer(t, listener.address)];
  plain.socket.write(encodeHello("push"));
  await waitUntil("both are closed", () => plain.closed() && silent.closed());
  t.is(count(listener, /^tls: /), 2);
  link(t, listener, member("n1")).send(Buffer.from("member"));
  await waitUntil("the member is heard", () => frames.length === 1);
});

run(`pause stops reading over TLS too${note}`, async (t) => {
  let paused: Connection | undefined;
  const sizes: number[] = [];
  const { listener } = await serve(t, {
    onFrame: (connection, frame) => {
      sizes.push(frame.length);
      if (sizes.length > 1) return;
      paused = connection;
      connection.pause();
    },
  });
  const dialer = link(t, listener, member("n1"));
  // Below the queue's bytes, above what the kernel's buffers take.
  for (let at = 0; at < 100; at++) dialer.send(new Uint8Array(80_000));
  await waitUntil("the first came", () => sizes.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.is(sizes.length, 1);
  t.true(listener.stats().bytesIn < 400_000);
  paused?.resume();
  await waitUntil("all came", () => sizes.length === 100);
});

run(`close leaves no connection, also in the midst of a handshake${note}`, async (t) => {
  const { listener } = await serve(t, { limits: { ...limits, handshakeMs: 60_000 } });
  const silent = await rawPeer(t, listener.address);
  await waitUntil("it is accepted", () => listener.stats().accepted === 1);
  let closed = false;
  const closing = listener.close().then(() => {
    closed = true;
  });
  await waitUntil("both ends are closed", () => silent.closed() && closed);
  await closing;
  t.like(listener.stats(), { open: 0, halfOpen: 0 });
});

run(`options that do not fit are refused with the mend${note}`, async (t) => {
  const onFrame = () => undefined;
  const base = { protocol: "pull", limits, onFrame } as const;
  const secure = address("tls+tcp://127.0.0.1:0");
  await t.throwsAsync(listen({ ...base, address: secure }), { message: /needs a certificate; configure cert, key/ });
  await t.throwsAsync(listen({ ...base, address: address("tcp://127.0.0.1:0"), tls: member("n0") }), {
    message: /would not be encrypted though TLS is configured; write tls\+tcp/,
  });
  const swapped = { ...member("n0"), key: member("n1").key };
  await t.throwsAsync(listen({ ...base, address: secure, tls: swapped }), { message: /do not fit .*; give PEM texts/ });
  const garbage = { ...member("n0"), cert: "no PEM" };
  await t.throwsAsync(listen({ ...base, address: secure, tls: garbage }), { message: /do not fit .*; give PEM texts/ });
  const backoffMs = { min: 1, max: 1 };
  t.throws(() => dial({ address: address("tls+tcp://h:1"), protocol: "push", limits, backoffMs }), {
    message: /needs a certificate/,
  });
});
