/**
 * Clients' commands that this node knows of and that are not committed: those waiting for a place in the log, in order of
 * arrival, and the ids of those that have one. What the progress and fairness timers call uncommitted work.
 */
import { digestAt, type Entries, type Row } from "../wire/entries.ts";
import type { ClientId, Digest, RequestId } from "../wire/types.ts";
import type { RepeatedCommand } from "./protocol.ts";
import { createRequestWindow, mark, type RequestWindow, standingOf } from "./request-window.ts";

type Waiting = Row & { readonly request: number; readonly since: number; gone: boolean };

type Client = {
  /** What became of each request that is not committed: it waits, or has a place above the commit index. */
  readonly requests: Map<number, Waiting | "logged">;
  /** Requests known to be committed; the applier may know of more. */
  readonly committed: RequestWindow;
};

export type CommandPool = {
  readonly clients: Map<number, Client>;
  /** In order of arrival; those that are gone are passed over. */
  queue: Waiting[];
  waitingCount: number;
  /** Commands that have left the waiting room since this was last reset: room that others may use. */
  left: number;
};

/** Gone commands that the queue may hold beyond as many as wait. */
const goneMax = 4096;

export function createCommandPool(): CommandPool {
  return { clients: new Map(), queue: [], waitingCount: 0, left: 0 };
}

function clientOf(pool: CommandPool, id: number): Client {
  const known = pool.clients.get(id);
  if (known !== undefined) return known;
  const client: Client = { requests: new Map(), committed: createRequestWindow() };
  pool.clients.set(id, client);
  return client;
}

/** Takes in commands that arrived. Those already known are left out; of those already committed the ids come back. */
export function addCommands(
  pool: CommandPool,
  entries: Entries,
  tick: number,
): { readonly added: Row[]; readonly committed: RepeatedCommand[] } {
  const added: Row[] = [];
  const committed: RepeatedCommand[] = [];
  for (let row = 0; row < entries.count; row++) {
    const id = (entries.clients[row] ?? 0) as ClientId;
    const request = (entries.requests[row] ?? 0) as RequestId;
    const client = clientOf(pool, id);
    if (standingOf(client.committed, request) !== "fresh") {
      committed.push({ client: id, request, leaf: digestAt(entries.leaves, row).slice() as Digest });
      continue;
    }
    if (client.requests.has(request)) continue;
    const waiting = { entries, row, request, since: tick, gone: false };
    client.requests.set(request, waiting);
    pool.queue.push(waiting);
    added.push(waiting);
  }
  pool.waitingCount += added.length;
  return { added, committed };
}

/** Removes and returns the oldest waiting commands, within both bounds; at least one if any waits. */
export function takeBatch(pool: CommandPool, countMax: number, bytesMax: number): Row[] {
  const batch: Row[] = [];
  let bytes = 0;
  let passed = 0;
  for (const waiting of pool.queue) {
    if (!waiting.gone) {
      const { entries, row, request } = waiting;
      bytes += (entries.ends[row] ?? 0) - (entries.starts[row] ?? 0);
      if (batch.length === countMax || (batch.length > 0 && bytes > bytesMax)) break;
      leave(pool, waiting);
      clientOf(pool, entries.clients[row] ?? 0).requests.delete(request);
      batch.push(waiting);
    }
    passed++;
  }
  pool.queue = pool.queue.slice(passed);
  return batch;
}

/** The oldest waiting commands, at most `countMax`; they stay. */
export function peekWaiting(pool: CommandPool, countMax: number): Row[] {
  const rows: Row[] = [];
  for (const waiting of pool.queue) {
    if (rows.length === countMax) break;
    if (!waiting.gone) rows.push(waiting);
  }
  return rows;
}

/** The tick at which the oldest waiting command arrived. */
export function oldestSince(pool: CommandPool): number | undefined {
  return pool.waitingCount === 0 ? undefined : pool.queue.find(({ gone }) => !gone)?.since;
}

/** Notes that these commands now have a place in the log. */
export function noteLogged(pool: CommandPool, entries: Entries): void {
  eachRequest(pool, entries, (client, request) => {
    const before = client.requests.get(request);
    if (before !== undefined && before !== "logged") leave(pool, before);
    client.requests.set(request, "logged");
  });
}

/** Notes that these commands lost their place; a client that still wants them sends them again. */
export function noteDisplaced(pool: CommandPool, entries: Entries): void {
  eachRequest(pool, entries, (client, request) => {
    if (client.requests.get(request) === "logged") client.requests.delete(request);
  });
}

/** Notes that these commands are committed. */
export function noteCommitted(pool: CommandPool, entries: Entries): void {
  eachRequest(pool, entries, (client, request) => {
    const before = client.requests.get(request);
    if (before !== undefined && before !== "logged") leave(pool, before);
    client.requests.delete(request);
    if (standingOf(client.committed, request) === "fresh") mark(client.committed, request);
  });
}

function leave(pool: CommandPool, waiting: Waiting): void {
  waiting.gone = true;
  pool.left++;
  pool.waitingCount--;
}

function eachRequest(pool: CommandPool, entries: Entries, visit: (client: Client, request: RequestId) => void): void {
  for (let row = 0; row < entries.count; row++) {
    visit(clientOf(pool, entries.clients[row] ?? 0), (entries.requests[row] ?? 0) as RequestId);
  }
  // A command that is left out for long must not keep all that went past it.
  if (pool.queue.length > 2 * pool.waitingCount + goneMax) pool.queue = pool.queue.filter(({ gone }) => !gone);
}
