/**
 * Applier: steps the state machine by what is committed, in order, each request at most once.
 *
 * In    `apply`, `repeat` from consensus; `replay` from log; `query` from receiver; `drained`, `later` from its shell
 * Out   `results` to sender, for each client one list for what was applied together; `queryResponse` to sender, and then
 *       `queried` to receiver
 * Owns  the state machine, request windows, results, queries
 * Rule  docs/protocol.md, Clients
 */
import type { RepeatedCommand } from "../consensus/protocol.ts";
import { createRequestWindow, mark, type RequestWindow, standingOf } from "../consensus/request-window.ts";
import { digestAt, payloadAt, type Segment } from "../wire/entries.ts";
import type { ClientId, LogIndex, Query, RequestId } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";
import { createQueries, noteTime, type Queries, takeDue, takeQuery, takeReady, waitFor } from "./queries.ts";
import { createResultsKept, keep, type ResultsKept, takeAnswers, tellAgain } from "./results-kept.ts";

/** A deterministic state machine: equal commands in equal order give equal outcomes and hashes on every node. */
export type Machine = {
  /**
   * Steps by one command of a client at its place in the log and returns its outcome's canonical bytes, which hold until the next
   * call; a command that fails changes nothing. Total.
   */
  readonly apply: (payload: Uint8Array, client: ClientId, index: LogIndex) => Uint8Array;
  readonly stateHash: () => Uint8Array;
  /**
   * Says what the state is, in an outcome's canonical bytes, which hold until the next call; changes nothing. Total, and equal
   * questions after equal commands have equal answers on every node.
   */
  readonly query: (question: Uint8Array) => Uint8Array;
};

export type Config = { readonly appliedIndex: LogIndex };

export type Mail =
  | { readonly kind: "apply"; readonly segments: readonly Segment[] }
  /** From log, at the start of the node: applied in an earlier life, and answered then. */
  | { readonly kind: "replay"; readonly segments: readonly Segment[] }
  | { readonly kind: "repeat"; readonly requests: readonly RepeatedCommand[] }
  /** From receiver, signed by its client. */
  | { readonly kind: "query"; readonly query: Query }
  /** The time that `later` asked for has come. */
  | { readonly kind: "later" }
  /** No more mail waits: now is the time to answer. */
  | { readonly kind: "drained" };

export type Io = {
  readonly machine: Machine;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** Brings `later` mail in so many milliseconds. */
  readonly later: (ms: number) => void;
};

type Client = { readonly window: RequestWindow; readonly results: ResultsKept };

export type State = {
  readonly io: Io;
  readonly counters: Counters;
  readonly clients: Map<number, Client>;
  readonly queries: Queries;
  /** Answers to queries, and word to the receiver that they are done with, not posted yet. */
  answered: Post[];
  appliedIndex: LogIndex;
};

export function start(config: Config, io: Io): State {
  const { appliedIndex } = config;
  return { io, counters: {}, clients: new Map(), queries: createQueries(), answered: [], appliedIndex };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "apply":
      for (const segment of mail.segments) applySegment(state, segment);
      return [];
    case "replay":
      for (const segment of mail.segments) applySegment(state, segment);
      for (const { results } of state.clients.values()) results.answers = [];
      return [];
    case "repeat":
      for (const repeated of mail.requests) answerAgain(state, repeated);
      return [];
    case "query":
      tally(state.counters, "queries");
      return takeOrDrop(state, mail.query);
    case "later":
      return [];
    case "drained":
      return [...answer(state), ...answerQueries(state)];
    default:
      return unreachable(mail);
  }
}

function applySegment(state: State, { first, entries }: Segment): void {
  if (first !== state.appliedIndex + 1) throw new Error(`entry ${first} does not follow on ${state.appliedIndex}`);
  for (let row = 0; row < entries.count; row++) {
    const index = (first + row) as LogIndex;
    const request = (entries.requests[row] ?? 0) as RequestId;
    const id = (entries.clients[row] ?? 0) as ClientId;
    const client = clientOf(state, id);
    switch (standingOf(client.window, request)) {
      case "fresh": {
        mark(client.window, request);
        const outcome = state.io.machine.apply(payloadAt(entries, row), id, index);
        keep(client.results, request, digestAt(entries.leaves, row), index, outcome);
        tally(state.counters, "applied");
        break;
      }
      case "repeat":
        tally(state.counters, "repeats");
        tellAgain(client.results, request, digestAt(entries.leaves, row));
        break;
      case "stale":
        tally(state.counters, "stale");
        break;
    }
    state.appliedIndex = index;
    if (index === state.queries.next) answerDue(state, index);
  }
}

/** Those for whom there is no time now are answered later, at the place that is reached then. */
function answerDue(state: State, index: LogIndex): void {
  const { queries, io } = state;
  for (const query of takeDue(queries, index)) {
    if (io.now() < queries.freeAt) queries.ready.push(query);
    else work(state, query);
  }
}

/** No longer than this at a time: commands come first. */
const queriesMs = 5;

function answerQueries(state: State): readonly Post[] {
  const { queries, io } = state;
  const startedAt = io.now();
  for (let now = startedAt; now < startedAt + queriesMs; now = io.now()) {
    const query = takeReady(queries, now);
    if (query === undefined) break;
    work(state, query);
  }
  const wait = waitFor(queries, io.now());
  if (wait !== undefined) io.later(wait);
  const posts = state.answered;
  state.answered = [];
  return posts;
}

function work(state: State, { client, request, question }: Query): void {
  const { io, appliedIndex: index } = state;
  const startedAt = io.now();
  const outcome = io.machine.query(question).slice();
  noteTime(state.queries, startedAt, io.now());
  tally(state.counters, "queries answered");
  state.answered.push(
    { to: "sender", mail: { kind: "queryResponse", client, request, index, outcome } },
    { to: "receiver", mail: { kind: "queried", client } },
  );
}

function takeOrDrop(state: State, query: Query): readonly Post[] {
  const flaw = takeQuery(state.queries, query, state.appliedIndex, state.io.now());
  if (flaw === undefined) return [];
  tally(state.counters, `queries ${flaw}`);
  return [{ to: "receiver", mail: { kind: "queried", client: query.client } }];
}

/** Consensus may know less than this actor of what took effect, never more. */
function answerAgain(state: State, { client: id, request, leaf }: RepeatedCommand): void {
  const { window, results } = clientOf(state, id);
  if (standingOf(window, request) === "repeat") tellAgain(results, request, leaf);
}

function clientOf(state: State, id: number): Client {
  const known = state.clients.get(id);
  if (known !== undefined) return known;
  const client: Client = { window: createRequestWindow(), results: createResultsKept() };
  state.clients.set(id, client);
  return client;
}

function answer(state: State): Post[] {
  return [...state.clients].flatMap(([id, client]) =>
    takeAnswers(client.results).map(
      (results): Post => ({ to: "sender", mail: { kind: "results", client: id as ClientId, results } }),
    ),
  );
}

/** What people ask for first. */
export function describe(state: State): object {
  return { appliedIndex: state.appliedIndex, stateHash: Buffer.from(state.io.machine.stateHash()).toString("hex") };
}
