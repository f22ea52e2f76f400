/** Addresses of the transport as nng writes them: `tcp://host:port`, `tls+tcp://host:port`, `ipc:///path`. */
import { isIPv6 } from "node:net";

/** An end point by scheme; `host` is a name, an IPv4 or an IPv6 without brackets, `port` 0 to 65535, `path` absolute. */
export type Address =
  | { readonly scheme: "tcp" | "tls+tcp"; readonly host: string; readonly port: number }
  | { readonly scheme: "ipc"; readonly path: string };

export type ParsedAddress =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly reason: string };

const hostName = /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/;
const hostAndPort = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;

/**
 * Reads an address; the reason of a refusal names what to write instead.
 * Port 0 passes: a listener takes a free port for it, a dialer refuses it. Paths are taken as they are, without escapes.
 */
export function parseAddress(url: string): ParsedAddress {
  if (url.startsWith("ipc://")) return parseIpc(url.slice("ipc://".length));
  if (url.startsWith("tcp://")) return parseHost("tcp", url.slice("tcp://".length));
  if (url.startsWith("tls+tcp://")) return parseHost("tls+tcp", url.slice("tls+tcp://".length));
  return refuse("unknown scheme; write tcp://host:port, tls+tcp://host:port or ipc:///path");
}

function parseIpc(path: string): ParsedAddress {
  if (!path.startsWith("/")) return refuse("the path is not absolute; write ipc:///path, with three slashes");
  if (path === "/" || path.endsWith("/")) return refuse("the path names a folder; write ipc:///folder/name.sock");
  if (path.includes("\0")) return refuse("the path holds a zero byte; take it out");
  return { ok: true, address: { scheme: "ipc", path } };
}

function parseHost(scheme: "tcp" | "tls+tcp", rest: string): ParsedAddress {
  const parts = hostAndPort.exec(rest);
  if (parts === null) return refuse(`not a host and a port; write ${scheme}://host:port, an IPv6 host in brackets`);
  const [, bracketed, plain = "", digits = ""] = parts;
  if (bracketed !== undefined && !isIPv6(bracketed)) return refuse("what stands in brackets is no IPv6 address");
  const host = bracketed ?? plain;
  if (bracketed === undefined && !hostName.test(host)) {
    return refuse("not a host name; to listen on every address of the machine write 0.0.0.0 or [::]");
  }
  const port = Number(digits);
  if (port > 65535) return refuse("the port is above 65535");
  return { ok: true, address: { scheme, host, port } };
}

function refuse(reason: string): ParsedAddress {
  return { ok: false, reason };
}

/** The address as a URL that `parseAddress` reads back to the same address. */
export function formatAddress(address: Address): string {
  if (address.scheme === "ipc") return `ipc://${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${address.scheme}://${host}:${address.port}`;
}
