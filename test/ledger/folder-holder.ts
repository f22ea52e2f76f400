/** Child process: locks a folder and waits for its end. Argument: the folder. */
import { lockFolder } from "../../ledger/lock.ts";

const lock = lockFolder(process.argv[2] ?? "");
process.stdout.write(lock.ok ? "held\n" : `${lock.reason}\n`);
process.stdin.resume();
