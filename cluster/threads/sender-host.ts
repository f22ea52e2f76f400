/** Runs the sender, with the signing key and a link to each peer. */

import type { Mailbox } from "../../actors/mailbox.ts";
import { receive, start } from "../../actors/sender.ts";
import { runShell } from "../../actors/shell.ts";
import { loadEngine } from "../../pools/engine.ts";
import { sha256 } from "../../pools/sha256.ts";
import { frameBytesMax } from "../../wire/limits.ts";
import type { NodeId } from "../../wire/types.ts";
import { parseAddress } from "../nng/address.ts";
import { type Dialer, dial } from "../nng/dialer.ts";
import type { Boot, NodeSetup, SenderControl } from "./boot.ts";

export async function host({ setup, ports }: Boot): Promise<SenderControl> {
  const engine = await loadEngine(setup.engine);
  const links = new Map<NodeId, Dialer>();
  for (const [id, url] of setup.peers) links.set(id, dialPeer(setup, url));
  const io = {
    sign: (message: Uint8Array) => engine.sign(message, setup.secretSeed),
    transmit: (to: NodeId, frame: Uint8Array) => links.get(to)?.send(frame),
  };
  const validators = [...setup.validators.keys()];
  const state = start({ cluster: setup.cluster, self: setup.self, validators, hash: sha256 }, io);
  const behaviour = { receive: (mail: Mailbox["sender"]) => receive(state, mail) };
  const shell = runShell<"sender">({ ports, behaviour, mailboxMax: setup.mailboxMax });
  return {
    links: async () =>
      [...links].map(([id, link]) => {
        const { connected, queuedBytes, dropped } = link.stats();
        return { id, connected, queuedBytes, dropped };
      }),
    status: async () => ({ edges: shell.status(), counters: state.counters, facts: {} }),
    stop: async () => {
      shell.close();
      await Promise.all([...links.values()].map((link) => link.close(200)));
    },
  };
}

function dialPeer(setup: NodeSetup, url: string): Dialer {
  const parsed = parseAddress(url);
  if (!parsed.ok) throw new Error(parsed.reason);
  return dial({
    address: parsed.address,
    protocol: "push",
    ...(parsed.address.scheme === "tls+tcp" && setup.tls !== undefined ? { tls: setup.tls } : {}),
    limits: {
      queueBytesMax: setup.queueBytesMax,
      queueFramesMax: 65_536,
      handshakeMs: 5_000,
      frameMs: 30_000,
      frameBytesMax,
    },
    backoffMs: { min: 20, max: 1_000 },
  });
}
