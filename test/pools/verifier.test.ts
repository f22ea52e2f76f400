import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";
import test from "ava";
import { engineNames, loadEngine } from "../../pools/engine.ts";
import { createInlineVerifier } from "../../pools/inline-verifier.ts";
import { startPiscinaVerifier } from "../../pools/piscina-verifier.ts";
import type { BatchVerdict } from "../../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../../pools/signature-batch-builder.ts";
import { type Lane, lanes, type Verifier } from "../../pools/verifier.ts";
import { sampleBatch } from "./sample-batch.ts";

const engine = await loadEngine("sodium");
const inline = createInlineVerifier(engine);

/** Runs a test's body with a pool, which is closed whatever happens. */
async function withPool(threads: number, name: string, body: (pool: Verifier) => Promise<void>): Promise<void> {
  const pool = await startPiscinaVerifier({ engine: "sodium", threads, name });
  try {
    await body(pool);
  } finally {
    await pool.close();
  }
}

/** Plain arrays, whatever memory the verdict lies in. */
function plain({ valid, leaves }: BatchVerdict): { valid: number[]; leaves: string } {
  return { valid: Array.from(valid), leaves: Buffer.from(leaves).toString("hex") };
}

test("pool and inline agree with a bad signature in every position, in either memory", async (t) => {
  await withPool(2, "t/every", async (pool) => {
    const verdicts = Array.from({ length: 20 }, async (_, bad) => {
      const batch = sampleBatch(engine, 20, (number) => number === bad, bad % 2 === 0 ? "shared" : "own");
      const verdict = plain(await pool.verify(batch));
      t.deepEqual(verdict, plain(inline.verifySync(batch)));
      t.deepEqual(
        verdict.valid,
        Array.from({ length: 20 }, (_, number) => (number === bad ? 0 : 1)),
      );
    });
    await Promise.all(verdicts);
  });
});

test("pool and inline agree on batches of all sizes, some in several tasks", async (t) => {
  await withPool(2, "t/sizes", async (pool) => {
    for (const size of [0, 1, 15, 16, 63, 64, 65, 129, 300]) {
      const batch = sampleBatch(engine, size, (number) => number % 41 === 7);
      t.deepEqual(plain(await pool.verify(batch)), plain(inline.verifySync(batch)), `${size} checks`);
    }
  });
});

test("a batch is split over the threads that are idle, and not where all have work", async (t) => {
  await withPool(2, "t/idle", async (pool) => {
    const batch = sampleBatch(engine, 32, () => false);
    await pool.verify(batch);
    t.is(pool.stats().tasks, 2);
    await Promise.all([pool.verify(batch), pool.verify(batch), pool.verify(batch)]);
    t.is(pool.stats().tasks, 2 + 2 + 1 + 1);
  });
});

test("a batch of invalid signatures alone is handed back and taken up again until it is done", async (t) => {
  await withPool(1, "t/invalid", async (pool) => {
    const { valid } = await pool.verify(sampleBatch(engine, 64, () => true));
    t.deepEqual(Array.from(valid), new Array(64).fill(0));
    const stats = pool.stats();
    t.is(stats.checks, 64);
    t.is(stats.invalid, 64);
    t.is(stats.leaves, 64);
    // The reference takes 1 ms for each, and no task takes much more than ten.
    t.true(stats.tasks > 2, `${stats.tasks} tasks`);
  });
});

for (const name of engineNames) {
  test(`the pool runs with ${name}`, async (t) => {
    const pool = await startPiscinaVerifier({ engine: name, threads: 1, name: `t/${name}` });
    const { valid } = await pool.verify(sampleBatch(engine, 12, (number) => number === 5));
    await pool.close();
    t.deepEqual(Array.from(valid), [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]);
  });
}

test("votes overtake entries, and entries overtake a flood of commands", async (t) => {
  await withPool(1, "t/lanes", async (pool) => {
    const batch = sampleBatch(engine, 32, () => false);
    const order: Lane[] = [];
    const done = (lane: Lane): Promise<void> => pool.verify(batch, lane).then(() => void order.push(lane));
    const flood = Array.from({ length: 10 }, () => done(lanes.commands));
    const rest = [done(lanes.entries), done(lanes.votes), done(lanes.entries), done(lanes.votes)];
    t.deepEqual(pool.stats().queuedByLane, [2, 2, 9]);
    t.is(pool.stats().running, 1);
    await Promise.all([...flood, ...rest]);
    // The first command was on the thread before the others came.
    t.deepEqual(order, [2, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });
});

test("commands keep their order under votes that keep coming, and are all done", async (t) => {
  await withPool(1, "t/order", async (pool) => {
    const batch = sampleBatch(engine, 8, () => false);
    const order: number[] = [];
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    const commands = numbers.map((number) => pool.verify(batch).then(() => void order.push(number)));
    for (let vote = 0; vote < 20; vote++) t.is((await pool.verify(batch, lanes.votes)).valid.length, 8);
    await Promise.all(commands);
    t.deepEqual(order, numbers);
  });
});

test("statistics count what was done, and nothing is left waiting", async (t) => {
  await withPool(2, "t/stats", async (pool) => {
    await Promise.all([100, 10].map((size) => pool.verify(sampleBatch(engine, size, (number) => number === 3))));
    const { busyMs, ...stats } = pool.stats();
    t.true(busyMs > 0);
    t.deepEqual(
      { ...stats, tasks: stats.tasks > 2 },
      { threads: 2, queued: 0, queuedByLane: [0, 0, 0], running: 0, tasks: true, checks: 110, invalid: 2, leaves: 110 },
    );
  });
  const own = createInlineVerifier(engine);
  t.is((await own.verify(sampleBatch(engine, 5, (number) => number === 0))).valid.length, 5);
  const { busyMs, ...stats } = own.stats();
  t.true(busyMs > 0);
  t.deepEqual(stats, {
    threads: 0,
    queued: 0,
    queuedByLane: [0, 0, 0],
    running: 0,
    tasks: 1,
    checks: 5,
    invalid: 1,
    leaves: 5,
  });
});

test("a batch that contradicts itself is refused and hurts no other", async (t) => {
  const outside = { ...sampleBatch(engine, 2, () => false), data: new Uint8Array(50) };
  await withPool(1, "t/refuse", async (pool) => {
    await t.throwsAsync(pool.verify(outside), { message: /contradicts itself/ });
    t.deepEqual(Array.from((await pool.verify(sampleBatch(engine, 2, () => false))).valid), [1, 1]);
    t.is(pool.stats().checks, 2);
  });
  await t.throwsAsync(createInlineVerifier(engine).verify(outside), { message: /contradicts itself/ });
});

test("close finishes what was taken and takes no more", async (t) => {
  const pool = await startPiscinaVerifier({ engine: "sodium", threads: 2, name: "t/close" });
  const batch = sampleBatch(engine, 100, (number) => number === 50);
  const taken = Array.from({ length: 5 }, () => pool.verify(batch));
  const closed = pool.close();
  await t.throwsAsync(pool.verify(batch), { message: "verifier is closed" });
  for (const verdict of await Promise.all(taken)) t.is(verdict.valid.indexOf(0), 50);
  await Promise.all([closed, pool.close()]);
  const { threads, queued, running } = pool.stats();
  t.deepEqual({ threads, queued, running }, { threads: 0, queued: 0, running: 0 });

  const own = createInlineVerifier(engine);
  await own.close();
  await t.throwsAsync(own.verify(batch), { message: "verifier is closed" });
  t.throws(() => own.verifySync(batch), { message: "verifier is closed" });
});

const testThreads = platform() === "linux" ? test : test.skip;
testThreads("threads bear the pool's name, and none is left after close (thread names need Linux)", async (t) => {
  const named = (): number => readdirSync("/proc/self/task").filter((id) => nameOf(id).startsWith("t/names-")).length;
  const pool = await startPiscinaVerifier({ engine: "sodium", threads: 3, name: "t/names" });
  t.is(named(), 3);
  await pool.close();
  t.is(named(), 0);
});

test("an empty batch needs no thread", async (t) => {
  await withPool(1, "t/empty", async (pool) => {
    const { valid, leaves } = await pool.verify(new SignatureBatchBuilder().build().batch, lanes.votes);
    t.deepEqual([valid.length, leaves.length, pool.stats().tasks], [0, 0, 0]);
  });
});

/** A thread may end between the listing and the reading. */
function nameOf(id: string): string {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
