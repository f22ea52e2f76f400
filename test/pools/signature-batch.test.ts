import { createHash } from "node:crypto";
import test from "ava";
import { loadEngine } from "../../pools/engine.ts";
import { generateKeyPair } from "../../pools/public-key.ts";
import {
  assertBatch,
  checkAt,
  checkCount,
  leafAt,
  leafCount,
  type SignatureBatch,
} from "../../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../../pools/signature-batch-builder.ts";
import { verifyBatch } from "../../pools/verify-batch.ts";
import { sampleBatch } from "./sample-batch.ts";

const engine = await loadEngine("sodium");

test("the builder places sources one after another and keeps each key once", (t) => {
  const [first, second] = [generateKeyPair().publicKey, generateKeyPair().publicKey];
  const builder = new SignatureBatchBuilder();
  const a = builder.addSource(Uint8Array.from({ length: 101 }, (_, at) => at));
  const b = builder.addSource(new Uint8Array(0));
  const c = builder.addSource(Uint8Array.from({ length: 70 }, (_, at) => 200 - at));
  t.deepEqual([a, b, c], [0, 101, 101]);
  t.is(builder.addCheck(a + 1, a + 37, a + 37, first), 0);
  t.is(builder.addCheck(c, c + 6, c + 6, second), 1);
  // Another array with the same bytes is the same key.
  t.is(builder.addCheck(a, a, c + 6, Uint8Array.from(first)), 2);
  t.is(builder.addLeaf(c + 1, c + 70), 0);
  t.deepEqual([builder.checkCount, builder.leafCount, builder.dataBytes], [3, 1, 171]);

  const { batch, sourceStarts } = builder.build();
  t.deepEqual(sourceStarts, [0, 101, 101]);
  t.deepEqual([checkCount(batch), leafCount(batch)], [3, 1]);
  t.deepEqual(checkAt(batch, 1), { messageStart: 101, messageEnd: 107, signatureStart: 107, keyNumber: 1 });
  t.is(checkAt(batch, 2).keyNumber, 0);
  t.deepEqual(leafAt(batch, 0), { start: 102, end: 171 });
  t.deepEqual(batch.keys, Uint8Array.from(Buffer.concat([first, second])));
  t.deepEqual(Array.from(batch.data.subarray(99, 104)), [99, 100, 200, 199, 198]);
  t.is(batch.data.length, 171);
});

test("the builder makes one piece of memory, shared unless said otherwise", (t) => {
  for (const [memory, kind] of [
    ["shared", SharedArrayBuffer],
    ["own", ArrayBuffer],
  ] as const) {
    const { data, checks, keys, leaves } = sampleBatch(engine, 3, () => false, memory);
    t.true(data.buffer instanceof kind);
    t.is(new Set([data.buffer, checks.buffer, keys.buffer, leaves.buffer]).size, 1);
  }
  t.true(new SignatureBatchBuilder().build().batch.data.buffer instanceof SharedArrayBuffer);
});

test("the builder refuses a key of another length", (t) => {
  t.throws(() => new SignatureBatchBuilder().addCheck(0, 0, 0, new Uint8Array(31)), { message: /32 bytes, not 31/ });
});

test("a bad signature hurts no other check, in every position", (t) => {
  for (let bad = 0; bad < 6; bad++) {
    const { valid } = verifyBatch(
      engine,
      sampleBatch(engine, 6, (number) => number === bad, "own"),
    );
    t.deepEqual(
      Array.from(valid),
      [0, 1, 2, 3, 4, 5].map((number) => (number === bad ? 0 : 1)),
    );
  }
});

test("a leaf is SHA-256 of tag and range, whatever its signature is worth", (t) => {
  const batch = sampleBatch(engine, 4, (number) => number === 2, "own");
  const { leaves } = verifyBatch(engine, batch);
  t.is(leaves.length, 4 * 32);
  for (let number = 0; number < 4; number++) {
    const { start, end } = leafAt(batch, number);
    const expected = createHash("sha256").update("juno/cmd").update(batch.data.subarray(start, end)).digest("hex");
    t.is(Buffer.from(leaves.subarray(number * 32, number * 32 + 32)).toString("hex"), expected);
  }
});

test("an empty message and an empty leaf count like any other", (t) => {
  const { publicKey, secretSeed } = generateKeyPair();
  for (const memory of ["shared", "own"] as const) {
    const builder = new SignatureBatchBuilder(memory);
    const at = builder.addSource(engine.sign(new Uint8Array(0), secretSeed));
    builder.addCheck(at + 64, at + 64, at, publicKey);
    builder.addLeaf(at, at);
    const { valid, leaves } = verifyBatch(engine, builder.build().batch);
    t.deepEqual(Array.from(valid), [1]);
    t.is(Buffer.from(leaves).toString("hex"), createHash("sha256").update("juno/cmd").digest("hex"));
  }
});

test("an empty batch has an empty verdict", (t) => {
  const { valid, leaves } = verifyBatch(engine, new SignatureBatchBuilder().build().batch);
  t.deepEqual([valid.length, leaves.length], [0, 0]);
});

test("offsets that leave the data are a broken invariant, at the last byte too", (t) => {
  const batchOf = (checks: readonly number[], leaves: readonly number[] = []): SignatureBatch => ({
    data: new Uint8Array(100),
    checks: Uint32Array.from(checks),
    keys: new Uint8Array(64),
    leaves: Uint32Array.from(leaves),
  });
  t.notThrows(() => assertBatch(batchOf([0, 100, 36, 1], [0, 100, 100, 100])));
  t.throws(() => assertBatch(batchOf([0, 101, 36, 1])), { message: /message inside/ });
  t.throws(() => assertBatch(batchOf([7, 6, 36, 1])), { message: /message inside/ });
  t.throws(() => assertBatch(batchOf([0, 100, 37, 1])), { message: /signature inside/ });
  t.throws(() => assertBatch(batchOf([0, 100, 36, 2])), { message: /key in the batch/ });
  t.throws(() => assertBatch(batchOf([0, 100, 36, 1], [0, 101])), { message: /leaf 0/ });
  t.throws(() => assertBatch(batchOf([0, 100, 36])), { message: /whole checks/ });
  t.throws(() => assertBatch(batchOf([], [1])), { message: /whole checks/ });
});
