/** Queries are believed when f+1 validators say the same of one place, whatever the others say and however fast the log grows. */
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { createQueries, type Queries } from "../../client/queries.ts";
import { sha256 } from "../../pools/sha256.ts";
import { encodeEnvelope, encodeSigned, open } from "../../wire/envelope.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import type { Body, ClientId, LogIndex, NodeId, RequestId } from "../../wire/types.ts";
import { cluster, engine, members, seedOfClient, seedOfNode } from "../wire/cluster.ts";

const client = 7 as ClientId;
const question = Uint8Array.of(1, 2, 3);
const ids = [0, 1, 2, 3] as const;

/** How a validator answers: at the place it is asked for if that is ahead of it, else where it is. */
type Validator = {
  /** The last entry applied. */
  readonly at: () => number;
  readonly said: (index: number) => Uint8Array | undefined;
  readonly key?: number;
  readonly node?: number;
};

const honest = (at: () => number): Validator => ({ at, said: (index) => Uint8Array.of(index % 251) });

function setUp(t: ExecutionContext, validators: readonly Validator[]): { queries: Queries; asked: number[][] } {
  const asked: number[][] = validators.map(() => []);
  const answer = async (id: number, frame: Uint8Array): Promise<void> => {
    const validator = validators[id];
    const opened = open(frame, cluster);
    if (validator === undefined || !opened.ok || opened.value.body.$case !== "query") throw new Error("not a query");
    const { request, index } = opened.value.body.value;
    asked[id]?.push(index);
    const isAhead = index > validator.at();
    const until = performance.now() + 100;
    while (validator.at() < index && performance.now() < until) await delay(1);
    const place = isAhead && validator.at() >= index ? index : validator.at();
    const outcome = validator.said(place);
    if (outcome === undefined) return;
    const node = (validator.node ?? id) as NodeId;
    const value = { node, client, request, index: place as LogIndex, outcome };
    const body: Body = { $case: "queryResponse", value };
    const signed = encodeSigned(cluster, node, body);
    const signature = engine.sign(signatureInput(sha256, body.$case, signed), seedOfNode(validator.key ?? id));
    queries.take(id as NodeId, encodeEnvelope(signed, signature));
  };
  const queries = createQueries({
    config: {
      cluster,
      client,
      validators: members.validators,
      verify: engine.verify,
      hash: sha256,
    },
    query: (request: RequestId, index: LogIndex, asking: Uint8Array) => {
      const body: Body = { $case: "query", value: { client, request, index, question: asking } };
      const signed = encodeSigned(cluster, client, body);
      return encodeEnvelope(signed, engine.sign(signed, seedOfClient(client)));
    },
    send: (frame, node) => {
      for (const id of node === undefined ? ids : [node]) void answer(id, frame);
    },
  });
  t.teardown(() => queries.stop());
  return { queries, asked };
}

const four = (at: () => number): Validator[] => ids.map(() => honest(at));

test("on a log that stands still one round is enough", async (t) => {
  const { queries, asked } = setUp(
    t,
    four(() => 42),
  );
  const { index, outcome, nodes } = await queries.ask(question, {});
  t.is(index, 42);
  t.deepEqual([...outcome], [42]);
  t.is(nodes.length, 2);
  await delay(30);
  t.deepEqual(asked, [[0], [0], [0], [0]]);
});

test("one that lies, is silent, forges, or speaks in another's name changes nothing", async (t) => {
  const others: readonly Partial<Validator>[] = [
    { said: () => Uint8Array.of(99) },
    { said: () => undefined },
    { key: 3 },
    { node: 1 },
    { at: () => 1_000_000_000 },
    { at: () => 1 },
  ];
  for (const other of others) {
    const { queries } = setUp(t, [{ ...honest(() => 42), ...other }, ...four(() => 42).slice(1)]);
    const { index, outcome, nodes } = await queries.ask(question, { signal: AbortSignal.timeout(20_000) });
    t.is(index, 42);
    t.deepEqual([...outcome], [42]);
    t.false(nodes.includes(0));
  }
});

test("on a log that grows the validators meet at a place ahead of them", async (t) => {
  const startedAt = performance.now();
  // Some thousand entries a second, and validators that are up to 30 apart; one says that it is far ahead.
  const at = (behind: number) => () => Math.floor(performance.now() - startedAt) * 2 + 1000 - behind;
  const validators = [0, 10, 20, 30].map((behind) => honest(at(behind)));
  validators[3] = { ...honest(() => 10_000_000), said: () => Uint8Array.of(1) };
  const { queries } = setUp(t, validators);
  for (let i = 0; i < 5; i++) {
    const { index, outcome } = await queries.ask(question, { signal: AbortSignal.timeout(20_000) });
    t.deepEqual([...outcome], [index % 251]);
    t.true(index <= at(0)());
  }
});

test("no answer is of an earlier place than what was asked for", async (t) => {
  let applied = 10;
  const { queries } = setUp(
    t,
    four(() => applied),
  );
  const answer = queries.ask(question, { atLeast: 12, signal: AbortSignal.timeout(20_000) });
  await delay(150);
  applied = 12;
  t.is((await answer).index, 12);
});

test("the signal and the end of the client end the waiting", async (t) => {
  const { queries } = setUp(
    t,
    four(() => 10).map((one) => ({ ...one, said: () => undefined })),
  );
  await t.throwsAsync(queries.ask(question, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  await t.throwsAsync(queries.ask(question, { signal: AbortSignal.abort(new Error("no")) }), { message: "no" });
  const waiting = queries.ask(question, {});
  queries.stop();
  await t.throwsAsync(waiting, { message: "the client is closed" });
  await t.throwsAsync(queries.ask(question, {}), { message: "the client is closed" });
});

test("other frames are left to others", (t) => {
  const { queries } = setUp(
    t,
    four(() => 10),
  );
  const body: Body = {
    $case: "commandResponse",
    value: { node: 0 as NodeId, client, results: [], leading: false },
  };
  const signed = encodeSigned(cluster, 0, body);
  t.false(queries.take(0 as NodeId, encodeEnvelope(signed, new Uint8Array(64))));
  t.false(queries.take(0 as NodeId, new Uint8Array(0)));
});
