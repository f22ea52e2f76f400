import { createHash, randomBytes } from "node:crypto";
import { Point } from "@noble/ed25519";
import test from "ava";
import fc from "fast-check";
import { type Engine, type EngineName, engineNames, loadEngine } from "../../pools/engine.ts";
import { opensslEngine } from "../../pools/openssl.ts";
import { checkPublicKey, generateKeyPair } from "../../pools/public-key.ts";
import { bytesOf, encodingOf, numberOf, smallOrderEncodings, torsionPoints } from "./odd-encodings.ts";

const { n: order } = Point.CURVE();
const engines: readonly Engine[] = await Promise.all(engineNames.map(loadEngine));
const reference: Engine = await loadEngine("noble");

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** RFC 8032 §7.1, tests 1 to 3. */
const rfc8032 = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

/** Checks one input on every engine: all must say what is expected. */
function allSay(expected: boolean, signature: Uint8Array, message: Uint8Array, key: Uint8Array): string[] {
  return engines
    .filter((engine) => engine.verify(signature, message, key) !== expected)
    .map(
      (engine) =>
        `${engine.name} does not say ${expected}: ${Buffer.from(join(key, signature, message)).toString("hex")}`,
    );
}

test("engines are four, each under its own name", (t) => {
  t.deepEqual(
    engines.map((engine): EngineName => engine.name),
    ["simd", "sodium", "openssl", "noble"],
  );
});

for (const engine of engines) {
  test(`${engine.name} signs and verifies RFC 8032's cases`, (t) => {
    for (const { seed, key, message, signature } of rfc8032) {
      t.deepEqual(Uint8Array.from(engine.sign(hex(message), hex(seed))), hex(signature));
      t.true(engine.verify(hex(signature), hex(message), hex(key)));
    }
  });

  test(`${engine.name} signs with the seed's bytes, not with its array`, (t) => {
    const [first, second] = [generateKeyPair(), generateKeyPair()];
    const seed = Uint8Array.from(first.secretSeed);
    const message = Buffer.from("who signs?");
    t.true(engine.verify(engine.sign(message, seed), message, first.publicKey));
    seed.set(second.secretSeed);
    t.true(engine.verify(engine.sign(message, seed), message, second.publicKey));
    t.throws(() => engine.sign(message, seed.subarray(1)));
  });

  test(`${engine.name} reads shared memory and parts of larger arrays`, (t) => {
    const { publicKey, secretSeed } = generateKeyPair();
    const message = randomBytes(100);
    const memory = new Uint8Array(new SharedArrayBuffer(500));
    memory.set(publicKey, 5);
    memory.set(engine.sign(message, secretSeed), 101);
    memory.set(message, 303);
    const verify = (): boolean =>
      engine.verify(memory.subarray(101, 165), memory.subarray(303, 403), memory.subarray(5, 37));
    t.true(verify());
    memory[303] = (memory[303] ?? 0) ^ 1;
    t.false(verify());
  });

  test(`${engine.name} refuses every other length, of valid bytes too`, (t) => {
    const { publicKey, secretSeed } = generateKeyPair();
    const message = Buffer.from("lengths");
    const signature = engine.sign(message, secretSeed);
    t.true(engine.verify(signature, message, publicKey));
    for (const length of [0, 1, 32, 63, 65, 66, 96, 128]) {
      const other = new Uint8Array(length);
      other.set(signature.subarray(0, length));
      t.false(engine.verify(other, message, publicKey), `signature of ${length} bytes`);
    }
    for (const length of [0, 1, 31, 33, 64]) {
      const other = new Uint8Array(length);
      other.set(publicKey.subarray(0, length));
      t.false(engine.verify(signature, message, other), `key of ${length} bytes`);
    }
  });
}

test("openssl forgets old keys, not their verdicts", (t) => {
  const message = Buffer.from("many keys");
  const { publicKey, secretSeed } = generateKeyPair();
  const signature = opensslEngine.sign(message, secretSeed);
  t.true(opensslEngine.accepts(signature, message, publicKey));
  for (let number = 0; number < 5000; number++) {
    if (opensslEngine.accepts(signature, message, bytesOf(BigInt(number)))) t.fail(`valid under key ${number}`);
  }
  t.true(opensslEngine.accepts(signature, message, publicKey));
});

test("small-order encodings are eight canonical ones and six others", (t) => {
  t.is(torsionPoints.length, 8);
  t.is(new Set(smallOrderEncodings.map((encoding) => Buffer.from(encoding).toString("hex"))).size, 14);
});

test("S = 0 is valid with every small-order A and R, however encoded", (t) => {
  for (const key of smallOrderEncodings) {
    for (const R of smallOrderEncodings) {
      t.deepEqual(allSay(true, join(R, bytesOf(0n)), Buffer.from("Zcash"), key), []);
    }
  }
});

test("any S below the order is valid under a small-order key with R = S B plus small order", (t) => {
  for (const [number, key] of smallOrderEncodings.entries()) {
    const S = randomScalar();
    const R = Point.BASE.multiply(S).add(torsionPoints[number % 8] ?? Point.ZERO);
    t.deepEqual(allSay(true, join(R.toBytes(), bytesOf(S)), Buffer.from("any"), key), []);
    t.deepEqual(allSay(false, join(R.toBytes(), bytesOf((S + 1n) % order)), Buffer.from("any"), key), []);
  }
});

test("A and R with components of small order are valid in all 64 combinations", (t) => {
  const message = Buffer.from("mixed order");
  for (const inKey of torsionPoints) {
    for (const inR of torsionPoints) {
      const { key, signature } = signatureBy(message, inKey, inR);
      t.deepEqual(allSay(true, signature, message, key), []);
    }
  }
});

test("the same signatures are invalid with another message", (t) => {
  for (const [number, inKey] of torsionPoints.entries()) {
    const { key, signature } = signatureBy(Buffer.from("one"), inKey, torsionPoints[7 - number] ?? Point.ZERO);
    t.deepEqual(allSay(false, signature, Buffer.from("another"), key), []);
  }
});

test("S of the order and more is invalid, though congruent", (t) => {
  const message = Buffer.from("malleable");
  const { publicKey, secretSeed } = generateKeyPair();
  const signature = reference.sign(message, secretSeed);
  const S = numberOf(signature.subarray(32));
  t.deepEqual(allSay(true, signature, message, publicKey), []);
  for (let multiple = 1n; S + multiple * order < 1n << 256n; multiple++) {
    const other = join(signature.subarray(0, 32), bytesOf(S + multiple * order));
    t.deepEqual(allSay(false, other, message, publicKey), []);
  }
  const [small = new Uint8Array(32)] = smallOrderEncodings;
  for (const congruentToZero of [order, 2n * order, 8n * order]) {
    t.deepEqual(allSay(false, join(small, bytesOf(congruentToZero)), message, small), []);
  }
});

test("what is not a point is invalid as A and as R", (t) => {
  const message = Buffer.from("no point");
  const [small = new Uint8Array(32)] = smallOrderEncodings;
  const notPoints = Array.from({ length: 60 }, (_, y) => encodingOf(BigInt(y), y % 2 === 1)).filter((bytes) => {
    const key = checkPublicKey(bytes);
    return !key.ok && key.reason.includes("not a point");
  });
  t.true(notPoints.length > 10);
  for (const bytes of notPoints) {
    t.deepEqual(allSay(false, join(small, bytesOf(0n)), message, bytes), []);
    t.deepEqual(allSay(false, join(bytes, bytesOf(0n)), message, small), []);
  }
});

test("one flipped bit in signature, message or key: all engines agree, and it is invalid", (t) => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
  const keyPair = generateKeyPair();
  fc.assert(
    fc.property(bytes, fc.constantFrom("signature", "message", "key"), fc.nat(), (message, where, at) => {
      const parts = {
        signature: Uint8Array.from(reference.sign(message, keyPair.secretSeed)),
        message: Uint8Array.from(message),
        key: Uint8Array.from(keyPair.publicKey),
      };
      const part = parts[where];
      const bit = at % (part.length * 8);
      part[bit >> 3] = (part[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return allSay(false, parts.signature, parts.message, parts.key).length === 0;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test("any bytes of any length: all engines agree and none throws", (t) => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.oneof(
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.constantFrom(...smallOrderEncodings).map((each) => join(each, new Uint8Array(length - 32))),
      fc.uint8Array({ maxLength: 100 }),
    );
  fc.assert(
    fc.property(bytes(64), fc.uint8Array({ maxLength: 40 }), bytes(32), (signature, message, key) => {
      return allSay(reference.verify(signature, message, key), signature, message, key).length === 0;
    }),
    { numRuns: 200 },
  );
  t.pass();
});

function randomScalar(): bigint {
  return numberOf(randomBytes(40)) % order;
}

/** Signs as RFC 8032 does, but with components of small order in the key and in R. */
function signatureBy(message: Uint8Array, inKey: Point, inR: Point): { key: Uint8Array; signature: Uint8Array } {
  const [a, r] = [randomScalar(), randomScalar()];
  const key = Point.BASE.multiply(a).add(inKey).toBytes();
  const R = Point.BASE.multiply(r).add(inR).toBytes();
  const k = numberOf(createHash("sha512").update(R).update(key).update(message).digest()) % order;
  return { key, signature: join(R, bytesOf((r + k * a) % order)) };
}
