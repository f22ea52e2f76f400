import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { encodeEnvelope, encodeSigned, open } from "../../wire/envelope.ts";
import { commandsPerMessageMax } from "../../wire/limits.ts";
import { createResponseReader } from "../../wire/response-reader.ts";
import type { ClientId, LogIndex, NodeId, RequestId, Result } from "../../wire/types.ts";
import { bodyOf } from "./bodies.ts";
import { cluster, commandOf, frameOf } from "./cluster.ts";
import { hexOf } from "./plain.ts";
import { block, bytesOf, scalar, tag, text, varint } from "./raw-message.ts";

const reader = createResponseReader(cluster);
const signature = new Uint8Array(64).fill(3);

/** What `open` says, in the reader's terms; undefined where these bytes are no answer with results. */
function opened(frame: Uint8Array): object | undefined {
  const result = open(frame, cluster);
  if (!result.ok || result.value.body.$case !== "commandResponse") return undefined;
  const { signed, body } = result.value;
  const { node, client, leading, results } = body.value;
  if (results.length === 0) return undefined;
  const rows = results.map(({ request, index, outcome }) => [request, index, hexOf(outcome)]);
  return { node, client, leading, rows, signed: hexOf(signed), signature: hexOf(result.value.signature) };
}

function read(frame: Uint8Array): object | undefined {
  if (!reader.read(frame)) return undefined;
  const { node, client, leading, signedStart, signedEnd, signatureStart } = reader;
  const rows = Array.from({ length: reader.count }, (_, row) => [
    reader.requests[row],
    reader.indexes[row],
    hexOf(frame.subarray(reader.outcomeStarts[row], reader.outcomeEnds[row])),
  ]);
  const signed = hexOf(frame.subarray(signedStart, signedEnd));
  return { node, client, leading, rows, signed, signature: hexOf(frame.subarray(signatureStart, signatureStart + 64)) };
}

/** The reader says what `open` says. */
function agree(t: ExecutionContext, frame: Uint8Array): boolean {
  const expected = opened(frame);
  t.deepEqual(read(frame), expected);
  return expected !== undefined;
}

function answer(node: number, client: number, results: readonly Result[], leading: boolean): Uint8Array {
  const value = { node: node as NodeId, client: client as ClientId, results: [...results], leading };
  return encodeEnvelope(encodeSigned(cluster, node, { $case: "commandResponse", value }), signature);
}

function resultOf(request: number, index: number, outcome: Uint8Array): Result {
  return { request: request as RequestId, index: index as LogIndex, outcome };
}

test("it reads what open reads: any ids, results and outcomes", (t) => {
  const ids = fc.oneof(fc.constantFrom(0, 1, 127, 128, 0xffff_ffff), fc.nat(0xffff_ffff));
  const numbers = fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 53 - 1), fc.maxSafeNat());
  const result = fc.tuple(numbers, numbers, fc.uint8Array({ maxLength: 200 })).map((parts) => resultOf(...parts));
  const results = fc.array(result, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(ids, ids, results, fc.boolean(), (node, client, rows, leading) => {
      t.true(agree(t, answer(node, client, rows, leading)));
    }),
    { numRuns: 300 },
  );
});

const frame = answer(
  2,
  7,
  [
    resultOf(300, 5, Buffer.from("some outcome")),
    resultOf(301, 0, new Uint8Array(0)),
    resultOf(0, 6, Buffer.from("x")),
  ],
  true,
);

test("with a flipped, cut or added byte anywhere it takes what open takes", (t) => {
  t.true(agree(t, frame));
  let taken = 0;
  for (let at = 0; at < frame.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = frame.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      if (agree(t, flipped)) taken++;
    }
    agree(t, frame.subarray(0, at));
    agree(t, Uint8Array.from([...frame.subarray(0, at), 0, ...frame.subarray(at)]));
    agree(t, Uint8Array.from([...frame.subarray(0, at), ...frame.subarray(at + 1)]));
  }
  agree(t, Uint8Array.from([...frame, 0]));
  t.true(taken > 100, "flips inside outcomes, numbers and the signature change what is said, not its form");
});

/** An answer whose body is written by hand. */
function raw(...body: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  const content = body.flatMap((part) => [...part]);
  return encodeEnvelope(bytesOf(text(1, "juno/cmdr"), block(2, cluster), scalar(3, 2), block(13, content)), signature);
}
const head = [...scalar(1, 2), ...scalar(2, 7)];

const forms: readonly [string, Uint8Array, boolean][] = [
  ["as it should be", raw(head, block(3, [...scalar(1, 9), ...scalar(2, 4), ...block(3, [1, 2])])), true],
  ["a result with nothing in it", raw(head, block(3, [])), true],
  ["an empty outcome written out", raw(head, block(3, [...scalar(1, 9), ...block(3, [])])), false],
  ["a 0 written out", raw(head, block(3, [...tag(1, 0), ...varint(0)])), false],
  ["fields out of order", raw(head, block(3, [...scalar(2, 4), ...scalar(1, 9)])), false],
  ["something behind the outcome", raw(head, block(3, [...scalar(1, 9), ...block(3, [1]), ...scalar(4, 1)])), false],
  ["leading twice", raw(head, block(3, [...scalar(1, 9)]), scalar(4, 1), scalar(4, 1)), false],
  ["leading as 2", raw(head, block(3, [...scalar(1, 9)]), scalar(4, 2)), false],
  ["leading before the results", raw(head, scalar(4, 1), block(3, [...scalar(1, 9)])), false],
  ["another node than the signer", raw(scalar(1, 3), scalar(2, 7), block(3, [...scalar(1, 9)])), false],
  ["a result longer than the answer", raw(head, [...tag(3, 2), ...varint(50), 1]), false],
];
for (const [name, bytes, taken] of forms) {
  test(`${name}: ${taken ? "taken" : "refused"}`, (t) => {
    t.is(agree(t, bytes), taken);
  });
}

test("as many results as a message may have, and one more", (t) => {
  const results = Array.from({ length: commandsPerMessageMax + 1 }, (_, i) =>
    resultOf(i + 1, i + 1, new Uint8Array(1)),
  );
  t.true(agree(t, answer(1, 7, results.slice(1), false)));
  t.false(agree(t, answer(1, 7, results, false)));
  t.true(agree(t, frame), "what was read before leaves nothing behind");
});

test("nothing else is an answer with results", (t) => {
  t.false(agree(t, answer(1, 7, [], true)));
  t.false(agree(t, commandOf(7, 1, Buffer.from("x"))));
  for (const kind of ["hello", "commandBatch", "commitVote", "appendEntries"] as const) {
    t.false(agree(t, frameOf(bodyOf(kind))), kind);
  }
  t.false(agree(t, new Uint8Array(0)));
});
