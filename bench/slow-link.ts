/**
 * A slow link: a TCP relay that holds bytes back as a longer or narrower wire would, where the kernel cannot.
 *
 * In both directions of each connection bytes arrive whole and in order, none earlier than the delay after it came. The
 * opening of a connection is not delayed, nothing is lost, and no packet overtakes another.
 */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export type SlowLinkOptions = {
  readonly target: { readonly host: string; readonly port: number };
  /** One way. */
  readonly delayMs: number;
  /** Of each direction of each connection; no limit unless given. */
  readonly bytesPerSecond?: number;
};

export type SlowLink = AsyncDisposable & {
  /** Whoever connects here, on the loopback, reaches the target. */
  readonly port: number;
  /** Ends all connections and stops listening. */
  readonly close: () => Promise<void>;
};

/** What one direction may hold back before it reads no more: 1 Gbit/s for a quarter of a second. */
const heldBytesMax = 32 * 1024 * 1024;

/** Rejects where no port is to be had. */
export async function startSlowLink(options: SlowLinkOptions): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ ...options.target, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // A broken end breaks the other: whoever is there dials again, as it would without us.
      socket.on("error", () => other.resetAndDestroy());
      socket.once("close", () => sockets.delete(socket));
      holdBack(socket, other, options);
    }
  });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: portOf(server), close, [Symbol.asyncDispose]: close };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

/** Passes on what `from` brings, each piece when it is due; the end of the stream is a piece, too. */
function holdBack(
  from: Socket,
  to: Socket,
  { delayMs, bytesPerSecond = Number.POSITIVE_INFINITY }: SlowLinkOptions,
): void {
  const held: { readonly piece: Buffer | undefined; readonly dueMs: number }[] = [];
  let heldBytes = 0;
  /** When the narrowest part of the wire has passed all that came. */
  let passedMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function take(piece: Buffer | undefined): void {
    const bytes = piece?.length ?? 0;
    passedMs = Math.max(passedMs, performance.now()) + (bytes * 1000) / bytesPerSecond;
    held.push({ piece, dueMs: passedMs + delayMs });
    heldBytes += bytes;
    if (heldBytes > heldBytesMax) from.pause();
    if (timer === undefined) release();
  }

  function release(): void {
    timer = undefined;
    for (let first = held[0]; first !== undefined; first = held[0]) {
      // A timer may come a little early by this clock.
      const restMs = first.dueMs - performance.now();
      if (restMs > 0) {
        timer = setTimeout(release, Math.max(1, Math.ceil(restMs)));
        return;
      }
      held.shift();
      if (first.piece === undefined) to.end();
      else to.write(first.piece);
      heldBytes -= first.piece?.length ?? 0;
    }
    if (from.isPaused() && heldBytes + to.writableLength < heldBytesMax) from.resume();
  }

  from.on("data", take);
  from.once("end", () => take(undefined));
  to.on("drain", release);
  to.once("close", () => clearTimeout(timer));
}
