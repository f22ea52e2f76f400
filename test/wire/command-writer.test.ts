import test from "ava";
import fc from "fast-check";
import { commandWriter } from "../../wire/command-writer.ts";
import { encodeEnvelope, encodeSigned } from "../../wire/envelope.ts";
import type { ClientId, RequestId } from "../../wire/types.ts";
import { cluster, engine, seedOfClient } from "./cluster.ts";
import { hexOf } from "./plain.ts";

const ids = fc.oneof(fc.constantFrom(0, 1, 127, 128, 0xffff_ffff), fc.nat(0xffff_ffff));
const requests = fc.oneof(fc.constantFrom(1, 127, 128, 2 ** 32, 2 ** 53 - 1), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
const payloads = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(new Uint8Array(65_536).fill(7)));

test("commands written by hand are byte for byte what the schema's codec makes", (t) => {
  fc.assert(
    fc.property(ids, requests, payloads, (id, number, payload) => {
      const [client, request] = [id as ClientId, number as RequestId];
      // What stands for a signature shows which bytes were signed.
      const sign = (message: Uint8Array) =>
        Uint8Array.from({ length: 64 }, (_, i) => message[(i * 7) % message.length] ?? 0);
      const signed = encodeSigned(cluster, client, { $case: "command", value: { client, request, payload } });
      const written = commandWriter(cluster, client, sign)(request, payload);
      t.is(hexOf(written), hexOf(encodeEnvelope(signed, sign(signed))));
    }),
    { numRuns: 200 },
  );
});

test("the signature is over the signed bytes and nothing else", (t) => {
  const sign = (message: Uint8Array) => engine.sign(message, seedOfClient(7));
  const [client, request] = [7 as ClientId, 9 as RequestId];
  const payload = Buffer.from("ObserveAccounts");
  const signed = encodeSigned(cluster, client, { $case: "command", value: { client, request, payload } });
  t.is(hexOf(commandWriter(cluster, client, sign)(request, payload)), hexOf(encodeEnvelope(signed, sign(signed))));
});
