/** Files that only their owner may read, because a secret is in them. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";

/** More than any key file has; a file above it is something else. */
const bytesMax = 64 * 1024;

/** Reads a file, and refuses one that somebody else can read: its secret has to be taken as known. */
export function readPrivateFile(path: string): Outcome<string> {
  let file: number | undefined;
  try {
    // Without NONBLOCK a pipe would hang here.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Of the open file, not of the path, which may be another one by now.
    const { mode, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return refuse(`${path}: is not a file; correct the path`);
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8);
      return refuse(`${path}: others can use this secret (mode ${shown}); run: chmod 600 ${path}`);
    }
    if (size > bytesMax)
      return refuse(`${path}: is no key file, it is larger than ${bytesMax} bytes; correct the path`);
    return { ok: true, value: readFileSync(file, "utf8") };
  } catch (error) {
    return refuse(`${because(error, path)}; correct the path, or make the file with juno init`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Writes a new file, mode 600, to the disk; refuses to write over another one. */
export function writePrivateFile(path: string, text: string): Outcome<void> {
  let file: number | undefined;
  try {
    file = openSync(path, "wx", 0o600);
    fchmodSync(file, 0o600);
    writeFileSync(file, text);
    fsyncSync(file);
    return { ok: true, value: undefined };
  } catch (error) {
    if (file !== undefined) unlinkSync(path);
    return refuse(`${because(error, path)}; choose another path`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function refuse(reason: string): Outcome<never> {
  return { ok: false, reason };
}
