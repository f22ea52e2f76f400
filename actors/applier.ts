/**
 * Applier: steps the state machine by what is committed, in order, each request at most once.
 *
 * In    `apply`, `repeat` from consensus; `replay` from log; `drained` from its shell
 * Out   `results` to sender, for each client one list for what was applied together
 * Owns  the state machine, request windows, results
 * Rule  docs/protocol.md, Clients
 */
import type { RepeatedCommand } from "../consensus/protocol.ts";
import { createRequestWindow, mark, type RequestWindow, standingOf } from "../consensus/request-window.ts";
import { digestAt, payloadAt, type Segment } from "../wire/entries.ts";
import type { ClientId, LogIndex, RequestId } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";
import { createResultsKept, keep, type ResultsKept, takeAnswers, tellAgain } from "./results-kept.ts";

/** A deterministic state machine: equal commands in equal order give equal outcomes and hashes on every node. */
export type Machine = {
  /**
   * Steps by one command of a client at its place in the log and returns its outcome's canonical bytes, which hold until the next
   * call; a command that fails changes nothing. Total.
   */
  readonly apply: (payload: Uint8Array, client: ClientId, index: LogIndex) => Uint8Array;
  readonly stateHash: () => Uint8Array;
};

export type Config = { readonly appliedIndex: LogIndex };

export type Mail =
  | { readonly kind: "apply"; readonly segments: readonly Segment[] }
  /** From log, at the start of the node: applied in an earlier life, and answered then. */
  | { readonly kind: "replay"; readonly segments: readonly Segment[] }
  | { readonly kind: "repeat"; readonly requests: readonly RepeatedCommand[] }
  /** No more mail waits: now is the time to answer. */
  | { readonly kind: "drained" };

export type Io = { readonly machine: Machine };

type Client = { readonly window: RequestWindow; readonly results: ResultsKept };

export type State = {
  readonly io: Io;
  readonly counters: Counters;
  readonly clients: Map<number, Client>;
  appliedIndex: LogIndex;
};

export function start(config: Config, io: Io): State {
  return { io, counters: {}, clients: new Map(), appliedIndex: config.appliedIndex };
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
    case "drained":
      return answer(state);
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
  }
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
