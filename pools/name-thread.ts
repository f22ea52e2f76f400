/** Gives threads that others start a name, so that `top -H` and profiles can be read. */
import { writeFileSync } from "node:fs";

/** Names the calling thread for the system, by its first 15 bytes; does nothing where the system is not Linux. */
export function nameThread(name: string): void {
  try {
    writeFileSync("/proc/thread-self/comm", name);
  } catch {
    // A name is a comfort: no thread must fail for the lack of one.
  }
}
