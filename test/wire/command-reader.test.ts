import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { createCommandReader } from "../../wire/command-reader.ts";
import { encodeEnvelope, open } from "../../wire/envelope.ts";
import { payloadBytesMax } from "../../wire/limits.ts";
import { bodyOf } from "./bodies.ts";
import { cluster, commandOf, frameOf } from "./cluster.ts";
import { hexOf } from "./plain.ts";
import { block, bytesOf, type Field, scalar, tag, text, varint } from "./raw-message.ts";

const reader = createCommandReader(cluster);

/** What `open` says, in the reader's terms; undefined where these bytes are no command. */
function opened(bytes: Uint8Array): object | undefined {
  const result = open(bytes, cluster);
  if (!result.ok || result.value.body.$case !== "command") return undefined;
  const { signed, signature, body } = result.value;
  const { client, request, payload } = body.value;
  return { client, request, payload: hexOf(payload), signed: hexOf(signed), signature: hexOf(signature) };
}

function read(bytes: Uint8Array, start: number, end: number): object | undefined {
  if (!reader.read(bytes, start, end)) return undefined;
  const { client, request, payloadStart, payloadEnd, signedStart, signedEnd, signatureStart } = reader;
  return {
    client,
    request,
    payload: hexOf(bytes.subarray(payloadStart, payloadEnd)),
    signed: hexOf(bytes.subarray(signedStart, signedEnd)),
    signature: hexOf(bytes.subarray(signatureStart, signatureStart + 64)),
  };
}

/** The reader says what `open` says, wherever the bytes lie, and whatever lies around them. */
function agree(t: ExecutionContext, bytes: Uint8Array): boolean {
  const expected = opened(bytes);
  const around = new Uint8Array(bytes.length + 20).fill(0x0a);
  around.set(bytes, 7);
  t.deepEqual(read(bytes, 0, bytes.length), expected);
  t.deepEqual(read(around, 7, 7 + bytes.length), expected);
  return expected !== undefined;
}

const command = commandOf(7, 300, Buffer.from("transfer(Acct1->Acct2, 1%1)"));

test("it reads what open reads: any client, request and payload", (t) => {
  const ids = fc.oneof(fc.constantFrom(0, 1, 127, 128, 0xffff_ffff), fc.nat(0xffff_ffff));
  const requests = fc.oneof(fc.constantFrom(1, 127, 128, 2 ** 53 - 1), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
  const payloads = fc.uint8Array({ maxLength: 400 });
  const signature = new Uint8Array(64).fill(3);
  fc.assert(
    fc.property(ids, requests, payloads, (client, request, payload) => {
      const who = client === 0 ? [] : scalar(1, client);
      const signer = client === 0 ? [] : scalar(3, client);
      const content = [...who, ...scalar(2, request), ...(payload.length === 0 ? [] : block(3, payload))];
      const signed = bytesOf(text(1, "juno/cmd"), block(2, cluster), signer, block(10, content));
      t.true(agree(t, encodeEnvelope(signed, signature)));
    }),
    { numRuns: 300 },
  );
});

test("payloads at and above their limit", (t) => {
  t.true(agree(t, commandOf(7, 1, new Uint8Array(payloadBytesMax))));
  t.false(agree(t, commandOf(7, 1, new Uint8Array(payloadBytesMax + 1))));
});

test("with a flipped, cut or added byte anywhere it takes what open takes", (t) => {
  let taken = 0;
  for (let at = 0; at < command.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = command.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      if (agree(t, flipped)) taken++;
    }
    agree(t, command.subarray(0, at));
    agree(t, Uint8Array.from([...command.subarray(0, at), 0, ...command.subarray(at)]));
    agree(t, Uint8Array.from([...command.subarray(0, at), ...command.subarray(at + 1)]));
  }
  agree(t, Uint8Array.from([...command, 0]));
  // Bits of the signature, the payload and the request's number are for the signature check.
  t.true(taken > 64 * 8 && taken < command.length * 8);
});

const domain = text(1, "juno/cmd");
const id = block(2, cluster);
const signer = scalar(3, 7);
const client = scalar(1, 7);
const request = scalar(2, 9);
const payload = block(3, [1, 2, 3]);
const body = (...fields: readonly Field[]): Field => block(10, fields.flat());

const refused: readonly [string, readonly Field[]][] = [
  ["fields in another order", [domain, id, signer, body(request, client, payload)]],
  ["another domain", [text(1, "juno/cmx"), id, signer, body(client, request, payload)]],
  ["another cluster", [domain, block(2, new Uint8Array(32)), signer, body(client, request, payload)]],
  ["no domain", [id, signer, body(client, request, payload)]],
  ["a signer who is not the client", [domain, id, scalar(3, 8), body(client, request, payload)]],
  ["a signer left out", [domain, id, body(client, request, payload)]],
  ["a signer of 0 written out", [domain, id, scalar(3, 0), body(request, payload)]],
  ["a client of 0 written out", [domain, id, body(scalar(1, 0), request, payload)]],
  ["a request of 0", [domain, id, signer, body(client, scalar(2, 0), payload)]],
  ["no request", [domain, id, signer, body(client, payload)]],
  ["a request of 2^53", [domain, id, signer, body(client, scalar(2, 2n ** 53n), payload)]],
  ["a request of ten bytes", [domain, id, signer, body(client, scalar(2, 2n ** 64n - 1n), payload)]],
  ["a client of 2^32", [domain, id, scalar(3, 2 ** 32), body(scalar(1, 2 ** 32), request, payload)]],
  ["a padded number", [domain, id, signer, body([...tag(1, 0), ...varint(7, 1)], request, payload)]],
  ["a padded tag", [domain, id, signer, body([...tag(1, 0, 1), 7], request, payload)]],
  ["a padded length", [domain, id, signer, body(client, request, [...tag(3, 2), ...varint(3, 1), 1, 2, 3])]],
  ["an empty payload written out", [domain, id, signer, body(client, request, block(3, []))]],
  ["two payloads", [domain, id, signer, body(client, request, payload, payload)]],
  ["an unknown field in the body", [domain, id, signer, body(client, request, payload, scalar(4, 1))]],
  ["an unknown field behind the body", [domain, id, signer, body(client, request, payload), scalar(11, 1)]],
  ["a body twice", [domain, id, signer, body(client, request, payload), body(client, request, payload)]],
  ["a length beyond the end", [domain, id, signer, body(client, request, [...tag(3, 2), 200, 1, 2, 3])]],
];

for (const [name, fields] of refused) {
  test(`${name}: refused, as open does`, (t) => {
    t.false(agree(t, encodeEnvelope(bytesOf(...fields), new Uint8Array(64))));
  });
}

test("with these fields in order it is taken", (t) => {
  t.true(agree(t, encodeEnvelope(bytesOf(domain, id, signer, body(client, request, payload)), new Uint8Array(64))));
});

test("other messages are no commands", (t) => {
  for (const kind of ["hello", "commandBatch", "timeout", "appendEntries", "relay"] as const) {
    t.false(agree(t, frameOf(bodyOf(kind))), kind);
  }
});

test("a signature of another length is refused", (t) => {
  const signed = bytesOf(domain, id, signer, body(client, request, payload));
  for (const length of [0, 63, 65]) t.false(agree(t, encodeEnvelope(signed, new Uint8Array(length))), `${length}`);
});
