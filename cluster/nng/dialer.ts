/** A link that dials one address for ever: it keeps frames while the peer is away and sends them when it is back. */
import assert from "node:assert/strict";
import { connect, isIP, type Socket } from "node:net";
import { type SecureContext, connect as tlsConnect } from "node:tls";
import { type Address, formatAddress } from "./address.ts";
import { type Backoff, backoffWaitMs } from "./backoff.ts";
import { type CloseReason, type ConnectionLimits, type Link, runConnection } from "./connection.ts";
import { secureContextFor, type TlsOptions } from "./credentials.ts";
import type { Protocol } from "./hello.ts";
import { ipcPathBytesMax, pathTooLong } from "./ipc-path.ts";
import { createOutbox } from "./outbox.ts";

export type DialerConfig = {
  /** Where to dial; a host name is resolved anew each time. */
  readonly address: Address;
  readonly protocol: Protocol;
  /** For `tls+tcp`, and only there. */
  readonly tls?: TlsOptions;
  readonly limits: ConnectionLimits;
  /** The wait between tries, which never end. */
  readonly backoffMs: Backoff;
  /** The hellos are exchanged. */
  readonly onOpen?: () => void;
  /** Only for connections that were opened; failed tries are counted in `stats`. */
  readonly onClose?: (reason: CloseReason) => void;
  /** A frame that owns its memory; without this, incoming frames of pair0 and pull are counted and forgotten. */
  readonly onFrame?: (frame: Uint8Array<ArrayBuffer>) => void;
};

export type DialerStats = {
  readonly connected: boolean;
  /** Frames handed to the operating system whole. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Frames lost to a full queue, and those too large for it. */
  readonly dropped: number;
  readonly queuedFrames: number;
  readonly queuedBytes: number;
  /** Connections opened after the first. */
  readonly reconnects: number;
  /** Tries that ended before the hellos were exchanged. */
  readonly failedDials: number;
  /** Why the last connection or try ended. */
  readonly lastFailure: CloseReason | undefined;
};

export type Dialer = {
  /**
   * Queues a frame, which must not change until sent, connected or not; in a full queue the oldest gives way.
   * False where the frame itself is not taken: larger than the queue, no room beside a write under way, or closed.
   */
  send(frame: Uint8Array): boolean;
  stats(): DialerStats;
  /** Waits up to `drainMs` milliseconds (0: not at all) for queued frames to go out; resolves with no handle left. */
  close(drainMs: number): Promise<void>;
};

/**
 * Starts dialing and never gives up until closed. Each frame is sent whole or not at all; those in a write that a
 * broken connection cut off are sent again, so a frame may arrive twice. Throws one line that names the mend where
 * the address can never be dialed or the TLS options do not fit.
 */
export function dial(config: DialerConfig): Dialer {
  const { address, backoffMs, protocol } = config;
  assert(backoffMs.min > 0 && backoffMs.min <= backoffMs.max, "backoffMs out of order");
  requireDialable(address);
  const context = secureContextFor(address, config.tls);
  const outbox = createOutbox(config.limits, "dropOldest");
  let link: Link | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ids = 0;
  let opens = 0;
  let failedDials = 0;
  let failedInRow = 0;
  let lastFailure: CloseReason | undefined;
  /** Set by `close`; called when the last handle is gone. */
  let finish: (() => void) | undefined;
  let closing: Promise<void> | undefined;
  /** The time to drain is over. */
  let expired = false;
  /** A socket is there, if only one about to close. */
  let socketLeft = false;

  function dialOnce(): void {
    socketLeft = true;
    let openedAt: number | undefined;
    const socket = openSocket(address, context);
    const opened: Link = runConnection({
      id: ++ids,
      remote: formatAddress(address),
      socket,
      readyEvent: context === undefined ? "connect" : "secureConnect",
      protocol,
      framing: address.scheme === "ipc" ? "ipc" : "stream",
      limits: config.limits,
      outbox,
      onOpen: () => {
        openedAt = performance.now();
        opens++;
        config.onOpen?.();
        if (closing !== undefined) opened.end();
      },
      onFrame: (frame) => config.onFrame?.(frame),
      onClose: (reason) => {
        link = undefined;
        lastFailure = reason;
        outbox.rewind();
        // A peer that takes and drops connections is no better than one that takes none.
        const lasted = openedAt !== undefined && performance.now() - openedAt >= backoffMs.max;
        failedInRow = lasted ? 0 : failedInRow + 1;
        if (openedAt === undefined) failedDials++;
        else config.onClose?.(reason);
        if (socket.closed) again();
        else socket.once("close", again);
      },
    });
    link = opened;
  }

  /** The old socket is gone: dial again, or finish. */
  function again(): void {
    socketLeft = false;
    if (finish !== undefined && (outbox.empty() || expired)) finish();
    else timer = setTimeout(dialOnce, backoffWaitMs(failedInRow, backoffMs, Math.random()));
  }

  function send(frame: Uint8Array): boolean {
    assert(protocol !== "pull", "a pull socket sends nothing");
    if (closing !== undefined) return false;
    const taken = outbox.offer(frame);
    link?.wake();
    return taken;
  }

  function close(drainMs: number): Promise<void> {
    closing ??= new Promise((resolve) => {
      const deadline = setTimeout(giveUp, drainMs);
      finish = () => {
        clearTimeout(deadline);
        clearTimeout(timer);
        resolve();
      };
      if (drainMs <= 0 || (outbox.empty() && !link?.opened())) giveUp();
      else if (link?.opened()) link.end();
    });
    return closing;
  }

  function giveUp(): void {
    expired = true;
    link?.shut("shutdown");
    if (!socketLeft) finish?.();
  }

  function stats(): DialerStats {
    const { sent, sentBytes, dropped, queuedFrames, queuedBytes } = outbox.stats();
    const connected = link?.opened() ?? false;
    const reconnects = Math.max(opens - 1, 0);
    return { connected, sent, sentBytes, dropped, queuedFrames, queuedBytes, reconnects, failedDials, lastFailure };
  }

  dialOnce();
  return { send, stats, close };
}

function requireDialable(address: Address): void {
  const url = formatAddress(address);
  if (address.scheme === "ipc") {
    if (!pathTooLong(address.path)) return;
    throw new Error(`cannot dial ${url}: the path is longer than ${ipcPathBytesMax} bytes; choose a shorter one`);
  }
  if (address.port === 0) throw new Error(`cannot dial ${url}: port 0 is only for listening; write the peer's port`);
}

function openSocket(address: Address, context: SecureContext | undefined): Socket {
  if (address.scheme === "ipc") return connect({ path: address.path });
  const { host, port } = address;
  if (context === undefined) return connect({ host, port });
  // An IP address is no server name; the certificate must then carry it as an alternative name.
  const named = isIP(host) === 0 ? { servername: host } : {};
  return tlsConnect({ host, port, secureContext: context, rejectUnauthorized: true, ...named });
}
