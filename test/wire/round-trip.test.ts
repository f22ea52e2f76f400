import test from "ava";
import fc from "fast-check";
import { publicKeyOf } from "../../pools/public-key.ts";
import { domainOf } from "../../wire/domain.ts";
import { encodeEnvelope, encodeSigned, open, senderOf } from "../../wire/envelope.ts";
import type { BodyCase } from "../../wire/types.ts";
import { arbitraryBodies } from "./arbitrary-body.ts";
import { bodyOf } from "./bodies.ts";
import { cluster, engine, frameOf, seedOfNode } from "./cluster.ts";
import { hexOf, plain } from "./plain.ts";

const publicKey = publicKeyOf(seedOfNode(0));

for (const kind of Object.keys(domainOf) as BodyCase[]) {
  test(`${kind}: what is written is read, byte for byte the same when written again`, (t) => {
    fc.assert(
      fc.property(arbitraryBodies[kind], (body) => {
        const signed = encodeSigned(cluster, senderOf(body), body);
        const signature = engine.sign(signed, seedOfNode(0));
        const opened = open(encodeEnvelope(signed, signature), cluster);
        if (!opened.ok) throw new Error(opened.reason);
        t.is(opened.value.signer, senderOf(body));
        t.deepEqual(plain(opened.value.body), plain(body));
        t.is(hexOf(opened.value.signed), hexOf(signed));
        t.is(hexOf(encodeSigned(cluster, opened.value.signer, opened.value.body)), hexOf(signed));
        return engine.verify(opened.value.signature, opened.value.signed, publicKey);
      }),
      { numRuns: 60 },
    );
  });
}

test("what is opened shares the frame's memory, so that nothing is copied", (t) => {
  const frame = frameOf(bodyOf("timeout"));
  const opened = open(frame, cluster);
  t.true(opened.ok && opened.value.signed.buffer === frame.buffer && opened.value.signature.buffer === frame.buffer);
});
