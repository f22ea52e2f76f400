/** A listening socket that speaks nng's wire and keeps every peer inside its limits. */
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type Address, formatAddress } from "./address.ts";
import { bind } from "./bind.ts";
import { type CloseReason, type Connection, type ConnectionLimits, type Link, runConnection } from "./connection.ts";
import { minVersion, secureContextFor, type TlsOptions } from "./credentials.ts";
import type { Protocol } from "./hello.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

export type ListenerLimits = ConnectionLimits & {
  /** Open and half-open connections together; one more is closed as soon as it is accepted. */
  readonly connectionsMax: number;
};

export type ListenerConfig = {
  /** Port 0 takes a free port. */
  readonly address: Address;
  readonly protocol: Protocol;
  /** For `tls+tcp`, and only there. */
  readonly tls?: TlsOptions;
  readonly limits: ListenerLimits;
  /** A frame that owns its memory; the receiver may keep or transfer it. */
  readonly onFrame: (connection: Connection, frame: Uint8Array<ArrayBuffer>) => void;
  /** The hellos are exchanged. */
  readonly onOpen?: (connection: Connection) => void;
  /** Only for connections that were opened; the others are counted in `stats`. */
  readonly onClose?: (connection: Connection, reason: CloseReason) => void;
};

/** Counts since the start; `open` and `halfOpen` are of now. */
export type ListenerStats = {
  readonly open: number;
  /** Without a hello yet, TLS handshakes not counted. */
  readonly halfOpen: number;
  readonly accepted: number;
  /** Connections above `connectionsMax`. */
  readonly refused: number;
  readonly framesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  /** Frames that a full queue refused. */
  readonly dropped: number;
  /** Ended connections by reason. */
  readonly closed: Readonly<Record<string, number>>;
};

type Totals = {
  accepted: number;
  refused: number;
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  dropped: number;
};

export type Listener = {
  /** With the real port. */
  readonly address: Address;
  stats(): ListenerStats;
  /** Closes the socket and every connection at once; resolves when no handle is left. May be called again. */
  close(): Promise<void>;
};

/** Opens the socket; rejects with one line that names the mend where the address cannot be had. */
export async function listen(config: ListenerConfig): Promise<Listener> {
  const { address, protocol, limits } = config;
  const secure = secureContextFor(address, config.tls) !== undefined;
  const sockets = new Set<Socket>();
  const links = new Map<Link, Outbox>();
  const totals: Totals = { accepted: 0, refused: 0, framesIn: 0, bytesIn: 0, framesOut: 0, dropped: 0 };
  const closed: Record<string, number> = {};
  let ids = 0;
  let closing: Promise<void> | undefined;

  function countClosed(reason: CloseReason): void {
    closed[reason] = (closed[reason] ?? 0) + 1;
  }

  function accept(socket: Socket): void {
    const id = ++ids;
    const outbox = createOutbox(limits, "refuseNew");
    let wasOpen = false;
    const link: Link = runConnection({
      id,
      remote: remoteOf(address, socket, id),
      socket,
      readyEvent: undefined,
      protocol,
      framing: address.scheme === "ipc" ? "ipc" : "stream",
      limits,
      outbox,
      onOpen: () => {
        wasOpen = true;
        config.onOpen?.(link);
      },
      onFrame: (frame) => config.onFrame(link, frame),
      onClose: (reason) => {
        links.delete(link);
        countClosed(reason);
        addInto(totals, link, outbox);
        if (wasOpen) config.onClose?.(link, reason);
      },
    });
    links.set(link, outbox);
  }

  const server = secure
    ? createTlsServer({
        ...config.tls,
        minVersion,
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: limits.handshakeMs,
      })
    : createServer();
  server.maxConnections = limits.connectionsMax;
  server.on("drop", () => {
    totals.refused++;
  });
  server.on("connection", (socket: Socket) => {
    totals.accepted++;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on(secure ? "secureConnection" : "connection", accept);
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    countClosed(`tls: ${socket.authorizationError ?? error.code ?? error.name}`);
    socket.destroy();
  });

  const bound = await bind(server, address);
  // A failing accept (no file handles left) concerns the newcomer only.
  server.on("error", () => {
    totals.refused++;
  });

  function stats(): ListenerStats {
    const now = { ...totals };
    let open = 0;
    for (const [link, outbox] of links) {
      if (link.opened()) open++;
      addInto(now, link, outbox);
    }
    return { ...now, open, halfOpen: links.size - open, closed: { ...closed } };
  }

  function close(): Promise<void> {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const link of links.keys()) link.shut("shutdown");
      for (const socket of sockets) socket.destroy();
    });
    return closing;
  }

  return { address: bound, stats, close };
}

function addInto(totals: Totals, link: Link, outbox: Outbox): void {
  const { framesIn, bytesIn } = link.stats();
  const { sent, dropped } = outbox.stats();
  totals.framesIn += framesIn;
  totals.bytesIn += bytesIn;
  totals.framesOut += sent;
  totals.dropped += dropped;
}

function remoteOf(address: Address, socket: Socket, id: number): string {
  if (address.scheme === "ipc") return `${formatAddress(address)}#${id}`;
  return formatAddress({
    scheme: address.scheme,
    host: socket.remoteAddress ?? "gone",
    port: socket.remotePort ?? 0,
  });
}
