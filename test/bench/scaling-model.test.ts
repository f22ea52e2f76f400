import test from "ava";
import {
  byThread,
  type Cluster,
  type CostModel,
  countsOf,
  fitModel,
  mergeAlike,
  nodeUs,
  predict,
  type Sample,
  threadUs,
} from "../../bench/scaling-model.ts";
import { threadOf } from "../../bench/thread-times.ts";

/** Small enough to be worked by hand; the threads that are not named cost nothing. */
const model: CostModel = {
  ...byThread(() => [0, 0, 0, 0, 0]),
  receiver: [1, 10, 2, 0, 0],
  verifier: [10, 0, 0, 0, 0],
  sender: [0.5, 4, 1, 0.25, 0.125],
};

const cluster: Cluster = {
  nodes: 4,
  machine: { cores: 16, nodesHere: 1, clientUs: 0, syncMs: 0.5 },
  // A thousand bytes of a message in each packet, 99 more for its head and half an acknowledgement.
  network: { oneWayMs: 1, bitsPerSecond: 1e9, packetBytesMax: 1052, shared: false },
  rules: { windowBatches: 4, batchCommands: 100 },
  sizes: {
    commands: { head: 0, each: 100 },
    entries: { head: 0, each: 100 },
    results: { head: 0, each: 50 },
    vote: 100,
  },
};

const close = (actual: number | undefined, expected: number): boolean =>
  Math.abs((actual ?? Number.NaN) / expected - 1) < 1e-6;

test("a leader sends each command to every other node, and everyone hears two votes of each", (t) => {
  t.deepEqual(countsOf({ nodes: 4, leads: true, commands: 100, batches: 2 }), [100, 2, 12, 100, 300]);
  t.deepEqual(countsOf({ nodes: 4, leads: false, commands: 100, batches: 2 }), [100, 2, 12, 0, 0]);
  t.deepEqual(countsOf({ nodes: 1, leads: true, commands: 5, batches: 1 }), [5, 1, 0, 5, 0]);
});

test("the example worked by hand: four machines", (t) => {
  const leader = { nodes: 4, leads: true, commands: 100, batches: 1 };
  // Receiver 100 + 10 + 6 * 2, verifier 1000, sender 50 + 4 + 6 + 25 + 37.5.
  t.is(threadUs(model, "sender", leader), 122.5);
  t.is(nodeUs(model, leader), 122 + 1000 + 122.5);
  const { limits, limitedBy, commandsPerSecond, leaderBytes, allBytes, ...rest } = predict(model, cluster);
  // AE 10,990 on the wire, CMDR 5,495, vote 199: 3 AE, 6 votes, a CMDR; and all nodes with the client's 10,990.
  t.is(leaderBytes, (3 * 10_990 + 6 * 199 + 5495) / 100);
  t.is(allBytes, (10_990 + 3 * 10_990 + 24 * 199 + 4 * 5495) / 100);
  const limit = (name: string) => limits.find((one) => one.name === name)?.commandsPerSecond;
  t.true(close(limit("processors"), 16e6 / 12.445));
  t.true(close(limit("thread sender"), 1e6 / 1.225));
  t.true(close(limit("verifying threads"), 8e6 / 10));
  t.true(close(limit("the leader's uplink"), 125e6 / 396.59));
  // Three trips, two syncs, 39,659 bytes, sender 122.5, receiver 122, verifier 1000 by eight threads.
  t.true(close(rest.batchMs, 3 + 1 + 0.317272 + 0.3695));
  t.true(close(limit("window of batches"), 400_000 / 4.686772));
  t.is(limitedBy, "window of batches");
  t.true(close(commandsPerSecond, 400_000 / 4.686772));
  // 1,940 bytes; sender 11.125, receiver 23, verifier 10; two more trips, receiver and verifier of the leader before.
  t.true(close(rest.aloneMs, 3 + 1 + 0.01552 + 0.044125 + 2 + 0.033));
  t.is(rest.followerUs, 11.82);
});

test("on one machine all nodes and the client share processors and wire", (t) => {
  const { limits } = predict(model, {
    ...cluster,
    machine: { cores: 2, nodesHere: 4, clientUs: 20, syncMs: 0.5 },
    network: { ...cluster.network, shared: true },
  });
  const limit = (name: string) => limits.find((one) => one.name === name)?.commandsPerSecond;
  t.true(close(limit("processors"), 2e6 / (12.445 + 3 * 11.82 + 20)));
  t.true(close(limit("verifying threads"), 1e6 / 10));
  t.true(close(limit("the shared wire"), 125e6 / 707.16));
});

test("a node alone sends nothing to others and waits for no trip between nodes", (t) => {
  const { batchMs, leaderBytes } = predict(model, { ...cluster, nodes: 1 });
  t.is(leaderBytes, 54.95);
  t.true(batchMs < 2);
});

test("costs are recovered from samples that they make", (t) => {
  const samples = [1, 4, 7, 10].flatMap((nodes) =>
    [1, 30, 1000].flatMap((size) =>
      [true, false].map((leads): Sample => {
        const work = { nodes, leads, commands: size * 5, batches: 5 };
        return { ...work, us: byThread((thread) => threadUs(model, thread, work)) };
      }),
    ),
  );
  const fitted = fitModel(samples);
  for (const thread of ["receiver", "verifier", "sender", "log"] as const) {
    for (const [i, cost] of model[thread].entries()) {
      t.true(Math.abs((fitted[thread][i] ?? Number.NaN) - cost) < 1e-6, `${thread} ${i}: ${fitted[thread][i]}`);
    }
  }
});

test("repetitions are put together", (t) => {
  const work = { nodes: 4, leads: true, commands: 30, batches: 3 };
  const sample = (us: number): Sample => ({ ...work, us: byThread(() => us) });
  const [one, ...rest] = mergeAlike([sample(1), { ...sample(7), leads: false }, sample(2)]);
  t.deepEqual(one, { ...work, commands: 60, batches: 6, us: byThread(() => 3) });
  t.is(rest.length, 1);
});

test("threads are known by what Linux keeps of their names", (t) => {
  t.is(threadOf("node0/receiver"), "receiver");
  t.is(threadOf("node0/commit-tr"), "commit-tracker");
  t.is(threadOf("node12/commit-t"), "commit-tracker");
  t.is(threadOf("node12/consensu"), "consensus");
  t.is(threadOf("node0/verify-3"), "verifier");
  t.is(threadOf("node0/log"), "log");
  t.is(threadOf("node0/lo"), "other");
  t.is(threadOf("V8Worker"), "other");
});
