/**
 * Free ports below those that the system gives to outgoing connections. While a node is down, one of thousands of such
 * connections could take its port, and the node could not start again.
 */
import { createServer } from "node:net";

const [lowest, highest] = [12_000, 32_000];

/** Begins at another place in each process, so that tests that run at the same time seldom try the same. */
let next = lowest + ((process.pid * 61) % (highest - lowest));

export async function lowPorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; tries < highest - lowest; tries++) {
    if (found.length === count) return found;
    const port = next;
    next = next + 1 < highest ? next + 1 : lowest;
    if (await isFree(port)) found.push(port);
  }
  throw new Error(`no ${count} free ports from ${lowest} to ${highest}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(true)));
  });
}
