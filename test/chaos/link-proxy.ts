/**
 * A TCP proxy that is one link of the network, from those who dial it to one address, and does to the bytes what bad
 * networks do. The weather may change at any time, also for connections that are open.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../sim/random.ts";

/** What happens to the bytes of one way. */
export type Weather =
  | { readonly kind: "clear" }
  /** Each chunk waits so many milliseconds, and up to as many more; their order stays. */
  | { readonly kind: "delay"; readonly ms: number; readonly jitterMs: number }
  /** Bytes a second. */
  | { readonly kind: "throttle"; readonly bytesPerSecond: number }
  /** A few bytes at a time. */
  | { readonly kind: "drip"; readonly bytes: number; readonly everyMs: number }
  /** Of the chunks, how many get one byte changed. */
  | { readonly kind: "corrupt"; readonly probability: number }
  /** Takes everything, and passes nothing on; what it took is lost, and so is the connection when it ends. */
  | { readonly kind: "blackHole" };

export const clear: Weather = { kind: "clear" };

export type Way = "up" | "down";

export type ProxyStats = {
  readonly open: number;
  readonly accepted: number;
  readonly corruptedChunks: number;
  /** Connections in which something was corrupted, and those of them that have ended since. */
  readonly spoilt: number;
  readonly spoiltEnded: number;
};

export type LinkProxy = {
  readonly port: number;
  /** `up` is from who dialed to the address behind. */
  readonly setWeather: (way: Way, weather: Weather) => void;
  /** Ends all connections, and refuses new ones until `mend`. */
  readonly cut: () => void;
  /** Clear weather; ends those connections from which bytes were taken or in which some were changed. */
  readonly mend: () => void;
  readonly stats: () => ProxyStats;
  readonly close: () => Promise<void>;
};

type Pipe = { readonly from: Socket; readonly to: Socket; readonly spoil: () => void; busy: boolean };
type Pair = { readonly ends: readonly [Socket, Socket]; spoilt: boolean };

/** Bytes that a way may hold back, before who sends them is made to wait. */
const heldBytesMax = 1024 * 1024;

/** Opens a link to `host:port` on a free port of loopback. */
export async function openLink(target: { host: string; port: number }, random: Random): Promise<LinkProxy> {
  const weather: Record<Way, Weather> = { up: clear, down: clear };
  const pairs = new Set<Pair>();
  let isCut = false;
  let accepted = 0;
  let corruptedChunks = 0;
  let spoilt = 0;
  let spoiltEnded = 0;

  function take(socket: Socket): void {
    accepted++;
    if (isCut) {
      socket.destroy();
      return;
    }
    const behind = connect(target);
    const pair: Pair = { ends: [socket, behind], spoilt: false };
    pairs.add(pair);
    const end = (): void => {
      socket.destroy();
      behind.destroy();
      if (!pairs.delete(pair)) return;
      if (pair.spoilt) spoiltEnded++;
    };
    for (const one of pair.ends) one.setNoDelay(true).on("error", end).on("close", end);
    const spoil = (): void => {
      if (!pair.spoilt) spoilt++;
      pair.spoilt = true;
    };
    pump("up", { from: socket, to: behind, spoil, busy: false });
    pump("down", { from: behind, to: socket, spoil, busy: false });
  }

  function pump(way: Way, pipe: Pipe): void {
    const { from, to } = pipe;
    const waiting: { readonly bytes: Buffer; readonly dueAt: number }[] = [];
    let heldBytes = 0;
    let ended = false;

    from.on("data", (chunk: Buffer) => {
      const now = weather[way];
      if (now.kind === "blackHole") {
        pipe.spoil();
        return;
      }
      const wait = now.kind === "delay" ? now.ms + random.next() * now.jitterMs : 0;
      waiting.push({ bytes: now.kind === "corrupt" ? corrupted(now, chunk) : chunk, dueAt: performance.now() + wait });
      heldBytes += chunk.length;
      if (heldBytes > heldBytesMax) from.pause();
      void flow();
    });
    from.on("end", () => {
      ended = true;
      void flow();
    });

    function corrupted({ probability }: { probability: number }, chunk: Buffer): Buffer {
      if (!random.chance(probability)) return chunk;
      corruptedChunks++;
      pipe.spoil();
      const changed = Buffer.from(chunk);
      const at = random.between(0, chunk.length - 1);
      changed[at] = (changed[at] ?? 0) ^ random.between(1, 255);
      return changed;
    }

    /** Passes on what is due, one piece after the other. */
    async function flow(): Promise<void> {
      if (pipe.busy) return;
      pipe.busy = true;
      for (let first = waiting.shift(); first !== undefined && !to.destroyed; first = waiting.shift()) {
        await pause(first.dueAt - performance.now());
        heldBytes -= first.bytes.length;
        for (let rest = first.bytes; rest.length > 0 && !to.destroyed; ) {
          const { bytes, thenMs } = pieceOf(weather[way], rest.length);
          const written = to.write(rest.subarray(0, bytes));
          rest = rest.subarray(bytes);
          if (!written) await drained(to);
          await pause(thenMs);
        }
        if (heldBytes <= heldBytesMax && from.isPaused()) from.resume();
      }
      pipe.busy = false;
      if (ended && waiting.length === 0) to.end();
    }
  }

  const server: Server = createServer(take);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening server without a port");

  function endWhere(isMeant: (pair: Pair) => boolean): void {
    for (const pair of [...pairs]) if (isMeant(pair)) for (const one of pair.ends) one.destroy();
  }

  return {
    port: address.port,
    setWeather: (way, next) => {
      weather[way] = next;
    },
    cut: () => {
      isCut = true;
      endWhere(() => true);
    },
    mend: () => {
      isCut = false;
      weather.up = clear;
      weather.down = clear;
      endWhere(({ spoilt }) => spoilt);
    },
    stats: () => ({ open: pairs.size, accepted, corruptedChunks, spoilt, spoiltEnded }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endWhere(() => true);
      }),
  };
}

/** How much may go at once in this weather, and how long to wait after it. */
function pieceOf(weather: Weather, bytesLeft: number): { readonly bytes: number; readonly thenMs: number } {
  switch (weather.kind) {
    case "throttle": {
      // In pieces of a twentieth of a second, so that a change of weather is soon felt.
      const bytes = Math.max(1, Math.min(bytesLeft, Math.floor(weather.bytesPerSecond / 20)));
      return { bytes, thenMs: (bytes * 1000) / weather.bytesPerSecond };
    }
    case "drip":
      return { bytes: Math.min(bytesLeft, weather.bytes), thenMs: weather.everyMs };
    default:
      return { bytes: bytesLeft, thenMs: 0 };
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}
