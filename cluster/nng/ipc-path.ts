/** Socket files of ipc addresses: their longest path, and what a dead process has left behind. */
import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { platform } from "node:process";

/** Bytes of the longest socket path: the size of `sun_path` less its closing zero. */
export const ipcPathBytesMax: number = platform === "linux" ? 107 : 103;

/** True where the path is too long for a socket; the operating system would cut it off without a word. */
export function pathTooLong(path: string): boolean {
  return Buffer.byteLength(path) > ipcPathBytesMax;
}

export type Cleared = "removed" | "alive" | "notSocket" | "absent";

/** Removes a socket file on which nobody listens any more; leaves a live socket and every other file as they are. */
export async function clearStaleSocket(path: string): Promise<Cleared> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return "absent";
  // Connecting to an ordinary file is refused just as to a dead socket, so look before removing anything.
  if (!stat.isSocket()) return "notSocket";
  if (await answers(path)) return "alive";
  await unlink(path).catch(() => undefined);
  return "removed";
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    // Only a refusal shows that nobody listens; a full backlog or a missing permission does not.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  });
}
