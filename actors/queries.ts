/**
 * Queries at the applier: each is answered once, when its place in the log has come. Those of clients who ask much are
 * lost, as on a network, and asked again: queries must not keep commands waiting.
 */
import type { ClientId, LogIndex, Query, RequestId } from "../wire/types.ts";

type Waiting = { readonly query: Query; readonly until: number };

export type Queries = {
  /** May be answered now, in the order they came. */
  ready: Query[];
  /** For a place in the log that is still to come; milliseconds on the applier's clock. */
  later: Waiting[];
  /** The first place that one of them waits for; 0 where none does. */
  next: LogIndex;
  /** Before this time no query is begun. */
  freeAt: number;
  readonly lastOf: Map<ClientId, RequestId>;
};

/** Together, and of one client. What waits for one place is answered at once when it comes, so that may not be much. */
const readyMax = [64, 8] as const;
const laterMax = [16, 2] as const;
/** Milliseconds after which a place that has not come is waited for no more. */
export const waitMs = 400;
/** A query that took long is followed by a pause of so many times that long. */
const pauseFactor = 3;
const shortMs = 1;

export function createQueries(): Queries {
  return { ready: [], later: [], next: 0 as LogIndex, freeAt: 0, lastOf: new Map() };
}

/** Takes a query that its client has signed; a word says why it was not taken. */
export function takeQuery(queries: Queries, query: Query, applied: LogIndex, now: number): string | undefined {
  const { client, request, index } = query;
  // Somebody plays it back.
  if (request <= (queries.lastOf.get(client) ?? 0)) return "repeated";
  queries.lastOf.set(client, request);
  const isReady = index <= applied;
  const room = isReady
    ? hasRoom(queries.ready, client, readyMax)
    : hasRoom(
        queries.later.map((one) => one.query),
        client,
        laterMax,
      );
  if (!room) return "dropped";
  if (isReady) queries.ready.push(query);
  else {
    queries.later.push({ query, until: now + waitMs });
    setNext(queries);
  }
  return undefined;
}

function hasRoom(all: readonly Query[], client: ClientId, [most, ofOne]: readonly [number, number]): boolean {
  return all.length < most && all.filter((one) => one.client === client).length < ofOne;
}

/** Those that wait for the place that was just applied. */
export function takeDue(queries: Queries, applied: LogIndex): readonly Query[] {
  const due = queries.later.filter(({ query }) => query.index <= applied).map(({ query }) => query);
  queries.later = queries.later.filter(({ query }) => query.index > applied);
  setNext(queries);
  return due;
}

/** The next one to be answered now. */
export function takeReady(queries: Queries, now: number): Query | undefined {
  const late = queries.later.filter(({ until }) => until <= now);
  if (late.length > 0) {
    queries.ready.push(...late.map(({ query }) => query));
    queries.later = queries.later.filter(({ until }) => until > now);
    setNext(queries);
  }
  return now < queries.freeAt ? undefined : queries.ready.shift();
}

/** A query was answered in this time. */
export function noteTime(queries: Queries, startedAt: number, endedAt: number): void {
  const took = endedAt - startedAt;
  if (took > shortMs) queries.freeAt = endedAt + pauseFactor * took;
}

/** Milliseconds until there is something to do; undefined where nothing waits. */
export function waitFor(queries: Queries, now: number): number | undefined {
  const times = queries.later.map(({ until }) => until);
  if (queries.ready.length > 0) times.push(queries.freeAt);
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now);
}

function setNext(queries: Queries): void {
  const places = queries.later.map(({ query }) => query.index);
  queries.next = (places.length === 0 ? 0 : Math.min(...places)) as LogIndex;
}
