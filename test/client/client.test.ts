import test, { type ExecutionContext } from "ava";
import { type ConnectOptions, connect, type JunoClient } from "../../client/client.ts";
import { StillPending } from "../../client/job.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import type { RequestId } from "../../wire/types.ts";
import { type Manner, startTestCluster, type TestCluster, type TestValidator, testClient } from "./test-cluster.ts";

type Limits = NonNullable<ConnectOptions["limits"]>;

const fourHonest: readonly Manner[] = ["honest", "honest", "honest", "honest"];

/** Short waits, so that repeats can be seen. */
const quick: Limits = { minMs: 150, maxMs: 600 };

async function setUp(
  t: ExecutionContext,
  manners: readonly Manner[],
  limits: Limits = {},
): Promise<{ cluster: TestCluster; client: JunoClient }> {
  const cluster = await startTestCluster(manners);
  const client = await connect({
    genesis: cluster.genesis,
    client: testClient,
    secretSeed: cluster.clientKey.secretSeed,
    urls: cluster.urls,
    limits,
  });
  t.teardown(async () => {
    await client.close();
    await cluster.close();
  });
  return { cluster, client };
}

function textOf(receipt: { readonly outcome: Uint8Array }): string {
  const decoded = decodeOutcome(receipt.outcome);
  return decoded.ok ? decoded.outcome.text : decoded.reason;
}

function at(cluster: TestCluster, i: number): TestValidator {
  const validator = cluster.validators[i];
  if (validator === undefined) throw new Error(`no validator ${i}`);
  return validator;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits for all connections: what is sent before may go to whoever was connected first. */
async function allConnected(client: JunoClient): Promise<void> {
  await until(() => client.status().validators.every(({ connected }) => connected));
}

test("a command is greeted, answered by f+1, and sent to one validator only", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await allConnected(client);
  const receipt = await client.send("CreateAccount Acct1");
  t.is(textOf(receipt), 'Created Account: "Acct1"');
  t.is(receipt.index, 1 as typeof receipt.index);
  t.is(receipt.nodes.length, 2);
  t.true(receipt.latencyMs > 0);
  const sent = cluster.validators.map(({ commands }) => commands);
  t.is(
    sent.reduce((sum, count) => sum + count, 0),
    1,
  );
  await until(() => cluster.validators.every(({ frames }) => frames.hello === 1));
});

test("one liar of four changes nothing and is told apart", async (t) => {
  const { cluster, client } = await setUp(t, ["lying", "honest", "honest", "honest"]);
  await allConnected(client);
  at(cluster, 1).delayMs = 30;
  at(cluster, 2).delayMs = 30;
  const receipt = await client.send("CreateAccount Acct1");
  t.is(textOf(receipt), 'Created Account: "Acct1"');
  t.false(receipt.nodes.some((node) => Number(node) === 1));
  t.is(client.status().validators.find(({ id }) => id === 1)?.disagreed, 1);
});

test("two liars of four, more than may lie, are believed: that is what f means", async (t) => {
  const { cluster, client } = await setUp(t, ["lying", "lying", "honest", "honest"]);
  await allConnected(client);
  at(cluster, 2).delayMs = 200;
  at(cluster, 3).delayMs = 200;
  t.is(textOf(await client.send("CreateAccount Acct1")), "whatever you like to hear");
});

for (const [manner, reason] of [
  ["forging", "invalid signature"],
  ["meddling", "answer of another validator than the one dialed"],
] as const) {
  test(`a ${manner} validator is refused: ${reason}`, async (t) => {
    const { cluster, client } = await setUp(t, [manner, "honest", "honest", "honest"]);
    await allConnected(client);
    for (const validator of cluster.validators.slice(1)) validator.delayMs = 30;
    const receipt = await client.send("CreateAccount Acct1");
    t.false(receipt.nodes.some((node) => Number(node) === 1));
    t.is(client.status().rejected[reason], 1);
  });
}

test("a first validator that swallows commands costs one silence, then another one is chosen", async (t) => {
  const { cluster, client } = await setUp(t, ["deaf", "honest", "honest", "honest"], quick);
  await allConnected(client);
  t.is(textOf(await client.send("CreateAccount Acct1")), 'Created Account: "Acct1"');
  const { repeated, preferred } = client.status();
  t.true(repeated >= 1);
  t.not(preferred, 1);
  const before = at(cluster, 0).commands;
  t.is(textOf(await client.send("CreateAccount Acct2")), 'Created Account: "Acct2"');
  t.is(at(cluster, 0).commands, before);
});

test("who says that it leads gets the commands", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await allConnected(client);
  at(cluster, 2).leading = true;
  // Its word must be among the first f+1, for later ones are not looked at.
  for (const i of [0, 1, 3]) at(cluster, i).delayMs = 30;
  await client.send("CreateAccount Acct1");
  t.is(client.status().preferred, 3);
  await client.send("CreateAccount Acct2");
  t.is(at(cluster, 2).commands, 1);
});

test("a command repeated to all takes effect once, and its recorded answer counts", async (t) => {
  const { cluster, client } = await setUp(t, ["silent", "silent", "silent", "silent"], quick);
  await allConnected(client);
  const waiting = client.send("CreateAccount Acct1");
  await until(() => cluster.validators.every(({ commands }) => commands > 0));
  for (const validator of cluster.validators) validator.manner = "honest";
  const receipt = await waiting;
  t.is(textOf(receipt), 'Created Account: "Acct1"');
  t.is(Number(receipt.index), 1);
});

test("nothing is sent while too few validators are there for an agreement, and all once they are", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await Promise.all([0, 1, 2].map((i) => at(cluster, i).listener.close()));
  await until(() => client.status().validators.filter(({ connected }) => connected).length === 1);
  const error = await t.throwsAsync(client.send("CreateAccount Acct1", { signal: AbortSignal.timeout(350) }), {
    instanceOf: StillPending,
    message: "given up before anything was sent",
  });
  t.deepEqual(error?.requests, []);
  t.is(at(cluster, 3).commands, 0);
});

test("one validator that is away costs a short wait at the start, no more", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await at(cluster, 0).listener.close();
  const receipt = await client.send("CreateAccount Acct1");
  t.is(receipt.nodes.length, 2);
  t.is(client.status().repeated, 0);
});

test("what is under way is sent again on a new connection, without waiting for silence", async (t) => {
  const { cluster, client } = await setUp(t, ["silent", "silent", "silent", "silent"], {
    minMs: 60_000,
    maxMs: 60_000,
  });
  await allConnected(client);
  const waiting = client.send("CreateAccount Acct1");
  await until(() => cluster.validators.some(({ commands }) => commands > 0));
  for (const validator of cluster.validators) {
    validator.manner = "honest";
    for (const connection of validator.connections) connection.close("restarted");
  }
  t.is(textOf(await waiting), 'Created Account: "Acct1"');
});

test("too few addresses for an agreement are refused", async (t) => {
  const cluster = await startTestCluster(fourHonest);
  t.teardown(cluster.close);
  const { genesis, clientKey, urls } = cluster;
  const options = { genesis, client: testClient, secretSeed: clientKey.secretSeed, urls: urls.slice(3) };
  await t.throwsAsync(connect(options), {
    message: /1 validators are listed, but only 2 equal answers count; list all/,
  });
});

test("an abort names the request, which may still take effect, and frees its place", async (t) => {
  const { client } = await setUp(t, ["silent", "silent", "silent", "silent"], { requestsMax: 1 });
  await allConnected(client);
  const error = await t.throwsAsync(client.send("CreateAccount Acct1", { signal: AbortSignal.timeout(100) }), {
    instanceOf: StillPending,
  });
  t.is(error?.requests.length, 1);
  t.regex(error?.message ?? "", /^request \d{16} may still take effect$/);
  t.is(client.status().inFlight, 0);
  const aborted = AbortSignal.abort();
  const never = await t.throwsAsync(client.send("CreateAccount Acct1", { signal: aborted }), {
    instanceOf: StillPending,
  });
  t.deepEqual(never?.requests, []);
});

test("request numbers ascend, across clients with the same key too", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  const first = await client.send("CreateAccount Acct1");
  const other = await connect({
    genesis: cluster.genesis,
    client: testClient,
    secretSeed: cluster.clientKey.secretSeed,
    urls: cluster.urls,
  });
  t.teardown(() => other.close());
  const second = await other.send("CreateAccount Acct2");
  const third = await client.send("CreateAccount Acct3");
  t.true(first.request < second.request && second.request < third.request);
});

test("a batch goes out in few messages and its receipts come in order", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await allConnected(client);
  const names = Array.from({ length: 2500 }, (_, i) => `Acct${i}`);
  const receipts = await Promise.all(client.sendBatch(names.map((name) => `CreateAccount ${name}`)));
  t.deepEqual(
    receipts.map(textOf),
    names.map((name) => `Created Account: "${name}"`),
  );
  const [first] = cluster.validators.filter(({ commands }) => commands > 0);
  t.is(first?.frames.commandBatch, 3);
  t.is(first?.frames.command, undefined);
});

test("many commands go out in a message each", async (t) => {
  const { cluster, client } = await setUp(t, fourHonest);
  await allConnected(client);
  const receipts = await Promise.all(client.sendMany(Array.from({ length: 300 }, (_, i) => `CreateAccount A${i}`)));
  t.is(new Set(receipts.map(({ request }) => request)).size, 300);
  const [first] = cluster.validators.filter(({ commands }) => commands > 0);
  t.is(first?.frames.command, 300);
  t.is(first?.frames.commandBatch, undefined);
});

for (const batched of [true, false]) {
  test(`a flood ${batched ? "in batches" : "one by one"} never has more under way than the limit, and settles all`, async (t) => {
    const { client } = await setUp(t, fourHonest, { requestsMax: 100 });
    const settled: RequestId[] = [];
    let most = 0;
    const payloads = function* () {
      for (let i = 0; i < 1000; i++) {
        most = Math.max(most, client.status().inFlight);
        yield "transfer(Acct1->Acct2, 1%1)";
      }
    };
    await client.flood(payloads(), { batched, onReceipt: ({ request }) => settled.push(request) });
    t.is(settled.length, 1000);
    t.is(new Set(settled).size, 1000);
    t.true(most > 10 && most <= 100, `${most}`);
    t.is(client.status().repeated, 0);
  });
}

test("jobs take turns: a command sent during a flood does not wait for its end", async (t) => {
  const { client } = await setUp(t, fourHonest, { requestsMax: 200 });
  let done = 0;
  const payloads = Array.from({ length: 3000 }, () => "transfer(Acct1->Acct2, 1%1)");
  const flood = client.flood(payloads, { batched: true, onReceipt: () => done++ });
  await until(() => done > 0);
  await client.send("CreateAccount Acct1");
  t.true(done < 3000, `${done}`);
  await flood;
  t.is(done, 3000);
});

test("a lost connection is dialed again, greeted again, and goes on being used", async (t) => {
  const { client, cluster } = await setUp(t, fourHonest, quick);
  await allConnected(client);
  await client.send("CreateAccount Acct1");
  await at(cluster, 0).listener.close();
  await until(() => client.status().validators[0]?.connected === false);
  t.is(textOf(await client.send("CreateAccount Acct2")), 'Created Account: "Acct2"');
  t.not(client.status().preferred, 1);
});

test("a payload longer than the wire takes is refused at once, one that just fits is sent", async (t) => {
  const { client } = await setUp(t, ["honest"]);
  await t.throwsAsync(client.send(new Uint8Array(64 * 1024 + 1)), { instanceOf: RangeError, message: /split it/ });
  t.regex(textOf(await client.send(new Uint8Array(64 * 1024))), /^Parse error/);
});

test("closing gives up what is under way, and refuses what comes after", async (t) => {
  const { client } = await setUp(t, ["silent"]);
  await allConnected(client);
  const waiting = client.send("CreateAccount Acct1");
  const error = t.throwsAsync(waiting, { instanceOf: StillPending, message: /may still take effect/ });
  await until(() => client.status().inFlight === 1);
  await client.close();
  await error;
  await t.throwsAsync(client.send("CreateAccount Acct1"), { instanceOf: StillPending });
});

test("a wrong address is one clear line", async (t) => {
  const cluster = await startTestCluster(["honest"]);
  t.teardown(cluster.close);
  const options = { genesis: cluster.genesis, client: testClient, secretSeed: cluster.clientKey.secretSeed };
  await t.throwsAsync(connect({ ...options, urls: [{ id: 1, url: "http://localhost" }] }), {
    message: /^validator 1: .*write tcp:/,
  });
});
