import { randomBytes } from "node:crypto";
import { Point } from "@noble/ed25519";
import test from "ava";
import { createBatchEquation } from "../../pools/batch-equation.ts";
import { type Engine, loadEngine } from "../../pools/engine.ts";
import { findInvalid } from "../../pools/find-invalid.ts";
import { nobleEngine } from "../../pools/noble.ts";
import { opensslEngine } from "../../pools/openssl.ts";
import { generateKeyPair } from "../../pools/public-key.ts";
import { numbersPerCheck } from "../../pools/signature-batch.ts";
import { createSimdEngine } from "../../pools/simd.ts";
import { sodiumEngine } from "../../pools/sodium.ts";
import { batchOf, type OneCheck, oneByOne, together } from "./batch-of.ts";
import { drawsOf, kinds, type Signer } from "./mutated-checks.ts";
import { bytesOf, numberOf, smallOrderEncodings } from "./odd-encodings.ts";

const engine: Engine = await loadEngine("simd");
const { n: order } = Point.CURVE();

const signers: readonly Signer[] = Array.from({ length: 16 }, newSigner);

function newSigner(): Signer {
  const { publicKey, secretSeed } = generateKeyPair();
  return { key: publicKey, sign: (message) => engine.sign(message, secretSeed) };
}

const signerOf = (number: number): Signer => signers[number % signers.length] ?? newSigner();

function honest(number: number, { key, sign }: Signer = signerOf(number), bytes = 100): OneCheck {
  const message = Buffer.from(`message ${number}`.padEnd(bytes, "."));
  return { key, message, signature: Uint8Array.from(sign(message)) };
}

/** R decodes and S is below the order, but the equation does not hold. */
function wrong(number: number, signer?: Signer): OneCheck {
  const check = honest(number, signer);
  return { ...check, message: Buffer.concat([check.message, Buffer.from("!")]) };
}

test("every small-order key with every small-order R, however encoded, among honest and wrong ones", (t) => {
  const odd = smallOrderEncodings.flatMap((key) =>
    smallOrderEncodings.map((R) => ({
      key,
      message: Buffer.from("Zcash"),
      signature: Uint8Array.from(Buffer.concat([R, new Uint8Array(32)])),
    })),
  );
  t.is(odd.length, 196);
  t.deepEqual(
    together(engine, odd),
    Array.from({ length: 196 }, () => true),
  );
  const among = odd.flatMap((check, number) => [check, number % 7 === 3 ? wrong(number) : honest(number)]);
  t.deepEqual(
    together(engine, among),
    among.map((_, at) => at % 2 === 0 || ((at - 1) / 2) % 7 !== 3),
  );
});

test("mutated and odd signatures have the reference's verdict, in batches and by themselves (3000, seeded)", (t) => {
  const draw = drawsOf(20_260_101);
  const seen = new Map<string, Set<boolean>>();
  for (let done = 0; done < 3000; ) {
    const length = 1 + draw(120);
    // Mostly honest batches, mostly bad ones, and mixed ones.
    const badPercent = [2, 30, 95][draw(3)] ?? 0;
    const chosen = Array.from({ length }, () => (draw(100) < badPercent ? 1 + draw(kinds.length - 1) : 0));
    const checks = chosen.map((kind) => (kinds[kind] ?? raise()).make(signerOf(draw(16)), draw));
    const valid = together(engine, checks);
    for (const [at, check] of checks.entries()) {
      const kind = kinds[chosen[at] ?? 0] ?? raise();
      // What sodium takes needs no second opinion (see one-verdict.ts), and noble takes a millisecond.
      const { signature, message, key } = check;
      const expected = sodiumEngine.accepts(signature, message, key) || nobleEngine.verify(signature, message, key);
      if (valid[at] !== expected || (kind.valid !== undefined && kind.valid !== expected)) {
        t.fail(`${kind.name}: ${Buffer.concat([key, signature, message]).toString("hex")} is ${expected}`);
      }
      seen.set(kind.name, (seen.get(kind.name) ?? new Set()).add(expected));
    }
    t.deepEqual(oneByOne(engine, checks), valid);
    done += length;
  }
  t.is(seen.size, kinds.length);
});

test("culprits are found exactly, wherever they are and in whatever way they are bad", (t) => {
  const [small = new Uint8Array(32)] = smallOrderEncodings;
  const ways: readonly ((number: number) => OneCheck)[] = [
    wrong,
    // S of the order and more.
    (number) => ({ ...honest(number), signature: new Uint8Array(64).fill(0xff) }),
    // R, then the key, that is no point: y = 2.
    (number) => ({ ...honest(number), signature: Uint8Array.from(Buffer.concat([bytesOf(2n), bytesOf(1n)])) }),
    (number) => ({ ...honest(number), key: bytesOf(2n) }),
    (number) => ({ ...honest(number), signature: Uint8Array.from(Buffer.concat([small, bytesOf(5n)])) }),
  ];
  const draw = drawsOf(3);
  for (const length of [1, 2, 3, 4, 5, 63, 64, 65, 255, 256, 257, 600]) {
    for (const bad of [0, 1, 2, length >> 1, length]) {
      const culprits = new Set(Array.from({ length: bad }, () => draw(length)));
      const checks = Array.from({ length }, (_, number) =>
        culprits.has(number) ? (ways[draw(ways.length)] ?? wrong)(number) : honest(number),
      );
      t.deepEqual(
        together(engine, checks),
        checks.map((_, number) => !culprits.has(number)),
      );
    }
  }
});

test("k culprits among 256 cost O(k log n) additions of points, counted", (t) => {
  const equation = createBatchEquation();
  const additions = (culprits: ReadonlySet<number>): number => {
    const checks = Array.from({ length: 256 }, (_, number) => (culprits.has(number) ? wrong(number) : honest(number)));
    const { data, checks: numbers } = batchOf(checks);
    for (const [at, { key }] of checks.entries()) {
      numbers[at * numbersPerCheck + 3] = equation.keys.find(key) ?? equation.keys.add(key);
    }
    equation.take(data, 0, data.length, numbers, 256);
    const before = equation.operations();
    const valid = new Uint8Array(256);
    findInvalid(256, equation, valid, 256);
    for (const [number, each] of valid.entries()) t.is(each, culprits.has(number) ? 0 : 1);
    return Number(equation.operations() - before);
  };
  const draw = drawsOf(8);
  const good = additions(new Set());
  for (let round = 0; round < 30; round++) {
    const culprits = new Set(Array.from({ length: 1 + draw(6) }, () => draw(256)));
    const more = additions(culprits) - good;
    // For each culprit and level, less than half of what the good batch costs.
    t.true(more <= culprits.size * Math.log2(256) * 0.5 * good, `${[...culprits]}: ${more} after ${good}`);
  }
  // All of them: a single check each, some hundred additions.
  t.true(additions(new Set(Array.from({ length: 256 }, (_, number) => number))) <= 256 * 110 + good);
});

test("errors that add up to nothing do not pass: each signature has a random factor of its own", (t) => {
  const shifted = ({ signature, ...rest }: OneCheck, by: bigint): OneCheck => {
    const S = (numberOf(signature.subarray(32)) + by + order) % order;
    return { ...rest, signature: Uint8Array.from(Buffer.concat([signature.subarray(0, 32), bytesOf(S)])) };
  };
  for (let round = 0; round < 20; round++) {
    const checks = Array.from({ length: 16 }, (_, number) => honest(number, signerOf(0)));
    const [first = raise(), second = raise()] = checks;
    checks[0] = shifted(first, 7n);
    checks[1] = shifted(second, -7n);
    t.deepEqual(together(engine, checks).indexOf(true), 2);
  }
});

test("keys that come and go: more than there are tables, once or often, by all ways at once", (t) => {
  const own = createSimdEngine(sodiumEngine, nobleEngine);
  const { keysMax } = createBatchEquation();
  const crowd = Array.from({ length: keysMax + 40 }, newSigner);
  const checks = crowd.flatMap((signer, number) => [
    number % 5 === 0 ? wrong(number, signer) : honest(number, signer),
    // One in three keys is used often enough to get tables in place of others.
    ...(number % 3 === 0 ? Array.from({ length: 5 }, (_, again) => honest(again, signer)) : []),
  ]);
  const expected = checks.map(({ message }) => !Buffer.from(message).includes("!"));
  for (let round = 0; round < 3; round++) {
    t.deepEqual(together(own, checks), expected);
    t.deepEqual(oneByOne(own, checks), expected);
  }
});

test("long messages, of any length about the limit and over it", (t) => {
  const { dataBytesMax } = createBatchEquation();
  const lengths = [dataBytesMax - 65, dataBytesMax - 64, dataBytesMax - 63, 3 * dataBytesMax];
  const checks = lengths.flatMap((bytes, number) => [honest(number), honest(number, undefined, bytes), wrong(number)]);
  const expected = checks.map((_, at) => at % 3 !== 2);
  t.deepEqual(together(engine, checks), expected);
  t.deepEqual(oneByOne(engine, checks), expected);
});

test("only what was asked for is written, in shared memory too", (t) => {
  const batch = batchOf(
    Array.from({ length: 20 }, (_, number) => (number === 9 ? wrong(number) : honest(number))),
    "shared",
  );
  const valid = new Uint8Array(20).fill(7);
  engine.many?.verify(batch, 5, 12, valid);
  t.deepEqual(Array.from(valid), [7, 7, 7, 7, 7, 1, 1, 1, 1, 0, 1, 1, 7, 7, 7, 7, 7, 7, 7, 7]);
});

test("the engine signs and checks without libsodium too", (t) => {
  const own = createSimdEngine(opensslEngine, nobleEngine);
  const { publicKey, secretSeed } = generateKeyPair();
  const message = randomBytes(50);
  const signature = Uint8Array.from(own.sign(message, secretSeed));
  t.true(own.verify(signature, message, publicKey));
  t.deepEqual(together(own, [{ signature, message, key: publicKey }, honest(1), wrong(2)]), [true, true, false]);
});

test("garbage costs at most three times what honest signatures do, each: the first batch of it, and the next", (t) => {
  const honestBatch = batchOf(Array.from({ length: 256 }, (_, number) => honest(number)));
  const garbage = batchOf(Array.from({ length: 256 }, (_, number) => wrong(number)));
  const valid = new Uint8Array(256);
  // Of this thread's processor time, since the machine has other work; its clock ticks in milliseconds, so that only sums tell.
  const micros = (batch: typeof garbage): number => {
    const start = process.threadCpuUsage();
    engine.many?.verify(batch, 0, 256, valid);
    const { user, system } = process.threadCpuUsage(start);
    return user + system;
  };
  const sums = { honest: 0, first: 0, next: 0 };
  const rounds = 100;
  for (let round = 0; round < rounds; round++) {
    // The first honest one only makes blocks long again.
    micros(honestBatch);
    sums.honest += micros(honestBatch);
    sums.first += micros(garbage);
    sums.next += micros(garbage);
    t.false(valid.includes(1));
  }
  t.log(`µs each: ${Object.entries(sums).map(([name, all]) => `${name} ${(all / rounds / 256).toFixed(1)}`)}`);
  t.true(sums.first <= 3 * sums.honest && sums.next <= 3 * sums.honest, JSON.stringify(sums));
});

function raise(): never {
  throw new Error("nothing there");
}
