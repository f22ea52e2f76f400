/** Queries at the applier: answered once, at their place in the log or where it is after a wait, and never before commands. */
import test from "ava";
import { receive, type State, start } from "../../actors/applier.ts";
import type { Post } from "../../actors/mailbox.ts";
import { waitMs } from "../../actors/queries.ts";
import { emptyColumns, type Segment } from "../../wire/entries.ts";
import type { ClientId, LogIndex, RequestId } from "../../wire/types.ts";
import { bodyOf } from "../wire/bodies.ts";
import { echoMachine } from "./echo-machine.ts";

/** A bench with a clock; each answer takes `tookMs`. */
function bench(tookMs = 0) {
  const echo = echoMachine();
  const clock = { now: 1000, later: [] as number[] };
  const query = (question: Uint8Array): Uint8Array => {
    clock.now += tookMs;
    return echo.query(question);
  };
  const io = { machine: { ...echo, query }, now: () => clock.now, later: (ms: number) => clock.later.push(ms) };
  const state = start({ appliedIndex: 0 as LogIndex }, io);
  return { state, clock };
}

function segment(first: number, count: number): Segment {
  const columns = emptyColumns(count);
  for (let row = 0; row < count; row++) {
    columns.clients[row] = 7;
    columns.requests[row] = first + row;
  }
  const entries = { count, data: new Uint8Array(0), ...columns };
  return { first: first as LogIndex, entries, hashes: new Uint8Array(count * 32) };
}

const ask = (state: State, client: number, request: number, index: number): void => {
  const query = {
    client: client as ClientId,
    request: request as RequestId,
    index: index as LogIndex,
    question: Uint8Array.of(request),
  };
  receive(state, { kind: "query", query });
};

const apply = (state: State, first: number, count: number): readonly Post[] =>
  receive(state, { kind: "apply", segments: [segment(first, count)] });

/** Client, request, index, and what the machine said: how many commands it had, and the question. */
const answers = (state: State): string[] =>
  receive(state, { kind: "drained" }).flatMap(({ to, mail }) =>
    mail.kind === "queryResponse"
      ? [`${to}: ${mail.client} ${mail.request} at ${mail.index}: ${[...mail.outcome].join(",")}`]
      : [],
  );

test("what is past is answered at once, with the place that it was answered at", (t) => {
  const { state } = bench();
  apply(state, 1, 5);
  ask(state, 7, 1, 0);
  ask(state, 8, 1, 5);
  ask(state, 8, 2, 3);
  t.deepEqual(answers(state), ["sender: 7 1 at 5: 5,1", "sender: 8 1 at 5: 5,1", "sender: 8 2 at 5: 5,2"]);
  t.deepEqual(answers(state), []);
});

test("a place that is still to come is answered just there, in the middle of what is applied together", (t) => {
  const { state, clock } = bench();
  apply(state, 1, 5);
  ask(state, 7, 1, 8);
  ask(state, 8, 1, 7);
  t.deepEqual(answers(state), []);
  t.deepEqual(clock.later, [waitMs]);
  apply(state, 6, 10);
  t.deepEqual(answers(state), ["sender: 8 1 at 7: 7,1", "sender: 7 1 at 8: 8,1"]);
  t.is(state.counters["queries answered"], 2);
});

test("a place that does not come is waited for only so long", (t) => {
  const { state, clock } = bench();
  apply(state, 1, 5);
  ask(state, 7, 1, 1_000_000);
  clock.now += waitMs - 1;
  t.deepEqual(answers(state), []);
  clock.now += 1;
  receive(state, { kind: "later" });
  t.deepEqual(answers(state), ["sender: 7 1 at 5: 5,1"]);
  apply(state, 6, 1);
  t.deepEqual(answers(state), []);
});

test("of each query the receiver is told once that it is done with", (t) => {
  const { state } = bench();
  const done = (posts: readonly Post[]): number => posts.filter(({ mail }) => mail.kind === "queried").length;
  ask(state, 7, 1, 0);
  ask(state, 7, 2, 3);
  t.is(done(receive(state, { kind: "drained" })), 1);
  apply(state, 1, 3);
  t.is(done(receive(state, { kind: "drained" })), 1);
  const again = { ...bodyOf("query").value, client: 7 as ClientId, request: 2 as RequestId };
  t.is(done(receive(state, { kind: "query", query: again })), 1);
});

test("a query that is played back is not answered again", (t) => {
  const { state } = bench();
  ask(state, 7, 5, 0);
  ask(state, 7, 5, 0);
  ask(state, 7, 4, 0);
  ask(state, 8, 4, 0);
  t.deepEqual(answers(state), ["sender: 7 5 at 0: 0,5", "sender: 8 4 at 0: 0,4"]);
  t.is(state.counters["queries repeated"], 2);
});

test("of one client, and of all together, only so many wait", (t) => {
  const { state } = bench();
  for (let i = 1; i <= 20; i++) ask(state, 7, i, 0);
  for (let i = 21; i <= 30; i++) ask(state, 7, i, 50);
  ask(state, 8, 1, 0);
  t.is(answers(state).length, 8 + 1);
  apply(state, 1, 60);
  t.is(answers(state).length, 2);
  t.is(state.counters["queries dropped"], 12 + 8);
  for (let client = 100; client < 300; client++) ask(state, client, 1, 0);
  for (let client = 300; client < 400; client++) ask(state, client, 1, 70);
  t.is(answers(state).length, 64);
  apply(state, 61, 20);
  t.is(answers(state).length, 16);
});

test("after a slow one there is a pause in which commands have the thread to themselves", (t) => {
  const { state, clock } = bench(10);
  for (let i = 1; i <= 3; i++) ask(state, 7, i, 0);
  t.is(answers(state).length, 1);
  t.deepEqual(clock.later, [30]);
  t.is(answers(state).length, 0);
  clock.now += 30;
  t.is(answers(state).length, 1);
  clock.now += 30;
  t.is(answers(state).length, 1);
});

test("after a slow one those that wait for a place do not keep commands waiting either", (t) => {
  const { state, clock } = bench(10);
  for (let client = 1; client <= 5; client++) ask(state, client, 1, 3);
  apply(state, 1, 6);
  t.is(clock.now, 1010);
  t.deepEqual(answers(state), ["sender: 1 1 at 3: 3,1"]);
  clock.now += 30;
  t.deepEqual(answers(state), ["sender: 2 1 at 6: 6,1"]);
});
