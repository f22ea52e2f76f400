import test from "ava";
import fc from "fast-check";
import type { Change, Outcome } from "../../../hopper/demo/outcome.ts";
import { decodeOutcome, encodeOutcome, encodeOutcomeInPlace } from "../../../hopper/demo/outcome-bytes.ts";
import { hold } from "./hold.ts";
import { startFront } from "./start-front.ts";

const encoder = new TextEncoder();

function hex(outcome: Outcome): string {
  return Buffer.from(encodeOutcome(outcome)).toString("hex");
}

const text = fc.string({ unit: "binary", maxLength: 200 });
const side = fc.option(fc.oneof(fc.constantFrom("0%1", "-5%2"), text));
const diff: fc.Arbitrary<Change[]> = fc
  .uniqueArray(fc.tuple(text, side, side), { selector: ([key]) => key, maxLength: 6 })
  .map((rows) =>
    rows
      .filter(([, before, after]) => before !== after)
      .sort(([a], [b]) => Buffer.compare(encoder.encode(a), encoder.encode(b)))
      .map(([key, before, after]) => ({ key, before, after })),
  );
const outcome: fc.Arbitrary<Outcome> = fc
  .tuple(fc.boolean(), text, diff)
  .map(([ok, words, changes]) => ({ ok, text: words, diff: ok ? changes : [] }));

test("the bytes of outcomes are the golden ones", (t) => {
  t.is(hex({ ok: false, text: "no", diff: [] }), "00026e6f00");
  t.is(
    hex({ ok: true, text: "é", diff: [{ key: "a", before: null, after: "0%1" }] }),
    "01 02c3a9 01 0161 00 01 03302531".replaceAll(" ", ""),
  );
  t.is(hex({ ok: true, text: "x".repeat(300), diff: [] }), `01ac02${"78".repeat(300)}00`);
});

test("an outcome survives the way to bytes and back, in memory of its own", (t) => {
  hold(
    t,
    fc.property(outcome, (original) => {
      const bytes = encodeOutcome(original);
      t.is(bytes.byteLength, bytes.buffer.byteLength);
      t.deepEqual(decodeOutcome(bytes), { ok: true, outcome: original });
    }),
    1000,
  );
});

test("with the platform's writer the bytes are the same", (t) => {
  const write = (words: string, into: Uint8Array) => encoder.encodeInto(words, into).written;
  const long = fc
    .tuple(fc.oneof(text, fc.string({ maxLength: 200 })), fc.nat(40_000))
    .map(([words, size]) => words + "-".repeat(size));
  hold(
    t,
    fc.property(outcome, long, (original, words) => {
      for (const one of [original, { ...original, text: words }, { ...original, text: words.repeat(3) }]) {
        t.deepEqual(encodeOutcomeInPlace(one, write).slice(), encodeOutcome(one));
      }
    }),
    300,
  );
  const broken = { ok: true, text: `${"-".repeat(99)}\ud800`, diff: [] };
  t.throws(() => encodeOutcomeInPlace(broken, write), { message: /lone surrogate/ });
});

test("outcomes of real commands survive too, also when encoded one after another", (t) => {
  const { run } = startFront();
  const commands = [
    "CreateAccount a",
    "CreateAccount é",
    "AdjustAccount a 7%3",
    "transfer(a->é, 1%7)",
    "ObserveAccounts",
    "x",
  ];
  const outcomes = commands.map((command) => run(command));
  const encoded = outcomes.map(encodeOutcome);
  t.deepEqual(
    encoded.map(decodeOutcome),
    outcomes.map((original) => ({ ok: true, outcome: original })),
  );
});

test("a text of any size has its bytes", (t) => {
  for (const length of [0, 127, 128, 16_383, 16_384, 65_536, 1_000_000]) {
    for (const unit of ["a", "é"]) {
      const original: Outcome = { ok: true, text: unit.repeat(length), diff: [] };
      t.deepEqual(decodeOutcome(encodeOutcome(original)), { ok: true, outcome: original });
    }
  }
});

test("decoding is total, and accepts one byte form for one outcome", (t) => {
  const damaged = fc.tuple(outcome, fc.nat(), fc.nat({ max: 255 })).map(([original, at, byte]) => {
    const bytes = encodeOutcome(original);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  hold(
    t,
    fc.property(fc.oneof(damaged, fc.uint8Array({ max: 4 }), fc.uint8Array()), (bytes) => {
      const decoded = decodeOutcome(bytes);
      if (decoded.ok) t.deepEqual(encodeOutcome(decoded.outcome), bytes);
      else t.regex(decoded.reason, /\(byte \d+\)$/);
    }),
    5000,
  );
});

test("every cut of an outcome is refused", (t) => {
  const bytes = encodeOutcome({ ok: true, text: "Success", diff: [{ key: "é", before: "1%1", after: "0%1" }] });
  for (let length = 0; length < bytes.length; length++) t.false(decodeOutcome(bytes.slice(0, length)).ok, `${length}`);
});

const refused: readonly (readonly [hex: string, reason: string])[] = [
  ["020000", "a flag that is neither 0 nor 1 (byte 1)"],
  ["01000000", "bytes after the end (byte 3)"],
  ["0000010161000103302531", "a failed command with changes (byte 3)"],
  ["0100010161010130010130", "a change that changes nothing (byte 11)"],
  ["01000101610000", "a change that changes nothing (byte 7)"],
];

for (const [bytes, reason] of refused) {
  test(`bytes ${bytes} are refused: ${reason}`, (t) => {
    t.deepEqual(decodeOutcome(Buffer.from(bytes, "hex")), { ok: false, reason });
  });
}

test("changes out of order are refused", (t) => {
  const a: Change = { key: "a", before: null, after: "0%1" };
  const b: Change = { key: "b", before: null, after: "0%1" };
  for (const changes of [
    [b, a],
    [a, a],
  ]) {
    const decoded = decodeOutcome(encodeOutcome({ ok: true, text: "", diff: changes }));
    t.regex(decoded.ok ? "" : decoded.reason, /^keys out of order/);
  }
  // By code point, not by UTF-16 unit.
  const wide: Change[] = ["\uff21", "\u{1f600}"].map((key) => ({ key, before: null, after: "0%1" }));
  t.true(decodeOutcome(encodeOutcome({ ok: true, text: "", diff: wide })).ok);
});

test("a text that has no bytes is the caller's fault", (t) => {
  t.throws(() => encodeOutcome({ ok: true, text: "\ud800", diff: [] }), { message: /lone surrogate/ });
  t.deepEqual(hex({ ok: false, text: "no", diff: [] }), "00026e6f00");
});
