/** Against nng itself: its command line tool dials us and listens for us, over each transport. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { formatAddress } from "../../../cluster/nng/address.ts";
import { type DialerConfig, dial } from "../../../cluster/nng/dialer.ts";
import { type ListenerConfig, listen } from "../../../cluster/nng/listener.ts";
import { createAuthority } from "./certificates.ts";
import { address, limits, text } from "./setting.ts";
import { needing } from "./tool.ts";
import { waitUntil } from "./wait-until.ts";

const nngcat = needing("nngcat");
const openssl = needing("openssl");
const secureRun = nngcat.note === "" ? openssl : nngcat;
const folder = mkdtempSync(join(tmpdir(), "juno-nngcat-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const authority = openssl.note === "" ? createAuthority(folder, "ca") : undefined;
const [n0, n1] = [authority?.member("n0"), authority?.member("n1")];

type Transport = {
  readonly name: string;
  readonly run: typeof nngcat;
  /** Where one of the two listens, free at the time of the call. */
  url(): Promise<string>;
  readonly ours: Pick<ListenerConfig, "tls">;
  readonly catDials: readonly string[];
  readonly catListens: readonly string[];
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return bound.port;
}

let socketFiles = 0;
const transports: Transport[] = [
  {
    name: "tcp",
    run: nngcat,
    url: async () => `tcp://127.0.0.1:${await freePort()}`,
    ours: {},
    catDials: [],
    catListens: [],
  },
  {
    name: "ipc",
    run: nngcat,
    url: async () => `ipc://${folder}/${++socketFiles}.sock`,
    ours: {},
    catDials: [],
    catListens: [],
  },
  {
    name: "tls+tcp",
    run: secureRun,
    url: async () => `tls+tcp://localhost:${await freePort()}`,
    ours: n0 === undefined ? {} : { tls: { cert: n0.cert, key: n0.key, ca: n0.ca } },
    catDials: ["--cacert", authority?.caFile ?? "", "--cert", n1?.certFile ?? "", "--key", n1?.keyFile ?? ""],
    catListens: ["--cert", n1?.certFile ?? "", "--key", n1?.keyFile ?? ""],
  },
];

type Cat = { readonly child: ChildProcess; output(): string };

function start(t: ExecutionContext, ...args: string[]): Cat {
  const child = spawn("nngcat", args, { stdio: ["ignore", "pipe", "pipe"] });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => t.log(`nngcat: ${chunk}`));
  return { child, output: () => output };
}

async function hear(t: ExecutionContext, config: Pick<ListenerConfig, "address" | "protocol" | "tls">, reply = false) {
  const frames: string[] = [];
  const listener = await listen({
    ...config,
    limits,
    onFrame: (connection, frame) => {
      frames.push(text(frame));
      if (reply) connection.send(Buffer.from("pong"));
    },
  });
  t.teardown(() => listener.close());
  return { frames, listener };
}

function link(t: ExecutionContext, config: Pick<DialerConfig, "address" | "protocol" | "tls" | "onFrame">) {
  const dialer = dial({ ...config, limits, backoffMs: { min: 20, max: 100 } });
  t.teardown(() => dialer.close(0));
  return dialer;
}

for (const { name, run, url, ours, catDials, catListens } of transports) {
  run.run(`nngcat pushes to our pull over ${name}${run.note}`, async (t) => {
    const { frames, listener } = await hear(t, { address: address(await url()), protocol: "pull", ...ours });
    const to = formatAddress(listener.address);
    const large = "x".repeat(100_000);
    start(t, "--push0", "--dial", to, "--data", "hello", ...catDials);
    start(t, "--push0", "--dial", to, "--data", large, ...catDials);
    start(t, "--push0", "--dial", to, "--data", "", ...catDials);
    await waitUntil("all came", () => frames.length === 3);
    t.deepEqual(frames.sort(), ["", "hello", large]);
  });

  run.run(`our push feeds nngcat's pull over ${name}${run.note}`, async (t) => {
    const at = await url();
    const dialer = link(t, { address: address(at), protocol: "push", ...ours });
    const sent = [..."abcdefghij"].map((letter) => letter.repeat(10_000));
    for (const one of sent) dialer.send(Buffer.from(one));
    const cat = start(t, "--pull0", "--listen", at, "--raw", ...catListens);
    await waitUntil("all came", () => cat.output().length === 100_000);
    t.is(cat.output(), sent.join(""));
    t.like(dialer.stats(), { sent: 10, dropped: 0, reconnects: 0 });
  });

  run.run(`nngcat as pair0 asks our listener over ${name}${run.note}`, async (t) => {
    const { frames, listener } = await hear(t, { address: address(await url()), protocol: "pair0", ...ours }, true);
    const cat = start(t, "--pair0", "--dial", formatAddress(listener.address), "--data", "ping", "--raw", ...catDials);
    await waitUntil("the answer came", () => cat.output() === "pong");
    t.deepEqual(frames, ["ping"]);
  });

  run.run(`our dialer as pair0 talks with nngcat over ${name}${run.note}`, async (t) => {
    const at = await url();
    const heard: string[] = [];
    const onFrame = (frame: Uint8Array) => heard.push(text(frame));
    // With an interval nngcat speaks again and again, so its word is not lost when it speaks before we come.
    const cat = start(t, "--pair0", "--listen", at, "--data", "ping", "--interval", "1", "--raw", ...catListens);
    const dialer = link(t, { address: address(at), protocol: "pair0", ...ours, onFrame });
    dialer.send(Buffer.from("pong"));
    await waitUntil("both heard", () => heard.length > 0 && cat.output().length > 0);
    t.is(heard[0], "ping");
    t.is(cat.output(), "pong");
  });
}

secureRun.run(`nngcat without a certificate is not let in${secureRun.note}`, async (t) => {
  const tls = transports.find(({ name }) => name === "tls+tcp");
  if (tls === undefined) return t.fail();
  const { frames, listener } = await hear(t, { address: address(await tls.url()), protocol: "pull", ...tls.ours });
  const trusting = ["--cacert", authority?.caFile ?? ""];
  start(t, "--push0", "--dial", formatAddress(listener.address), "--data", "hello", "--async", ...trusting);
  await waitUntil("it is refused", () =>
    Object.keys(listener.stats().closed).some((reason) => reason.startsWith("tls:")),
  );
  t.deepEqual(frames, []);
});
