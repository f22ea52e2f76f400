/**
 * Child process: locks a folder, forgets the lock, collects its garbage and waits for its end. Argument: the folder.
 * Runs with --expose-gc.
 */
import { lockFolder } from "../../ledger/lock.ts";

function lockAndForget(): string {
  const lock = lockFolder(process.argv[2] ?? "");
  return lock.ok ? "held" : lock.reason;
}

const said = lockAndForget();
if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
globalThis.gc();
process.stdout.write(`${said}\n`);
process.stdin.resume();
