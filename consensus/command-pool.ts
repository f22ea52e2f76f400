/**
 * Clients' commands that this node knows of and that are not committed: those waiting for a place in the log, in order of
 * arrival, and the ids of those that have one. What the progress and fairness timers call uncommitted work.
 */
import type { Entries, Row } from "../wire/entries.ts";
import type { ClientId, RequestId } from "../wire/types.ts";
import { createRequestWindow, mark, type RequestWindow, standingOf } from "./request-window.ts";

type Waiting = Row & { readonly client: number; readonly request: number; readonly since: number };

export type CommandPool = {
  /** By client, then request; a Map keeps the order of arrival. */
  readonly waiting: Map<string, Waiting>;
  /** Requests of entries above the commit index. */
  readonly logged: Map<number, Set<number>>;
  /** Requests known to be committed, since this process started. The applier knows of all. */
  readonly committed: Map<number, RequestWindow>;
  /** Commands that have left the waiting room since this was last reset: room that others may use. */
  left: number;
};

export function createCommandPool(): CommandPool {
  return { waiting: new Map(), logged: new Map(), committed: new Map(), left: 0 };
}

const keyOf = (client: number, request: number): string => `${client}/${request}`;

/** Takes in commands that arrived. Those already known are left out; of those already committed the ids come back. */
export function addCommands(
  pool: CommandPool,
  entries: Entries,
  tick: number,
): { readonly added: Row[]; readonly committed: { client: ClientId; request: RequestId }[] } {
  const added: Row[] = [];
  const committed: { client: ClientId; request: RequestId }[] = [];
  for (let row = 0; row < entries.count; row++) {
    const client = (entries.clients[row] ?? 0) as ClientId;
    const request = (entries.requests[row] ?? 0) as RequestId;
    if (standingOf(pool.committed.get(client), request) !== "fresh") {
      committed.push({ client, request });
      continue;
    }
    const key = keyOf(client, request);
    if (pool.waiting.has(key) || pool.logged.get(client)?.has(request) === true) continue;
    pool.waiting.set(key, { entries, row, client, request, since: tick });
    added.push({ entries, row });
  }
  return { added, committed };
}

/** Removes and returns the oldest waiting commands, within both bounds; at least one if any waits. */
export function takeBatch(pool: CommandPool, countMax: number, bytesMax: number): Row[] {
  const batch: Row[] = [];
  let bytes = 0;
  for (const [key, waiting] of pool.waiting) {
    const { entries, row } = waiting;
    bytes += (entries.ends[row] ?? 0) - (entries.starts[row] ?? 0);
    if (batch.length === countMax || (batch.length > 0 && bytes > bytesMax)) break;
    leave(pool, key);
    batch.push({ entries, row });
  }
  return batch;
}

/** The oldest waiting commands, at most `countMax`; they stay. */
export function peekWaiting(pool: CommandPool, countMax: number): Row[] {
  return [...pool.waiting.values().take(countMax)];
}

/** The tick at which the oldest waiting command arrived. */
export function oldestSince(pool: CommandPool): number | undefined {
  return pool.waiting.values().next().value?.since;
}

/** Notes that these commands now have a place in the log. */
export function noteLogged(pool: CommandPool, entries: Entries): void {
  eachRequest(entries, (client, request) => {
    const requests = pool.logged.get(client);
    if (requests === undefined) pool.logged.set(client, new Set([request]));
    else requests.add(request);
    leave(pool, keyOf(client, request));
  });
}

/** Notes that these commands lost their place; a client that still wants them sends them again. */
export function noteDisplaced(pool: CommandPool, entries: Entries): void {
  eachRequest(entries, (client, request) => pool.logged.get(client)?.delete(request));
}

/** Notes that these commands are committed. */
export function noteCommitted(pool: CommandPool, entries: Entries): void {
  eachRequest(entries, (client, request) => {
    pool.logged.get(client)?.delete(request);
    leave(pool, keyOf(client, request));
    const window = pool.committed.get(client) ?? createRequestWindow();
    pool.committed.set(client, window);
    if (standingOf(window, request as RequestId) === "fresh") mark(window, request as RequestId);
  });
}

function leave(pool: CommandPool, key: string): void {
  if (pool.waiting.delete(key)) pool.left++;
}

function eachRequest(entries: Entries, visit: (client: number, request: number) => void): void {
  for (let row = 0; row < entries.count; row++) visit(entries.clients[row] ?? 0, entries.requests[row] ?? 0);
}
