import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { sha256, sha256Into } from "../../pools/sha256.ts";

test("it is SHA-256, wherever it is written", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, at) => {
      const expected = createHash("sha256").update(bytes).digest();
      t.deepEqual(Buffer.from(sha256(bytes)), expected);
      const into = new Uint8Array(64).fill(7);
      sha256Into(bytes, into, at);
      t.deepEqual(Buffer.from(into.subarray(at, at + 32)), expected);
      t.true(into.every((byte, i) => (i >= at && i < at + 32) || byte === 7));
    }),
  );
});
