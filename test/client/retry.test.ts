import test from "ava";
import type { Agreement } from "../../client/matching.ts";
import { addRequest, createPending, dropRequest, type Pending } from "../../client/pending.ts";
import { createRetry, dueRequests, noteAgreements, noteFirstSend, noteStall, type Retry } from "../../client/retry.ts";
import type { LogIndex, RequestId } from "../../wire/types.ts";

const limits = { minMs: 2000, maxMs: 15_000, chunkRequestsMax: 3, chunkBytesMax: 1000 };
const id = (value: number) => value as RequestId;

type World = { readonly pending: Pending; readonly retry: Retry };

function worldAt(sends: readonly (readonly [request: number, sentAt: number])[]): World {
  const pending = createPending({ requestsMax: 10_000, bytesMax: 10_000_000 });
  const retry = createRetry(limits);
  for (const [request, sentAt] of sends) {
    if (pending.requests.size === 0) noteFirstSend(retry, sentAt);
    addRequest(pending, id(request), new Uint8Array(100), sentAt);
  }
  return { pending, retry };
}

function settle({ pending, retry }: World, request: number, now: number): void {
  const { firstSentAt = 0 } = dropRequest(pending, id(request)) ?? {};
  const agreement: Agreement = {
    request: id(request),
    index: 1 as LogIndex,
    outcome: new Uint8Array(),
    nodes: [],
    firstSentAt,
  };
  noteAgreements(retry, [agreement], now);
}

const dueAt = ({ pending, retry }: World, now: number) => dueRequests(retry, pending, now).requests.map(Number);

test("nothing is repeated before the silence is over, and all then", (t) => {
  const world = worldAt([
    [1, 0],
    [2, 0],
  ]);
  t.deepEqual(dueAt(world, 1999), []);
  t.deepEqual(dueAt(world, 2000), [1, 2]);
  t.deepEqual(dueAt(world, 2050), []);
});

test("rounds of a lasting silence come after 2, 4, 8, 15, 15 seconds, each from the end of the one before", (t) => {
  const world = worldAt([[1, 0]]);
  const rounds: number[] = [];
  for (let now = 0; now <= 62_000; now += 50) if (dueAt(world, now).length > 0) rounds.push(now);
  t.deepEqual(rounds, [2000, 6000, 14_000, 29_000, 44_000, 59_000]);
});

test("silence counts from the last answer: a flood that is worked off in order is never repeated", (t) => {
  const world = worldAt(Array.from({ length: 400 }, (_, i) => [i + 1, 0]));
  // Ten a second: the last waits for 40 seconds.
  for (let request = 1; request <= 400; request++) {
    for (let now = (request - 1) * 100; now < request * 100; now += 50) t.deepEqual(dueAt(world, now), []);
    settle(world, request, request * 100);
  }
  t.is(world.pending.requests.size, 0);
});

test("a round goes out in chunks, oldest first, and stops when an answer comes", (t) => {
  const world = worldAt(Array.from({ length: 8 }, (_, i) => [i + 1, 0]));
  t.deepEqual(dueAt(world, 2000), [1, 2, 3]);
  t.deepEqual(dueAt(world, 2050), [4, 5, 6]);
  settle(world, 1, 2060);
  t.deepEqual(dueAt(world, 2100), []);
  t.deepEqual(dueAt(world, 4059), []);
  t.deepEqual(dueAt(world, 4060), [2, 3, 4]);
});

test("chunks are limited in bytes as well, and hold at least one", (t) => {
  const pending = createPending({ requestsMax: 100, bytesMax: 10_000_000 });
  const retry = createRetry(limits);
  noteFirstSend(retry, 0);
  addRequest(pending, id(1), new Uint8Array(5000), 0);
  addRequest(pending, id(2), new Uint8Array(600), 0);
  addRequest(pending, id(3), new Uint8Array(600), 0);
  const chunks = [2000, 2050, 2100, 2150].map((now) => dueRequests(retry, pending, now).requests.map(Number));
  t.deepEqual(chunks, [[1], [2], [3], []]);
});

test("a round passes over what was settled or given up meanwhile", (t) => {
  const world = worldAt(Array.from({ length: 6 }, (_, i) => [i + 1, 0]));
  t.deepEqual(dueAt(world, 2000), [1, 2, 3]);
  dropRequest(world.pending, id(4));
  t.deepEqual(dueAt(world, 2050), [5, 6]);
});

test("a request passed over by others that were sent long after it is repeated though answers come", (t) => {
  const world = worldAt([
    [1, 0],
    [2, 1000],
    [3, 1999],
    [4, 2000],
    [5, 4100],
  ]);
  settle(world, 2, 1500);
  settle(world, 3, 2000);
  t.deepEqual(dueAt(world, 2000), [], "the frontier is 1999 after request 1");
  settle(world, 4, 2100);
  t.deepEqual(dueAt(world, 2100), [1]);
  t.deepEqual(dueAt(world, 2150), []);
  settle(world, 5, 4200);
  // Its second repeat has to wait twice as long.
  t.deepEqual(dueAt(world, 6099), []);
  t.deepEqual(dueAt(world, 6100), [1]);
});

test("only the beginning of a round says that the cluster is silent", (t) => {
  const { pending, retry } = worldAt(Array.from({ length: 5 }, (_, i) => [i + 1, 0]));
  t.deepEqual(
    [1000, 2000, 2050, 2100].map((now) => dueRequests(retry, pending, now).silent),
    [false, true, false, false],
  );
});

test("idleness is no silence: the wait begins with the first send after it", (t) => {
  const world = worldAt([[1, 0]]);
  settle(world, 1, 100);
  noteFirstSend(world.retry, 60_000);
  addRequest(world.pending, id(2), new Uint8Array(1), 60_000);
  t.deepEqual(dueAt(world, 61_999), []);
  t.deepEqual(dueAt(world, 62_000), [2]);
});

test("time in which this process was held up is not the cluster's silence", (t) => {
  const world = worldAt([[1, 0]]);
  noteStall(world.retry, 1500);
  t.deepEqual(dueAt(world, 3499), []);
  t.deepEqual(dueAt(world, 3500), [1]);
});
