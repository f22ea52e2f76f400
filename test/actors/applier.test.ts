import test from "ava";
import { describe, receive, type State, start } from "../../actors/applier.ts";
import type { Post } from "../../actors/mailbox.ts";
import type { RepeatedCommand } from "../../consensus/protocol.ts";
import { requestWindowWidth } from "../../consensus/request-window.ts";
import { digestAt, type Entries, emptyColumns, type Segment } from "../../wire/entries.ts";
import { encodeEnvelope, open } from "../../wire/envelope.ts";
import { commandsPerMessageMax } from "../../wire/limits.ts";
import { encodeResponse } from "../../wire/results.ts";
import type { ClientId, LogIndex, NodeId, RequestId, Result } from "../../wire/types.ts";
import { cluster, commandOf } from "../wire/cluster.ts";
import { entriesOf } from "../wire/judge.ts";
import { type EchoMachine, echoMachine } from "./echo-machine.ts";

type Bench = { readonly state: State; readonly machine: EchoMachine };

function applierAt(appliedIndex = 0): Bench {
  const machine = echoMachine();
  const io = { machine, now: () => 0, later: () => undefined };
  return { machine, state: start({ appliedIndex: appliedIndex as LogIndex }, io) };
}

const segmentOf = (first: number, entries: Entries): Segment => ({
  first: first as LogIndex,
  entries,
  hashes: new Uint8Array(entries.count * 32),
});

/** Real commands: each is client, request and a byte of payload. */
function commands(
  first: number,
  ...rows: readonly (readonly [client: number, request: number, byte: number])[]
): Segment {
  const signed = rows.map(([client, request, byte]) => commandOf(client, request, Uint8Array.of(byte)));
  return segmentOf(
    first,
    entriesOf(
      signed,
      rows.map(() => 1),
    ),
  );
}

/** Requests of client 7 by number alone: what the applier reads of them, without a signature for each of thousands. */
function numbered(first: number, requests: readonly number[], payload = new Uint8Array(0)): Segment {
  const columns = emptyColumns(requests.length);
  requests.forEach((request, row) => {
    columns.clients[row] = 7;
    columns.requests[row] = request;
    columns.payloadEnds[row] = payload.length;
  });
  return segmentOf(first, { count: requests.length, data: payload, ...columns });
}

/** The first command of a segment, as consensus tells that it came again. */
function repeated({ entries }: Segment): RepeatedCommand {
  const [client, request] = [entries.clients[0] as ClientId, entries.requests[0] as RequestId];
  return { client, request, leaf: digestAt(entries.leaves, 0) };
}

const apply = (bench: Bench, ...segments: Segment[]): readonly Post[] =>
  receive(bench.state, { kind: "apply", segments });

/** Results in their wire form, as a client reads them. */
function resultsIn(client: ClientId, results: Uint8Array): readonly Result[] {
  const signed = encodeResponse(cluster, 1 as NodeId, client, results, false);
  const opened = open(encodeEnvelope(signed, new Uint8Array(64)), cluster);
  if (!opened.ok || opened.value.body.$case !== "commandResponse") throw new Error("a response that does not open");
  return opened.value.body.value.results;
}

function lists(posts: readonly Post[]): { client: number; results: readonly Result[] }[] {
  return posts.map(({ mail }) => {
    if (mail.kind !== "results") throw new Error(`${mail.kind} is no results`);
    return { client: mail.client, results: resultsIn(mail.client, mail.results) };
  });
}

/** What clients are told once no more mail waits: client, request, index, outcome. */
function answers(bench: Bench): string[] {
  return lists(receive(bench.state, { kind: "drained" })).flatMap(({ client, results }) =>
    results.map(({ request, index, outcome }) => `${client} ${request} ${index} ${[...outcome].join(",")}`),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("entries are applied in order, and each client is told its own results once no more mail waits", (t) => {
  const bench = applierAt();
  t.deepEqual(apply(bench, commands(1, [7, 1, 10], [8, 1, 20]), commands(3, [7, 2, 30])), []);
  t.deepEqual(
    bench.machine.applied.map((payload) => payload[0]),
    [10, 20, 30],
  );
  t.deepEqual(answers(bench), ["7 1 1 1,10", "7 2 3 3,30", "8 1 2 2,20"]);
  t.deepEqual(answers(bench), []);
  t.is(bench.state.appliedIndex, 3 as LogIndex);
});

test("a request takes effect once, however often it is in the log; each repeat gets the recorded result", (t) => {
  const bench = applierAt();
  apply(bench, commands(1, [7, 5, 1], [7, 5, 1], [8, 5, 3], [7, 4, 4]));
  t.is(bench.machine.applied.length, 3);
  t.deepEqual(answers(bench), ["7 5 1 1,1", "7 5 1 1,1", "7 4 4 3,4", "8 5 3 2,3"]);
  apply(bench, commands(5, [7, 5, 1]));
  t.is(bench.machine.applied.length, 3);
  t.deepEqual(answers(bench), ["7 5 1 1,1"]);
  t.is(bench.state.counters.repeats, 2);
  t.is(bench.state.counters.applied, 3);
});

test("of two commands under one number the first takes effect; the second is told that it did not, by its leaf hash", (t) => {
  const bench = applierAt();
  const [second, third] = [commands(2, [7, 5, 2]), commands(3, [7, 5, 3])];
  const refusal = (of: Segment): string => `7 5 0 ${[...digestAt(of.entries.leaves, 0)].join(",")}`;
  apply(bench, commands(1, [7, 5, 1]), second);
  t.is(bench.machine.applied.length, 1);
  t.deepEqual(answers(bench), ["7 5 1 1,1", refusal(second)]);
  receive(bench.state, { kind: "repeat", requests: [repeated(third), repeated(commands(1, [7, 5, 1]))] });
  t.deepEqual(answers(bench), [refusal(third), "7 5 1 1,1"]);
  t.is(bench.machine.applied.length, 1);
});

test("a repeat that consensus noticed is answered from the record; what is unknown is not", (t) => {
  const bench = applierAt();
  apply(bench, commands(1, [7, 1, 1], [7, 2, 2]));
  answers(bench);
  const requests = [[7, 2, 2] as const, [7, 3, 3] as const, [8, 1, 1] as const, [7, 1, 1] as const].map((row) =>
    repeated(commands(1, row)),
  );
  t.deepEqual(receive(bench.state, { kind: "repeat", requests }), []);
  t.deepEqual(answers(bench), ["7 2 2 2,2", "7 1 1 1,1"]);
  t.is(bench.machine.applied.length, 2);
});

test("a gap or an overlap is a broken invariant", (t) => {
  const bench = applierAt(4);
  t.throws(() => apply(bench, commands(6, [7, 1, 1])), { message: "entry 6 does not follow on 4" });
  t.throws(() => apply(bench, commands(4, [7, 1, 1])), { message: "entry 4 does not follow on 4" });
  t.is(bench.machine.applied.length, 0);
  t.notThrows(() => apply(bench, commands(5, [7, 1, 1])));
  t.throws(() => apply(bench, commands(5, [7, 1, 1])), { message: "entry 5 does not follow on 5" });
});

test("the window slides: what is below it is stale, at its edge and just above not", (t) => {
  const bench = applierAt();
  const far = requestWindowWidth + 100;
  apply(bench, numbered(1, [100, 101, far]));
  answers(bench);
  // The window is (100, far]: 100 may have taken effect long ago, for all that can be told later.
  apply(bench, numbered(4, [99, 98, 102]));
  t.is(bench.state.counters.stale, 2);
  t.deepEqual(
    answers(bench).map((line) => line.split(" ")[1]),
    ["102"],
  );
  t.is(bench.machine.applied.length, 4);
});

test("of what has left the window results are forgotten, and no request takes effect again", (t) => {
  const bench = applierAt();
  const last = 2 * requestWindowWidth + 1;
  apply(bench, numbered(1, range(1, last)));
  answers(bench);
  const kept = new Set(bench.state.clients.get(7)?.results.chunks);
  const bytes = [...kept].reduce((sum, chunk) => sum + (chunk?.length ?? 0), 0);
  t.true(bytes < requestWindowWidth * 20, "no more than a chunk beyond a window of results");
  const oldest = last - requestWindowWidth;
  apply(bench, numbered(last + 1, [1, oldest, oldest + 1, last]));
  t.is(bench.machine.applied.length, last, "none of them is new");
  t.deepEqual([bench.state.counters.stale, bench.state.counters.repeats], [2, 2]);
  t.deepEqual(
    answers(bench).map((line) => Number(line.split(" ")[1])),
    [oldest + 1, last],
  );
});

test("results are cut into messages that a client can open, by bytes", (t) => {
  const bench = applierAt();
  const payload = new Uint8Array(1000);
  apply(bench, numbered(1, range(1, 1000), payload));
  const parts = lists(receive(bench.state, { kind: "drained" }));
  t.true(parts.length > 3);
  t.deepEqual(
    parts.flatMap(({ results }) => results.map(({ request }) => Number(request))),
    range(1, 1000),
  );
  for (const { results } of parts) {
    const bytes = results.reduce((sum, { outcome }) => sum + outcome.length, 0);
    t.true(bytes <= 256 * 1024 + payload.length);
  }
});

test("results are cut into messages that a client can open, by number", (t) => {
  const bench = applierAt();
  apply(bench, numbered(1, range(1, commandsPerMessageMax + 1)));
  const parts = lists(receive(bench.state, { kind: "drained" }));
  t.is(parts.length, 2);
  t.true(parts.every(({ results }) => results.length <= commandsPerMessageMax));
  t.deepEqual(
    parts.flatMap(({ results }) => results.map(({ request }) => Number(request))),
    range(1, commandsPerMessageMax + 1),
  );
});

test("what is replayed was answered in an earlier life, but its results are known", (t) => {
  const log = [commands(1, [7, 1, 10], [8, 1, 20]), commands(3, [7, 2, 30], [7, 1, 10])];
  const before = applierAt();
  apply(before, ...log);
  const after = applierAt();
  for (const segment of log) receive(after.state, { kind: "replay", segments: [segment] });
  t.deepEqual(answers(after), []);
  t.deepEqual(describe(after.state), describe(before.state), "the same state by replay");
  apply(after, commands(5, [7, 1, 10]));
  t.deepEqual(answers(after), ["7 1 1 1,10"]);
  t.is(after.machine.applied.length, 3);
});
