import test from "ava";
import fc from "fast-check";
import { encodeSigned } from "../../wire/envelope.ts";
import { encodeResponse, putResult, resultBytesOver } from "../../wire/results.ts";
import type { ClientId, LogIndex, NodeId, RequestId } from "../../wire/types.ts";
import { cluster } from "./cluster.ts";
import { hexOf } from "./plain.ts";

const id = fc.oneof(fc.constantFrom(0, 1, 127, 128, 0xffff_ffff), fc.nat(0xffff_ffff));
const position = fc.oneof(fc.constantFrom(1, 127, 128, 2 ** 32, 2 ** 53 - 1), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
const outcome = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(20_000).fill(5)));
const results = fc.array(
  fc.record({ request: position, index: position, outcome }).map(({ request, index, outcome: bytes }) => ({
    request: request as RequestId,
    index: index as LogIndex,
    outcome: bytes,
  })),
  { maxLength: 8 },
);

test("results made once are byte for byte what the schema's codec makes", (t) => {
  fc.assert(
    fc.property(id, id, results, fc.boolean(), (node, client, list, leading) => {
      const room = list.reduce((sum, { outcome: bytes }) => sum + bytes.length + resultBytesOver, 0);
      const encoded = new Uint8Array(room);
      let end = 0;
      for (const { request, index, outcome: bytes } of list) {
        const next = putResult(encoded, end, request, index, bytes);
        t.true(next - end <= bytes.length + resultBytesOver);
        end = next;
      }
      const own = encodeResponse(cluster, node as NodeId, client as ClientId, encoded.subarray(0, end), leading);
      const value = { node: node as NodeId, client: client as ClientId, results: list, leading };
      t.is(hexOf(own), hexOf(encodeSigned(cluster, node, { $case: "commandResponse", value })));
    }),
    { numRuns: 300 },
  );
});
