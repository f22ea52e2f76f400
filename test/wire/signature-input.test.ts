import { createHash } from "node:crypto";
import test from "ava";
import { sha256 } from "../../pools/sha256.ts";
import { encodeEnvelope, encodeSigned, senderOf } from "../../wire/envelope.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import { bodies } from "./bodies.ts";
import { cluster, engine, isClients, seedFor } from "./cluster.ts";
import { reasonAgainst } from "./judge.ts";
import { hexOf } from "./plain.ts";

const bulk = ["commandBatch", "relay", "appendEntries", "syncResponse", "commandResponse", "queryResponse"];

for (const body of bodies) {
  const signed = encodeSigned(cluster, senderOf(body), body);
  const digest = createHash("sha256").update(signed).digest();
  const byDigest = Buffer.concat([Buffer.from("juno/bulk"), digest]);
  const isBulk = bulk.includes(body.$case);

  test(`${body.$case}: signed ${isBulk ? "by its digest" : "as it is"}, and a signature made the other way is refused`, (t) => {
    t.is(hexOf(signatureInput(sha256, body.$case, signed)), hexOf(isBulk ? byDigest : signed));
    const entrance = isClients(body) ? "client" : "peer";
    const frame = (input: Uint8Array) => encodeEnvelope(signed, engine.sign(input, seedFor(body)));
    t.is(reasonAgainst(entrance, frame(isBulk ? byDigest : signed)), "");
    t.is(reasonAgainst(entrance, frame(isBulk ? signed : byDigest)), "invalid signature");
    t.is(reasonAgainst(entrance, frame(digest)), "invalid signature", "not without the tag");
  });
}
