/** Addresses for the nodes of a new cluster on one machine. */
import { join } from "node:path";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import { nodeName } from "./cluster-layout.ts";
import { freePorts } from "./free-ports.ts";
import { formatAddress, parseAddress } from "./nng/address.ts";
import { socketPath } from "./socket-path.ts";

/** Where one node listens. */
export type NodeUrls = { readonly peers: string; readonly clients: string };

/** From a node's port for peers to that for clients. */
const clientPortOffset = 100;

/** As many as there are nodes; `basePort` 0 takes free ports, `dir` is where the sockets of ipc go. */
export async function urlsOfNodes(options: {
  readonly nodes: number;
  readonly dir: string;
  readonly transport?: "tcp" | "ipc";
  readonly host: string;
  readonly basePort: number;
}): Promise<Outcome<readonly NodeUrls[]>> {
  const { nodes, dir, host, basePort } = options;
  const ids = Array.from({ length: nodes }, (_, id) => id);
  if (options.transport === "ipc") {
    return orReason("", () => Promise.resolve(ids.map((id) => socketsIn(join(dir, nodeName(id))))));
  }
  const flaw = flawOfBase(host, basePort, nodes);
  if (flaw !== undefined) return { ok: false, reason: flaw };
  const free = await orReason(`host: ${host}: `, () => freePorts(basePort === 0 ? 2 * nodes : 0, host));
  if (!free.ok) return free;
  const url = (port: number) => formatAddress({ scheme: "tcp", host, port });
  const urls = ids.map((id) => ({
    peers: url(free.value[id] ?? basePort + id),
    clients: url(free.value[nodes + id] ?? basePort + clientPortOffset + id),
  }));
  return { ok: true, value: urls };
}

async function orReason<T>(where: string, attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await attempt() };
  } catch (error) {
    return { ok: false, reason: where + because(error) };
  }
}

function socketsIn(folder: string): NodeUrls {
  const url = (name: string) => formatAddress({ scheme: "ipc", path: socketPath(join(folder, name)) });
  return { peers: url("peers.sock"), clients: url("clients.sock") };
}

function flawOfBase(host: string, basePort: number, nodes: number): string | undefined {
  if (host === "0.0.0.0" || host === "::") return `host: nobody can dial ${host}; give the address of this machine`;
  const parsed = parseAddress(formatAddress({ scheme: "tcp", host, port: 0 }));
  if (!parsed.ok) return `host: ${host}: ${parsed.reason}`;
  const max = 65_535 - clientPortOffset - nodes + 1;
  if (Number.isInteger(basePort) && (basePort === 0 || (basePort >= 1 && basePort <= max))) return undefined;
  return `basePort: must be a whole number from 1 to ${max}, or 0 for free ports; is ${basePort}`;
}
