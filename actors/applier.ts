/**
 * Applier: steps the state machine by what is committed, in order, each request at most once.
 *
 * In    `apply`, `repeat` from consensus; `replay` from log; `drained` from its shell
 * Out   `results` to sender, for each client one list for what was applied together
 * Owns  the state machine, request windows, results
 * Rule  docs/protocol.md, Clients
 */
import { createRequestWindow, mark, type RequestWindow, standingOf } from "../consensus/request-window.ts";
import { payloadAt, type Segment } from "../wire/entries.ts";
import { commandsPerMessageMax } from "../wire/limits.ts";
import type { ClientId, LogIndex, RequestId, Result } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

/** A deterministic state machine: equal commands in equal order give equal outcomes and hashes on every node. */
export type Machine = {
  /** Steps by one command and returns its outcome's canonical bytes; a command that fails changes nothing. Total. */
  readonly apply: (payload: Uint8Array) => Uint8Array;
  readonly stateHash: () => Uint8Array;
};

export type Config = { readonly appliedIndex: LogIndex };

export type Mail =
  | { readonly kind: "apply"; readonly segments: readonly Segment[] }
  /** From log, at the start of the node: applied in an earlier life, and answered then. */
  | { readonly kind: "replay"; readonly segments: readonly Segment[] }
  | { readonly kind: "repeat"; readonly requests: readonly { client: ClientId; request: RequestId }[] }
  /** No more mail waits: now is the time to answer. */
  | { readonly kind: "drained" };

export type Io = { readonly machine: Machine };

type Client = { readonly window: RequestWindow; readonly results: Map<number, Result>; answers: Result[] };

export type State = {
  readonly io: Io;
  readonly counters: Counters;
  readonly clients: Map<number, Client>;
  appliedIndex: LogIndex;
};

/** Results in one message: it has to fit into a frame however long their texts are. */
const resultBytesMax = 256 * 1024;

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
      for (const client of state.clients.values()) client.answers = [];
      return [];
    case "repeat":
      for (const { client, request } of mail.requests) answerAgain(state, client, request);
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
    const client = clientOf(state, entries.clients[row] ?? 0);
    switch (standingOf(client.window, request)) {
      case "fresh": {
        const result = { request, index, outcome: state.io.machine.apply(payloadAt(entries, row)) };
        for (const left of mark(client.window, request)) client.results.delete(left);
        client.results.set(request, result);
        client.answers.push(result);
        tally(state.counters, "applied");
        break;
      }
      case "repeat":
        tally(state.counters, "repeats");
        answerAgain(state, (entries.clients[row] ?? 0) as ClientId, request);
        break;
      case "stale":
        tally(state.counters, "stale");
        break;
    }
    state.appliedIndex = index;
  }
}

function answerAgain(state: State, id: ClientId, request: RequestId): void {
  const client = clientOf(state, id);
  const result = client.results.get(request);
  if (result !== undefined) client.answers.push(result);
}

function clientOf(state: State, id: number): Client {
  const known = state.clients.get(id);
  if (known !== undefined) return known;
  const client: Client = { window: createRequestWindow(), results: new Map(), answers: [] };
  state.clients.set(id, client);
  return client;
}

function answer(state: State): Post[] {
  const posts: Post[] = [];
  for (const [id, client] of state.clients) {
    let results: Result[] = [];
    let bytes = 0;
    for (const result of client.answers) {
      results.push(result);
      bytes += result.outcome.length + 16;
      if (bytes < resultBytesMax && results.length < commandsPerMessageMax) continue;
      posts.push({ to: "sender", mail: { kind: "results", client: id as ClientId, results } });
      results = [];
      bytes = 0;
    }
    if (results.length > 0) posts.push({ to: "sender", mail: { kind: "results", client: id as ClientId, results } });
    client.answers = [];
  }
  return posts;
}

/** What people ask for first. */
export function describe(state: State): object {
  return { appliedIndex: state.appliedIndex, stateHash: Buffer.from(state.io.machine.stateHash()).toString("hex") };
}
