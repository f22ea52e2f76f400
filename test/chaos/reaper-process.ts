/** The process of reaper.ts: reads `+PID` and `-PID` lines; when its input ends, ends by SIGKILL whatever is left. */
import { createInterface } from "node:readline";

const left = new Set<number>();
// Whoever started it tells it to end by ending its input.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) left.add(pid);
  else left.delete(pid);
}
for (const pid of left) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
