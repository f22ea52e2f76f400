/**
 * A client's connections: one to each validator, opened with a signed HELLO, so that the validator knows where this
 * client's answers go. They are dialed for ever; commands go only to those that are open, others get them by a retry.
 */
import { parseAddress } from "../cluster/nng/address.ts";
import type { TlsOptions } from "../cluster/nng/credentials.ts";
import { type Dialer, type DialerStats, dial } from "../cluster/nng/dialer.ts";
import { frameBytesMax } from "../wire/limits.ts";
import type { NodeId } from "../wire/types.ts";

export type LinksConfig = {
  /** Where each validator listens for clients, as URLs. */
  readonly urls: ReadonlyMap<NodeId, string>;
  /** For `tls+tcp` URLs. */
  readonly tls?: TlsOptions;
  /** The first frame on each new connection. */
  readonly hello: (node: NodeId) => Uint8Array;
  readonly onOpen: (node: NodeId) => void;
  readonly onClose: (node: NodeId) => void;
  /** The frame owns its memory. */
  readonly onFrame: (node: NodeId, frame: Uint8Array<ArrayBuffer>) => void;
};

export type Links = {
  /** Queues a frame, which must not change any more; false where the validator is away or takes nothing. */
  send(node: NodeId, frame: Uint8Array): boolean;
  /** Bytes that the validator has not yet taken. */
  backlogBytes(node: NodeId): number;
  stats(): ReadonlyMap<NodeId, DialerStats>;
  /** Waits up to `drainMs` milliseconds for queued frames to go out. */
  close(drainMs: number): Promise<void>;
};

/** More than all commands under way and one repeat of them, so that nothing is ever dropped from the queue. */
const queueBytesMax = 32 * 1024 * 1024;

/** Throws one line that names the mend where a URL cannot be dialed. */
export function openLinks(config: LinksConfig): Links {
  const addresses = [...config.urls].map(([node, url]) => {
    const parsed = parseAddress(url);
    if (!parsed.ok) throw new Error(`validator ${node}: ${url}: ${parsed.reason}`);
    return { node, address: parsed.address };
  });
  const dialers = new Map<NodeId, Dialer>();
  for (const { node, address } of addresses) {
    const dialer = dial({
      address,
      protocol: "pair0",
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      limits: { handshakeMs: 5000, frameMs: 30_000, frameBytesMax, queueBytesMax, queueFramesMax: 65_536 },
      backoffMs: { min: 50, max: 2000 },
      onOpen: () => {
        dialer.send(config.hello(node));
        config.onOpen(node);
      },
      onClose: () => config.onClose(node),
      onFrame: (frame) => config.onFrame(node, frame),
    });
    dialers.set(node, dialer);
  }
  return {
    send: (node, frame) => {
      const dialer = dialers.get(node);
      return dialer?.stats().connected === true && dialer.send(frame);
    },
    backlogBytes: (node) => dialers.get(node)?.stats().queuedBytes ?? 0,
    stats: () => new Map([...dialers].map(([node, dialer]) => [node, dialer.stats()])),
    close: async (drainMs) => {
      await Promise.all([...dialers.values()].map((dialer) => dialer.close(drainMs)));
    },
  };
}
