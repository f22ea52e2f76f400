import { hash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { createMatching, type Matching, takeFrame } from "../../client/matching.ts";
import { addRequest, createPending } from "../../client/pending.ts";
import { nobleEngine } from "../../pools/noble.ts";
import { generateKeyPair } from "../../pools/public-key.ts";
import { sha256 } from "../../pools/sha256.ts";
import { leafHash } from "../../wire/chain.ts";
import { encodeEnvelope, encodeSigned } from "../../wire/envelope.ts";
import { seal } from "../../wire/signature-input.ts";
import type { Body, ClientId, Digest, LogIndex, NodeId, RequestId, Result } from "../../wire/types.ts";

const cluster = new Uint8Array(32).fill(1) as Digest;
const client = 5 as ClientId;
const keys = Array.from({ length: 7 }, () => generateKeyPair());
const node = (id: number) => id as NodeId;

function matchingOf(validators: number): Matching {
  return createMatching(
    {
      cluster,
      client,
      validators: new Map(keys.slice(0, validators).map(({ publicKey }, i) => [node(i), publicKey])),
      verify: nobleEngine.verify,
      hash: (bytes) => hash("sha256", bytes, "buffer"),
    },
    createPending({ requestsMax: 100, bytesMax: 100_000 }),
  );
}

function expectRequests(matching: Matching, ...requests: number[]): void {
  for (const request of requests) addRequest(matching.pending, request as RequestId, new Uint8Array(10), 0);
}

const result = (request: number, text: string, index = request): Result => ({
  request: request as RequestId,
  index: index as LogIndex,
  outcome: new TextEncoder().encode(text),
});

type Spec = {
  from: number;
  results: Result[];
  signer?: number;
  client?: number;
  cluster?: Digest;
  keyOf?: number;
  leading?: boolean;
};

function frameOf({
  from,
  results,
  signer = from,
  client: to = client,
  cluster: at = cluster,
  keyOf = from,
  leading = false,
}: Spec) {
  const body: Body = {
    $case: "commandResponse",
    value: { node: node(from), client: to as ClientId, results, leading },
  };
  const signed = encodeSigned(at, signer, body);
  const key = keys[keyOf];
  if (key === undefined) throw new Error("no such key");
  return seal(sha256, body.$case, signed, (input) => nobleEngine.sign(input, key.secretSeed));
}

const take = (matching: Matching, from: number, ...results: Result[]) =>
  takeFrame(matching, node(from), frameOf({ from, results }));

for (const [validators, agreeing] of [
  [1, 1],
  [3, 1],
  [4, 2],
  [6, 2],
  [7, 3],
] as const) {
  test(`of ${validators} validators, ${agreeing} equal answers settle a request and ${agreeing - 1} do not`, (t) => {
    const matching = matchingOf(validators);
    expectRequests(matching, 1);
    for (let from = 0; from < agreeing - 1; from++) t.deepEqual(take(matching, from, result(1, "yes")), []);
    const [agreement] = take(matching, agreeing - 1, result(1, "yes"));
    t.is(agreement?.request, 1 as RequestId);
    t.deepEqual(
      agreement?.nodes,
      Array.from({ length: agreeing }, (_, from) => node(from)),
    );
    t.is(new TextDecoder().decode(agreement?.outcome), "yes");
    t.is(matching.pending.requests.size, 0);
    t.is(matching.pending.bytes, 0);
  });
}

test("f liars who agree with each other settle nothing, and are told apart once the honest have answered", (t) => {
  const matching = matchingOf(7);
  expectRequests(matching, 1);
  t.deepEqual(take(matching, 0, result(1, "lie")), []);
  t.deepEqual(take(matching, 1, result(1, "lie")), []);
  t.deepEqual(take(matching, 2, result(1, "truth")), []);
  t.deepEqual(take(matching, 3, result(1, "truth")), []);
  const [agreement] = take(matching, 4, result(1, "truth"));
  t.is(new TextDecoder().decode(agreement?.outcome), "truth");
  t.deepEqual(
    [...matching.disagreed],
    [
      [node(0), 1],
      [node(1), 1],
    ],
  );
});

test("that a number was taken counts for the command that is named, once f+1 say so", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  const taken = (command: Uint8Array): Result => {
    return { request: 1 as RequestId, index: 0 as LogIndex, outcome: leafHash(sha256, command) };
  };
  // Another process with this client's key is told of its own command.
  for (const from of [0, 1, 2]) t.deepEqual(take(matching, from, taken(new Uint8Array(9))), []);
  t.deepEqual(take(matching, 0, taken(new Uint8Array(10))), []);
  t.is(take(matching, 1, taken(new Uint8Array(10)))[0]?.index, 0 as LogIndex);
  t.is(matching.pending.requests.size, 0);
});

test("an equal outcome at another index is another answer", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  t.deepEqual(take(matching, 0, result(1, "yes", 8)), []);
  t.deepEqual(take(matching, 1, result(1, "yes", 9)), []);
  t.is(take(matching, 2, result(1, "yes", 9)).length, 1);
});

test("one validator counts once, whether it repeats or changes its answer", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  t.deepEqual(take(matching, 0, result(1, "a"), result(1, "a")), []);
  t.deepEqual(take(matching, 0, result(1, "a")), []);
  t.is(matching.disagreed.size, 0);
  t.deepEqual(take(matching, 0, result(1, "b")), []);
  t.is(matching.disagreed.get(node(0)), 1);
  t.deepEqual(take(matching, 1, result(1, "b")), []);
  t.is(take(matching, 2, result(1, "a")).length, 1);
});

test("late answers settle nothing and are counted, without a look at their signature", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  take(matching, 0, result(1, "yes"));
  take(matching, 1, result(1, "yes"));
  t.deepEqual(takeFrame(matching, node(2), frameOf({ from: 2, results: [result(1, "yes")], keyOf: 3 })), []);
  t.deepEqual([...matching.late], [[node(2), 1]]);
  t.is(matching.rejected.size, 0);
});

test("a frame may settle some requests and not others", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1, 2, 3);
  take(matching, 0, result(1, "a"), result(3, "c"));
  const settled = take(matching, 1, result(1, "a"), result(2, "b"), result(3, "other"));
  t.deepEqual(
    settled.map(({ request }) => Number(request)),
    [1],
  );
  t.deepEqual([...matching.pending.requests.keys()].map(Number), [2, 3]);
});

test("a hash of an outcome never stands for the outcome", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  const long = "x".repeat(1000);
  const digest = new Uint8Array(hash("sha256", new TextEncoder().encode(long), "buffer"));
  take(matching, 0, { ...result(1, ""), outcome: digest });
  t.deepEqual(take(matching, 1, result(1, long)), []);
  const [agreement] = take(matching, 2, result(1, long));
  t.is(agreement?.outcome.length, 1000);
});

test("what is kept of an outcome does not pin its frame", (t) => {
  const matching = matchingOf(1);
  expectRequests(matching, 1);
  const [agreement] = take(matching, 0, result(1, "yes"), result(2, "y".repeat(5000)));
  t.is(agreement?.outcome.buffer.byteLength, 3);
});

const refusals: [string, Spec, number, string][] = [
  [
    "another signer than the sender named",
    { from: 0, results: [result(1, "a")], signer: 1 },
    0,
    "signer is not the sender named in the body",
  ],
  [
    "an answer on another validator's connection",
    { from: 0, results: [result(1, "a")] },
    1,
    "answer of another validator than the one dialed",
  ],
  ["an answer to another client", { from: 0, results: [result(1, "a")], client: 6 }, 0, "answer to another client"],
  [
    "an answer of another cluster",
    { from: 0, results: [result(1, "a")], cluster: new Uint8Array(32) as Digest },
    0,
    "another cluster",
  ],
  ["a signature by another validator", { from: 0, results: [result(1, "a")], keyOf: 1 }, 0, "invalid signature"],
  ["an answer of somebody who is no validator", { from: 6, results: [result(1, "a")] }, 6, "not a validator"],
];
for (const [title, spec, connection, reason] of refusals) {
  test(`refuses ${title}`, (t) => {
    const matching = matchingOf(4);
    expectRequests(matching, 1);
    t.deepEqual(takeFrame(matching, node(connection), frameOf(spec)), []);
    t.deepEqual([...matching.rejected], [[reason, 1]]);
    t.deepEqual(matching.pending.requests.get(1 as RequestId)?.claims, []);
  });
}

test("only a signed answer to something under way can say who leads", (t) => {
  const matching = matchingOf(4);
  expectRequests(matching, 1);
  takeFrame(matching, node(0), frameOf({ from: 0, results: [result(2, "a")], leading: true }));
  takeFrame(matching, node(0), frameOf({ from: 0, results: [result(1, "a")], leading: true, keyOf: 1 }));
  t.is(matching.leading, undefined);
  takeFrame(matching, node(1), frameOf({ from: 1, results: [result(1, "a")], leading: true }));
  t.is(matching.leading, node(1));
});

test("refuses other messages of a validator", (t) => {
  const matching = matchingOf(4);
  const signed = encodeSigned(cluster, 0, { $case: "timeout", value: { term: 1 as never, node: node(0) } });
  takeFrame(matching, node(0), encodeEnvelope(signed, nobleEngine.sign(signed, keys[0]?.secretSeed ?? signed)));
  t.deepEqual([...matching.rejected], [["not an answer", 1]]);
});

// A changed request id makes an answer late, which needs no signature.
test("whatever bytes come, nothing is thrown and nothing settled", (t) => {
  const good = frameOf({ from: 0, results: [result(1, "a")] });
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
      const matching = matchingOf(1);
      expectRequests(matching, 1);
      const bad = good.slice(0, cut ? at : good.length);
      if (!cut) bad[at] = (bad[at] ?? 0) ^ flip;
      return takeFrame(matching, node(0), bad).length === 0 && matching.rejected.size + matching.late.size === 1;
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test("in whatever order f liars and the others answer, what settles is the truth, exactly once", (t) => {
  const truth = frameFor("truth");
  const lie = frameFor("lie");
  fc.assert(
    fc.property(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }),
      fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 2 }),
      (order, liars) => {
        const matching = matchingOf(7);
        expectRequests(matching, 1);
        const settled = order.flatMap((from) =>
          takeFrame(matching, node(from), (liars.includes(from) ? lie : truth)(from)),
        );
        return settled.length === 1 && new TextDecoder().decode(settled[0]?.outcome) === "truth";
      },
    ),
    { numRuns: 30 },
  );
  t.pass();
});

function frameFor(text: string): (from: number) => Uint8Array {
  const frames = keys.map((_, from) => frameOf({ from, results: [result(1, text)] }));
  return (from) => frames[from] ?? new Uint8Array();
}
