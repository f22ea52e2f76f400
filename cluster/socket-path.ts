/** Where a unix socket goes whose own path may be too long for the system. */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ipcPathBytesMax, pathTooLong } from "./nng/ipc-path.ts";

/**
 * The path itself where a socket can have it, otherwise a short one that everybody derives from it in the same way: in a
 * folder of this user's alone below the system's temporary one. Throws one clear line where there is none.
 */
export function socketPath(path: string): string {
  if (!pathTooLong(path)) return path;
  const { uid } = userInfo();
  const folder = join(tmpdir(), `juno-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid: owner } = lstatSync(folder);
  // Anybody may make a folder there before us, and would then own our socket.
  if (owner !== uid || (mode & 0o077) !== 0) throw new Error(`${folder}: is open to others; remove it, or set TMPDIR`);
  const short = join(folder, `${createHash("sha256").update(path).digest("hex").slice(0, 24)}.sock`);
  if (pathTooLong(short))
    throw new Error(`${short}: is longer than ${ipcPathBytesMax} bytes; set TMPDIR to a shorter folder`);
  return short;
}
