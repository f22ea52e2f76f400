/** Ports that nobody listens on. */
import { createServer, type Server } from "node:net";

/**
 * Asks the system for `count` different free ports of `host`; another process may take one before
 * they are used. Rejects with one line where the host is not of this machine.
 */
export async function freePorts(count: number, host: string): Promise<number[]> {
  const servers: Server[] = [];
  try {
    // All are held until the last is known, so that no two are the same.
    for (let i = 0; i < count; i++) servers.push(await listenAnywhere(host));
    return servers.map(portOf);
  } finally {
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

function listenAnywhere(host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const words = `nobody can listen there (${error.code ?? error.message}); give an address of this machine`;
      reject(new Error(words));
    });
    server.listen({ host, port: 0 }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening server has a port");
  return address.port;
}
