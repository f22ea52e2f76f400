import test from "ava";
import { encodeEnvelope, encodeSigned, open } from "../../wire/envelope.ts";
import type { NodeId, Term } from "../../wire/types.ts";
import { bodyOf } from "./bodies.ts";
import { cluster, engine, seedOfNode } from "./cluster.ts";
import { block, bytesOf, type Field, scalar, tag, text, varint } from "./raw-message.ts";

const malformed = "malformed or non-canonical message";

// A Timeout of node 2 for term 5, field by field.
const domain = text(1, "juno/to");
const id = block(2, cluster);
const signer = scalar(3, 2);
const term = scalar(1, 5);
const node = scalar(2, 2);
const timeout = (...fields: readonly Field[]): Field => block(24, fields.flat());
const body = timeout(term, node);

/** What `open` says of these fields as a signed message; "" where it opens. */
function verdict(...fields: readonly Field[]): string {
  const signed = bytesOf(...fields);
  const result = open(encodeEnvelope(signed, engine.sign(signed, seedOfNode(2))), cluster);
  return result.ok ? "" : result.reason;
}

test("written by hand as the specification says, it opens", (t) => {
  t.is(verdict(domain, id, signer, body), "");
  const value = { term: 5 as Term, node: 2 as NodeId };
  t.deepEqual(bytesOf(domain, id, signer, body), encodeSigned(cluster, 2, { $case: "timeout", value }));
});

const refused: readonly [string, readonly Field[], string?][] = [
  ["fields of the message in another order", [id, domain, signer, body]],
  ["the body before the signer", [domain, id, body, signer]],
  ["fields of the body in another order", [domain, id, signer, timeout(node, term)]],
  ["a padded tag", [domain, id, [...tag(3, 0, 1), 2], body]],
  ["a padded number", [domain, id, [...tag(3, 0), ...varint(2, 1)], body]],
  ["a padded length", [domain, [...tag(2, 2), ...varint(32, 1), ...cluster], signer, body]],
  ["a padded number in the body", [domain, id, signer, timeout([...tag(1, 0), ...varint(5, 3)], node)]],
  ["a number padded to ten bytes", [domain, id, signer, timeout([...tag(1, 0), ...varint(5, 9)], node)]],
  ["a default written out", [domain, id, signer, timeout(term, scalar(2, 0))]],
  ["an empty text written out", [text(1, ""), id, signer, body]],
  ["empty bytes written out", [domain, block(2, []), signer, body]],
  ["an unknown field", [domain, id, signer, scalar(4, 1), body]],
  ["an unknown field at the end", [domain, id, signer, body, block(29, [1])]],
  ["an unknown field in the body", [domain, id, signer, timeout(term, node, scalar(3, 1))]],
  ["field number 0", [domain, id, signer, [0, 0], body]],
  ["a number given twice", [domain, id, signer, signer, body]],
  ["bytes given twice", [domain, id, id, signer, body]],
  ["a body given twice", [domain, id, signer, body, body]],
  ["a body in two pieces", [domain, id, signer, timeout(term), timeout(node)]],
  ["two bodies", [domain, id, signer, block(21, [...term, ...node]), body]],
  ["a number of 32 fixed bits", [domain, id, [...tag(3, 5), 2, 0, 0, 0], body]],
  ["a number of 64 fixed bits", [domain, id, signer, timeout([...tag(1, 1), 5, 0, 0, 0, 0, 0, 0, 0], node)]],
  ["a number as bytes", [domain, id, block(3, [2]), body]],
  ["bytes as a number", [domain, scalar(2, 7), signer, body]],
  ["a group", [domain, id, signer, tag(24, 3), term, node, tag(24, 4)]],
  ["a number above 32 bits", [domain, id, scalar(3, 2 ** 32), body]],
  ["a number above 32 bits that would wrap to the right one", [domain, id, scalar(3, 2 ** 32 + 2), body]],
  ["a negative number", [domain, id, signer, timeout(scalar(1, 2n ** 64n - 1n), node)]],
  ["2^53", [domain, id, signer, timeout(scalar(1, 2 ** 53), node)]],
  ["2^53 + 1, which a double cannot tell from 2^53", [domain, id, signer, timeout(scalar(1, 2n ** 53n + 1n), node)]],
  ["2^56, one byte longer", [domain, id, signer, timeout(scalar(1, 2n ** 56n), node)]],
  ["a varint without end", [domain, id, signer, timeout(term, [...tag(2, 0), 0x82])]],
  ["a length beyond the end", [domain, id, signer, [...tag(24, 2), 5, ...term, ...node]]],
  ["a length of 2^31", [domain, id, signer, [...tag(24, 2), ...varint(2 ** 31), ...term, ...node]]],
  ["a tag without anything", [domain, id, signer, tag(24, 2)]],
  ["nothing", [], "message without body"],
  ["no body", [domain, id, signer], "message without body"],
  ["no domain", [id, signer, body], "domain tag of another message"],
  ["no cluster", [domain, signer, body], "another cluster"],
  ["no signer", [domain, id, body], "signer is not the sender named in the body"],
  [
    "a byte order mark before the domain",
    [text(1, "\ufeffjuno/to"), id, signer, body],
    "domain tag of another message",
  ],
  ["a domain that is no UTF-8", [block(1, [0xff, 0xfe]), id, signer, body], "domain tag of another message"],
  ["a domain with a zero behind it", [text(1, "juno/to\0"), id, signer, body], "domain tag of another message"],
];

for (const [what, fields, reason] of refused) {
  test(`refused: ${what}`, (t) => t.is(verdict(...fields), reason ?? malformed));
}

test("a truth other than 1 is refused, and so is an untruth written out", (t) => {
  const vote = bodyOf("requestVoteResponse").value;
  const point = block(4, [...scalar(1, 3), ...scalar(2, 200), ...block(3, vote.lock?.hash ?? [])]);
  const said = (...granted: readonly Field[]): string => {
    const fields = [scalar(1, 5), scalar(2, 2), scalar(3, 1), point, ...granted];
    return verdict(text(1, "juno/rvr"), id, signer, block(26, fields.flat()));
  };
  t.is(said(), "");
  t.is(said(scalar(5, 1)), "");
  t.is(said(scalar(5, 0)), malformed);
  t.is(said(scalar(5, 2)), malformed);
  t.is(said([...tag(5, 0), ...varint(1, 1)]), malformed);
});

test("certificates may not end in two ways, nor lists be torn apart", (t) => {
  const certificate = [...scalar(1, 5), ...scalar(2, 300), ...block(3, new Uint8Array(32))];
  const entry = block(4, [...scalar(1, 5), ...block(2, [1, 2, 3])]);
  const head = [scalar(1, 2), scalar(2, 298), block(3, new Uint8Array(32))];
  const said = (...rest: readonly Field[]): string =>
    verdict(text(1, "juno/sync!"), id, signer, block(28, [...head, ...rest].flat()));
  t.is(said(entry, entry, block(5, certificate)), "");
  t.is(said(entry, entry, block(6, certificate)), "");
  t.is(said(block(5, certificate), block(6, certificate)), malformed);
  t.is(said(block(5, certificate), block(5, certificate)), malformed);
  t.is(said(entry, block(5, certificate), entry), malformed);
});

test("the envelope is held to the same form", (t) => {
  const signed = bytesOf(domain, id, signer, body);
  const signature = engine.sign(signed, seedOfNode(2));
  const said = (...fields: readonly Field[]): string => {
    const result = open(bytesOf(...fields), cluster);
    return result.ok ? "" : result.reason;
  };
  const first = block(1, signed);
  const second = block(2, signature);
  t.is(said(first, second), "");
  const wrong: readonly (readonly Field[])[] = [
    [second, first],
    [first, first, second],
    [first, second, second],
    [first, second, scalar(3, 1)],
    [first, second, [0]],
    [[...tag(1, 2), ...varint(signed.length, 1), ...signed], second],
    [first, [...tag(2, 1), ...signature.subarray(0, 8)]],
    [first, block(2, [])],
  ];
  for (const fields of wrong) t.is(said(...fields), "malformed envelope");
  t.is(said(first), "signature is not 64 bytes");
  t.is(said(first, block(2, signature.subarray(1))), "signature is not 64 bytes");
  t.is(said(first, block(2, Uint8Array.of(...signature, 0))), "signature is not 64 bytes");
  t.is(said(second), "message without body");
});
