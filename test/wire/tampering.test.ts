import test from "ava";
import fc from "fast-check";
import { sha256 } from "../../pools/sha256.ts";
import { sodiumEngine } from "../../pools/sodium.ts";
import { encodeEnvelope, encodeSigned, type Opened, open, senderOf } from "../../wire/envelope.ts";
import { frameBytesMax } from "../../wire/limits.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import { type Body, type Outcome, sameBytes } from "../../wire/types.ts";
import { arbitraryBody } from "./arbitrary-body.ts";
import { bodies, bodyOf } from "./bodies.ts";
import { cluster, engine, frameOf, genesis, isClients } from "./cluster.ts";

/** The key that the opened message has to be signed with; undefined where no member is called that. */
function keyFor({ body, signer }: Opened): Uint8Array | undefined {
  const members = isClients(body) ? genesis.clients : genesis.validators;
  return members.find((member) => member.id === signer)?.publicKey;
}

/** True where `open` or the signature refuses it, and says why. */
function isRefused(result: Outcome<Opened>, accepts: typeof engine.verify): boolean {
  if (!result.ok) return result.reason.length > 0;
  const { signature, signed, body } = result.value;
  const key = keyFor(result.value);
  return key === undefined || !accepts(signature, signatureInput(sha256, body.$case, signed), key);
}

function flipped(frame: Uint8Array, bit: number): Uint8Array {
  const copy = frame.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

for (const body of bodies) {
  const frame = frameOf(body);

  // By libsodium alone: the engine asks the reference besides, at a millisecond for each signature that is wrong.
  test(`${body.$case}: every flipped bit is refused`, (t) => {
    t.false(isRefused(open(frame, cluster), sodiumEngine.accepts));
    for (let bit = 0; bit < frame.length * 8; bit++) {
      if (!isRefused(open(flipped(frame, bit), cluster), sodiumEngine.accepts))
        t.fail(`bit ${bit} makes no difference`);
    }
  });

  test(`${body.$case}: every cut and every byte more is refused by its form alone`, (t) => {
    for (let length = 0; length < frame.length; length++) t.false(open(frame.subarray(0, length), cluster).ok);
    for (let start = 1; start < frame.length; start++) t.false(open(frame.subarray(start), cluster).ok);
    for (let byte = 0; byte < 256; byte++) {
      t.false(open(Uint8Array.of(...frame, byte), cluster).ok);
      t.false(open(Uint8Array.of(byte, ...frame), cluster).ok);
    }
  });

  test(`${body.$case}: what was signed, cut or extended inside a sound envelope, is refused`, (t) => {
    const opened = open(frame, cluster);
    if (!opened.ok) return t.fail(opened.reason);
    const { signed, signature } = opened.value;
    for (let length = 0; length < signed.length; length++) {
      const cut = encodeEnvelope(signed.subarray(0, length), signature);
      t.true(isRefused(open(cut, cluster), sodiumEngine.accepts));
    }
    for (let byte = 0; byte < 256; byte++) {
      t.false(open(encodeEnvelope(Uint8Array.of(...signed, byte), signature), cluster).ok);
    }
    return undefined;
  });
}

test("every flipped bit of a vote is refused by the engine that nodes use", (t) => {
  const frame = frameOf(bodyOf("timeout"));
  for (let bit = 0; bit < frame.length * 8; bit++) {
    if (!isRefused(open(flipped(frame, bit), cluster), engine.verify)) t.fail(`bit ${bit} makes no difference`);
  }
  t.pass();
});

test("random bytes are refused with a reason, and never throw", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const result = open(bytes, cluster);
      return !result.ok && result.reason.length > 0;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

type Edit = { readonly at: number; readonly cut: number; readonly put: Uint8Array };

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  cut: fc.nat({ max: 3 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    // The bytes that the form is sensitive to: padding, lengths at the ends of their types, tags.
    fc
      .constantFrom([0x80, 0], [0], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x12, 0], [0x08, 1])
      .map((b) => Uint8Array.from(b)),
  ),
});

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let now = [...bytes];
  for (const { at, cut, put } of edits) {
    const start = at % (now.length + 1);
    now = [...now.slice(0, start), ...put, ...now.slice(start + cut)];
  }
  return Uint8Array.from(now);
}

const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
const shortBody: fc.Arbitrary<Body> = arbitraryBody.filter((body) => encodeSigned(cluster, 0, body).length < 1500);

test("a frame edited at random never throws, and is refused where it differs", (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...bodies), edits, (body, some) => {
      const frame = frameOf(body);
      const other = edited(frame, some);
      return sameBytes(frame, other) || isRefused(open(other, cluster), sodiumEngine.accepts);
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("whatever is opened has the one form that encoding its meaning gives", (t) => {
  let openedCount = 0;
  fc.assert(
    fc.property(shortBody, edits, (body, some) => {
      // Any signature does: the form is what is asked for, and it is judged first.
      const signed = edited(encodeSigned(cluster, senderOf(body), body), some);
      const result = open(encodeEnvelope(signed, new Uint8Array(64)), cluster);
      if (!result.ok) return result.reason.length > 0;
      openedCount++;
      return sameBytes(encodeSigned(cluster, result.value.signer, result.value.body), signed);
    }),
    { numRuns: 5000, seed: 11 },
  );
  t.log(`${openedCount} of 5000 edits left a message that opens`);
  t.true(openedCount > 0);
});

test("a frame may lie anywhere in a larger buffer", (t) => {
  const frame = frameOf(bodyOf("appendEntries"));
  const larger = new Uint8Array(frame.length + 20).fill(0xff);
  larger.set(frame, 13);
  t.true(open(larger.subarray(13, 13 + frame.length), cluster).ok);
});

test("zeros and ones of every length up to the largest frame are refused", (t) => {
  for (const length of [0, 1, 2, 63, 64, 65, 1000, frameBytesMax, frameBytesMax + 1]) {
    t.false(open(new Uint8Array(length), cluster).ok);
    t.false(open(new Uint8Array(length).fill(0xff), cluster).ok);
  }
});
