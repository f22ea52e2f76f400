import test from "ava";
import { type FixedQueue, queueOptionsSymbol } from "piscina";
import { inLane, LaneQueue } from "../../pools/lane-queue.ts";
import type { Lane } from "../../pools/verifier.ts";

type Waiting = Parameters<FixedQueue["push"]>[0] & { readonly name: string };

/** As Piscina does: the task's own mark is what its queue sees. */
function waiting(name: string, lane: Lane): Waiting {
  const marked: { readonly [queueOptionsSymbol]?: object } = inLane({}, lane);
  return { name, [queueOptionsSymbol]: marked[queueOptionsSymbol] ?? null };
}

function drained(queue: LaneQueue): string[] {
  const names: string[] = [];
  for (let task = queue.shift(); task !== null; task = queue.shift()) {
    if ("name" in task && typeof task.name === "string") names.push(task.name);
  }
  return names;
}

test("lower lanes go first, and within a lane first come first served", (t) => {
  const queue = new LaneQueue();
  const tasks: readonly [string, Lane][] = [
    ["c1", 2],
    ["e1", 1],
    ["c2", 2],
    ["v1", 0],
    ["e2", 1],
    ["v2", 0],
  ];
  for (const [name, lane] of tasks) queue.push(waiting(name, lane));
  t.is(queue.size, 6);
  t.deepEqual(queue.sizes, [2, 2, 2]);
  t.deepEqual(drained(queue), ["v1", "v2", "e1", "e2", "c1", "c2"]);
  t.is(queue.size, 0);
  t.is(queue.shift(), null);
});

test("a task put back is first of its lane, and a removed one is gone", (t) => {
  const queue = new LaneQueue();
  for (const name of ["e1", "e2", "e3"]) queue.push(waiting(name, 1));
  const first = queue.shift();
  if (first === null) throw new Error("nothing in the queue");
  const removed = waiting("e4", 1);
  queue.push(removed);
  queue.unshift(first);
  queue.remove(removed);
  t.deepEqual(drained(queue), ["e1", "e2", "e3"]);
});

test("a task without a lane is a mistake", (t) => {
  t.throws(() => new LaneQueue().push({ [queueOptionsSymbol]: null }), { message: /no lane/ });
  t.throws(() => new LaneQueue().push({ [queueOptionsSymbol]: { lane: 3 } }), { message: /no lane/ });
});
