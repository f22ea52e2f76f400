/** Binds a server to an address, and says in one line what to do where that fails. */
import { existsSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";
import { type Address, formatAddress } from "./address.ts";
import { clearStaleSocket, ipcPathBytesMax, pathTooLong } from "./ipc-path.ts";

const mends: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is taken; stop the process that holds it or choose another port",
  EADDRNOTAVAIL: "this machine has no such address; write one of its own, or 0.0.0.0 for all",
  EACCES: "not permitted; choose a port from 1024 up, or a folder that this user may write to",
  EPERM: "not permitted; choose a port from 1024 up, or a folder that this user may write to",
  ENOTFOUND: "the host name does not resolve; correct it or write an IP address",
  EAI_AGAIN: "the host name does not resolve now; try later or write an IP address",
  EAFNOSUPPORT: "this machine does not speak that address family; write an IPv4 address",
  ENOTDIR: "what should be the folder of the socket is a file; choose another path",
  EMFILE: "too many open files; raise the limit (ulimit -n)",
};

/**
 * Resolves to the address with its real port; rejects with one line that names the mend.
 * A socket file whose process is dead is removed, one whose process lives is not.
 */
export async function bind(server: Server, address: Address): Promise<Address> {
  if (address.scheme === "ipc") await bindIpc(server, address);
  else await listenOn(server, address).catch((error: NodeJS.ErrnoException) => fail(address, mendOf(error)));
  const bound = server.address();
  if (address.scheme === "ipc" || bound === null || typeof bound === "string") return address;
  return { ...address, port: bound.port };
}

async function bindIpc(server: Server, address: Address & { scheme: "ipc" }): Promise<void> {
  if (pathTooLong(address.path))
    fail(address, `the path is longer than ${ipcPathBytesMax} bytes; choose a shorter one`);
  const first = await attempt(server, address);
  if (first === undefined) return;
  // A missing folder comes as EACCES here.
  if (!existsSync(dirname(address.path))) fail(address, `the folder ${dirname(address.path)} does not exist; make it`);
  if (first.code !== "EADDRINUSE") fail(address, mendOf(first));
  const cleared = await clearStaleSocket(address.path);
  if (cleared === "alive") fail(address, "another process listens there; stop it or choose another path");
  if (cleared === "notSocket") fail(address, "a file that is no socket lies there; move it or choose another path");
  const second = await attempt(server, address);
  if (second !== undefined)
    fail(address, second.code === "EADDRINUSE" ? "another process took it; stop it" : mendOf(second));
}

function attempt(server: Server, address: Address): Promise<NodeJS.ErrnoException | undefined> {
  return listenOn(server, address).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
}

function listenOn(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const options = address.scheme === "ipc" ? { path: address.path } : { host: address.host, port: address.port };
    server.listen({ ...options, exclusive: true }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function mendOf(error: NodeJS.ErrnoException): string {
  return mends[error.code ?? ""] ?? `${error.message}; correct the address`;
}

function fail(address: Address, mend: string): never {
  throw new Error(`cannot listen on ${formatAddress(address)}: ${mend}`);
}
