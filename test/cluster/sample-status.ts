/** A node's status for tests of how statuses are shown and read. */
import type { NodeStatus } from "../../cluster/control.ts";

/** A follower of term 3 in a cluster of four, 90 s old, with `changes` over it. */
export function sampleStatus(changes: Partial<NodeStatus> = {}): NodeStatus {
  return {
    name: "node0",
    id: 0,
    pid: 100,
    role: "follower",
    term: 3,
    leader: 1,
    commitIndex: 1200,
    appliedIndex: 1200,
    lastIndex: 1300,
    logHash: "aaaaaaaabbbbbbbb",
    stateHash: "ccccccccdddddddd",
    uptimeMs: 90_000,
    cpuMs: 45_000,
    rssBytes: 200 * 2 ** 20,
    mailboxes: { consensus: { depth: 5, max: 100 }, log: { depth: 1, max: 4 } },
    counters: { log: { written: 1300 } },
    rejects: { "invalid signature": 2, "malformed envelope": 1 },
    peers: [
      { id: 1, connected: true, queuedBytes: 0, dropped: 0 },
      { id: 2, connected: true, queuedBytes: 0, dropped: 0 },
      { id: 3, connected: false, queuedBytes: 0, dropped: 9 },
    ],
    ...changes,
  };
}
