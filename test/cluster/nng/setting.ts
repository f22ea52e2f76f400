/** What the transport's tests share: limits, a temporary folder, and peers that speak raw bytes. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { type Address, parseAddress } from "../../../cluster/nng/address.ts";
import type { ListenerLimits } from "../../../cluster/nng/listener.ts";

export const limits: ListenerLimits = {
  connectionsMax: 64,
  handshakeMs: 5000,
  frameMs: 5000,
  frameBytesMax: 1024 * 1024,
  queueBytesMax: 8 * 1024 * 1024,
  queueFramesMax: 10_000,
};

/** A free port on IPv6, where this machine has it. */
export const ipv6Urls: readonly string[] = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === "::1")
  ? ["tcp://[::1]:0"]
  : [];

export function address(url: string): Address {
  const parsed = parseAddress(url);
  if (!parsed.ok) throw new Error(`${url}: ${parsed.reason}`);
  return parsed.address;
}

/** A folder that is gone after the test. */
export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "juno-nng-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type RawPeer = {
  readonly socket: Socket;
  /** All bytes that came. */
  received(): Buffer;
  closed(): boolean;
};

/** A plain socket connected to a listener; it is destroyed after the test. */
export async function rawPeer(t: ExecutionContext, to: Address): Promise<RawPeer> {
  const socket = to.scheme === "ipc" ? connect({ path: to.path }) : connect({ host: to.host, port: to.port });
  t.teardown(() => socket.destroy());
  const chunks: Buffer[] = [];
  let closed = false;
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("close", () => {
    closed = true;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // From here on a reset by the other side is what many tests are about.
  socket.on("error", () => undefined);
  return { socket, received: () => Buffer.concat(chunks), closed: () => closed };
}

/** One frame as TCP carries it. */
export function framed(body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([header, bytes]);
}

export function text(frame: Uint8Array): string {
  return Buffer.from(frame).toString();
}
