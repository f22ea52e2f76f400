/** Runs a target on one input under watch: what it throws, how long it takes, what it allocates. */
import { getHeapStatistics } from "node:v8";
import type { Target, Verdict } from "./target.ts";

export type Watched =
  | { readonly ok: true; readonly verdict: Verdict; readonly ms: number }
  | { readonly ok: false; readonly flaw: string };

/** Of this thread's processor time: others take the processors as they like. */
const stallMs = 50;
const spareBytes = 4 * 1024 * 1024;
/** A decoder may build this much for each byte that has come. */
const bytesPerByte = 64;
/** Garbage is collected now and then: what is slow or large once is so again. */
const attempts = 4;

export function watched(target: Target, input: Uint8Array): Watched {
  const allowed = target.allocatedBytesMax ?? spareBytes + input.length * bytesPerByte;
  let flaw = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = allocated();
    const startedAt = process.threadCpuUsage();
    let verdict: Verdict;
    try {
      verdict = target.take(input);
    } catch (error) {
      return { ok: false, flaw: error instanceof Error ? `threw ${error.stack ?? error.message}` : `threw ${error}` };
    }
    const { user, system } = process.threadCpuUsage(startedAt);
    const ms = (user + system) / 1000;
    const bytes = allocated() - before;
    if (ms <= stallMs && bytes <= allowed) return { ok: true, verdict, ms };
    flaw = ms > stallMs ? `took ${ms.toFixed(0)} ms` : `allocated ${bytes} bytes for ${input.length}`;
  }
  return { ok: false, flaw };
}

function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
