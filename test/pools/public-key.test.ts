import { Point } from "@noble/ed25519";
import test from "ava";
import fc from "fast-check";
import { loadEngine } from "../../pools/engine.ts";
import { checkPublicKey, generateKeyPair, publicKeyOf } from "../../pools/public-key.ts";
import { encodingOf, smallOrderEncodings, torsionPoints } from "./odd-encodings.ts";

const { p } = Point.CURVE();

function reasonOf(bytes: Uint8Array): string {
  const verdict = checkPublicKey(bytes);
  return verdict.ok ? "ok" : verdict.reason;
}

test("a generated key is taken, belongs to its seed, and is another one each time", async (t) => {
  const [first, second] = [generateKeyPair(), generateKeyPair()];
  const engine = await loadEngine("openssl");
  t.deepEqual(checkPublicKey(first.publicKey), { ok: true });
  t.deepEqual(publicKeyOf(first.secretSeed), first.publicKey);
  t.notDeepEqual(first.publicKey, second.publicKey);
  const message = Buffer.from("mine");
  t.true(engine.verify(engine.sign(message, first.secretSeed), message, first.publicKey));
  t.false(engine.verify(engine.sign(message, second.secretSeed), message, first.publicKey));
});

test("a seed of another length is a mistake of the caller", (t) => {
  t.throws(() => publicKeyOf(new Uint8Array(31)));
  t.throws(() => publicKeyOf(new Uint8Array(64)));
});

test("a key of another length is refused", (t) => {
  for (const length of [0, 31, 33, 64]) {
    t.is(reasonOf(new Uint8Array(length)), `a public key has 32 bytes, not ${length}`);
  }
});

test("y = p and above is refused, y = p - 1 and below is not for that reason", (t) => {
  for (let y = p; y < 1n << 255n; y++) {
    for (const negative of [false, true]) t.regex(reasonOf(encodingOf(y, negative)), /not below p/, `${y - p}`);
  }
  for (const negative of [false, true]) {
    t.is(reasonOf(encodingOf(p - 1n, negative)), "the public key is of small order");
    for (let y = p - 60n; y < p - 1n; y++) t.notRegex(reasonOf(encodingOf(y, negative)), /not below p/, `${p - y}`);
  }
});

test("every y in reduced form is judged as noble's strict decoding does", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      let strict = true;
      try {
        Point.fromBytes(bytes);
      } catch {
        strict = false;
      }
      return checkPublicKey(bytes).ok === strict;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("what is not on the curve is refused", (t) => {
  // y = 2 is the smallest: (y^2 - 1) / (d y^2 + 1) is not a square.
  t.is(reasonOf(encodingOf(2n, false)), "the public key is not a point of the curve");
  t.is(reasonOf(encodingOf(2n, true)), "the public key is not a point of the curve");
});

test("all small-order points are refused in all their encodings", (t) => {
  for (const encoding of smallOrderEncodings.slice(0, 8)) t.is(reasonOf(encoding), "the public key is of small order");
  for (const encoding of smallOrderEncodings.slice(8)) t.regex(reasonOf(encoding), /of small order|not below p/);
});

test("a key with a component of small order is taken", (t) => {
  const own = Point.fromBytes(generateKeyPair().publicKey);
  for (const torsion of torsionPoints) t.deepEqual(checkPublicKey(own.add(torsion).toBytes()), { ok: true });
});
