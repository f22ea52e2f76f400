/** Processor time of a node by thread, as Linux counts it. */
import { readdirSync, readFileSync } from "node:fs";
import { byThread, type ThreadName, threadNames } from "./scaling-model.ts";

export type ThreadTimes = Readonly<Record<ThreadName, number>>;

/** Linux keeps 15 bytes of a thread's name, so the ends of long ones are lost: `node0/commit-tracker`, `node12/receiver`. */
const keptBytes = 15;

/**
 * Microseconds that the threads of a process have run since their start; threads without an actor's name, and those that
 * have ended, are in none. Throws where there is no such process, or no Linux.
 */
export function readThreadTimes(pid: number): ThreadTimes {
  const us = byThread(() => 0);
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      const folder = `/proc/${pid}/task/${task}`;
      const thread = threadOf(readFileSync(`${folder}/comm`, "utf8").trim());
      // Nanoseconds on a processor stand first.
      us[thread] += Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ", 1)[0]) / 1000;
    } catch {
      // It has ended since the folder was listed.
    }
  }
  return us;
}

/** The thread with this name, of which only the beginning may be known. */
export function threadOf(comm: string): ThreadName {
  const slash = comm.indexOf("/");
  if (slash < 0) return "other";
  const known = comm.slice(slash + 1);
  // Verifying threads carry a number each.
  if (known.startsWith("verify")) return "verifier";
  const cut = Buffer.byteLength(comm) === keptBytes;
  return threadNames.find((name) => name === known || (cut && name.startsWith(known))) ?? "other";
}

/** What each thread ran between two readings. */
export function timesBetween(before: ThreadTimes, after: ThreadTimes): ThreadTimes {
  return byThread((thread) => after[thread] - before[thread]);
}
