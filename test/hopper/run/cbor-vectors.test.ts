/**
 * RFC 8949's own examples (its Appendix A): those that mean something to Hopper are read by the right shape and by no other, and
 * all else is refused. And each value has one form: whatever is accepted is what encoding gives back.
 */
import test from "ava";
import fc from "fast-check";
import type { Shape } from "../../../hopper/ir/ir.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { equal } from "../../../hopper/run/compare.ts";
import { decode } from "../../../hopper/run/decode.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { anyShape, baseShapes, namedShapes, valueOfShape } from "./shaped-values.ts";

const list = (item: Shape): Shape => ({ of: "list", item });
const map = (key: Shape, value: Shape): Shape => ({ of: "map", key, value });
const tuple = (...items: readonly Shape[]): Shape => ({ of: "tuple", items });
const int: Shape = { of: "Int" };
const text: Shape = { of: "Text" };
const bytes: Shape = { of: "Bytes" };
const bool: Shape = { of: "Bool" };
const ints = list(int);

const fromHex = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
const toHex = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex");

const upTo25 = `${Array.from({ length: 23 }, (_, i) => (i + 1).toString(16).padStart(2, "0")).join("")}18181819`;

/** As the appendix lists them, with the shape that reads each and the value that comes of it. */
const accepted: readonly (readonly [hex: string, shape: Shape, value: Value])[] = [
  ["00", int, 0],
  ["01", int, 1],
  ["0a", int, 10],
  ["17", int, 23],
  ["1818", int, 24],
  ["1819", int, 25],
  ["1864", int, 100],
  ["1903e8", int, 1000],
  ["1a000f4240", int, 1_000_000],
  ["1b000000e8d4a51000", int, 1_000_000_000_000],
  ["1bffffffffffffffff", int, 18446744073709551615n],
  ["c249010000000000000000", int, 18446744073709551616n],
  ["3bffffffffffffffff", int, -18446744073709551616n],
  ["c349010000000000000000", int, -18446744073709551617n],
  ["20", int, -1],
  ["29", int, -10],
  ["3863", int, -100],
  ["3903e7", int, -1000],
  ["f4", bool, false],
  ["f5", bool, true],
  ["40", bytes, { bytes: "" }],
  ["4401020304", bytes, { bytes: "\x01\x02\x03\x04" }],
  ["60", text, ""],
  ["6161", text, "a"],
  ["6449455446", text, "IETF"],
  ["62225c", text, '"\\'],
  ["62c3bc", text, "\u00fc"],
  ["63e6b0b4", text, "\u6c34"],
  ["64f0908591", text, "\u{10151}"],
  ["80", ints, { items: [] }],
  ["83010203", ints, { items: [1, 2, 3] }],
  ["8301820203820405", tuple(int, ints, ints), [0, 1, { items: [2, 3] }, { items: [4, 5] }]],
  [`9819${upTo25}`, ints, { items: Array.from({ length: 25 }, (_, i) => i + 1) }],
];

/** Floats, other simple values, tags without a meaning here, CBOR's own maps, and all that is of indefinite length. */
const refused: readonly string[] = [
  ...["f90000", "f98000", "f93c00", "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000", "fa7f7fffff"],
  ...["fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666", "f97c00", "f97e00", "f9fc00"],
  ...["fa7f800000", "fa7fc00000", "faff800000", "fb7ff0000000000000", "fb7ff8000000000000", "fbfff0000000000000"],
  ...["f6", "f7", "f0", "f8ff"],
  ...["c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "c1fb41d452d9e8200000", "d74401020304"],
  ...["d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d"],
  ...["a0", "a201020304", "a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145"],
  ...["5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "9f01820203820405ff"],
  ...["83018202039f0405ff", "83019f0203ff820405", `9f${upTo25}ff`, "bf61610161629f0203ffff", "826161bf61626163ff"],
  "bf6346756ef563416d7421ff",
];

const shapes: readonly Shape[] = [
  ...baseShapes,
  ...namedShapes.map((_, index): Shape => ({ of: "named", index })),
  ...[ints, list(text), list(tuple(int, text)), map(int, int), map(text, ints), map(text, bytes)],
  ...[tuple(), tuple(int), tuple(text, ints), tuple(text, map(text, text)), tuple(int, ints, ints)],
];
/** Shapes that are written alike. */
const kin = (shape: Shape): string =>
  ({ Time: "Int", Duration: "Int", Nat: "Int", Id: "Bytes" })[shape.of as string] ?? JSON.stringify(shape);

for (const [hex, shape, value] of accepted) {
  test(`${hex.slice(0, 24)} is read as ${shape.of}, and written so`, (t) => {
    t.deepEqual(decode(fromHex(hex), shape, namedShapes), { ok: true, value });
    t.is(toHex(encode(value, shape, namedShapes)), hex);
    for (const other of shapes) {
      const read = decode(fromHex(hex), other, namedShapes);
      if (!read.ok) continue;
      // What another shape reads, it means something else by; but it has these bytes and no others.
      t.is(toHex(encode(read.value, other, namedShapes)), hex);
      const plain = shape.of !== "list" && shape.of !== "tuple" && hex !== "80";
      if (plain)
        t.is(kin(other).replaceAll('"', "").replace("{of:", "").replace("}", ""), shape.of, JSON.stringify(other));
    }
  });
}

for (const hex of refused) {
  test(`${hex.slice(0, 24)} is refused by every shape`, (t) => {
    for (const shape of shapes) t.false(decode(fromHex(hex), shape, namedShapes).ok, JSON.stringify(shape));
  });
}

const otherForms: readonly (readonly [what: string, hex: string, shape: Shape])[] = [
  ["a small number in two bytes", "1817", int],
  ["a number of one byte in three", "190018", int],
  ["a number of two bytes in five", "1a0000ffff", int],
  ["a number of four bytes in nine", "1b00000000ffffffff", int],
  ["a negative number that is too long", "3800", int],
  ["a small number as a bignum", "c24101", int],
  ["2^64 - 1 as a bignum", "c248ffffffffffffffff", int],
  ["a bignum with a zero in front", "c24a00010000000000000000", int],
  ["a bignum of no bytes", "c240", int],
  ["a bignum in pieces", "c25f49010000000000000000ff", int],
  ["a negative bignum that is small", "c34100", int],
  ["a Nat below 0", "20", { of: "Nat" }],
  ["a fraction as a plain number", "01", { of: "Rat" }],
  ["a fraction that is not reduced", "d81e820204", { of: "Rat" }],
  ["a zero of another denominator", "d81e820002", { of: "Rat" }],
  ["a denominator of 0", "d81e820100", { of: "Rat" }],
  ["a denominator below 0", "d81e820120", { of: "Rat" }],
  ["a fraction's tag in three bytes", "d9001e820102", { of: "Rat" }],
  ["a whole fraction without its denominator", "d81e8101", { of: "Rat" }],
  ["a text's length in two bytes", "780161", text],
  ["a text with a lone surrogate", "63eda080", text],
  ["a text with a pair of surrogates", "66eda081edb080", text],
  ["a text with an overlong character", "62c0af", text],
  ["a text beyond the last code point", "64f4908080", text],
  ["a text that is cut within a character", "61c3", text],
  ["a text that ends before its length", "6261", text],
  ["bytes for a text", "4161", text],
  ["a text for bytes", "6161", bytes],
  ["a list whose length is in two bytes", "980101", ints],
  ["a list of more items than bytes", "9b7fffffffffffffff", ints],
  ["keys out of order", "82820200820100", map(int, int)],
  ["a key twice", "82820100820101", map(int, int)],
  ["a record with its tag", "83000060", { of: "named", index: 0 }],
  ["a constructor that is not there", "8103", { of: "named", index: 1 }],
  ["a constructor without its field", "8101", { of: "named", index: 1 }],
  ["a constructor's number in two bytes", "811800", { of: "named", index: 1 }],
  ["a principal of an unknown kind", `8204${"5820"}${"00".repeat(32)}`, { of: "Principal" }],
  ["a key's hash that is too short", `82005818${"00".repeat(24)}`, { of: "Principal" }],
  ["bytes after the value", "0000", int],
  ["nothing at all", "", int],
  ["a true that is not CBOR's", "01", bool],
  ["a simple value in two bytes", "f8f5", bool],
];
for (const [what, hex, shape] of otherForms) {
  test(`${what} is refused`, (t) => t.false(decode(fromHex(hex), shape, namedShapes).ok));
}

const runs = Number(process.env.HOPPER_CBOR_RUNS ?? 3000);
const shaped = anyShape.chain((shape) => valueOfShape(shape).map((value) => ({ shape, value })));

test("a value is what its bytes are decoded to", (t) => {
  const check = ({ shape, value }: { shape: Shape; value: Value }): void => {
    const bytes = encode(value, shape, namedShapes);
    const read = decode(bytes, shape, namedShapes);
    if (!read.ok) throw new Error(`${read.reason} at ${read.at} of ${toHex(bytes)}`);
    if (!equal(read.value, value)) throw new Error(`another value came of ${toHex(bytes)}`);
    if (encode(read.value, shape, namedShapes) !== bytes) throw new Error(`other bytes than ${toHex(bytes)}`);
  };
  t.notThrows(() => fc.assert(fc.property(shaped, check), { numRuns: runs }));
});

const edit = fc.record({
  kind: fc.constantFrom("set", "insert", "cut", "double"),
  at: fc.nat(),
  byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x18, 0x19, 0x1b, 0x5f, 0x9f, 0xa0, 0xc2, 0xf6, 0xf9, 0xff)),
});

/** One byte changed, put in or left out, or a piece said twice. */
function edited(bytes: string, { kind, at, byte }: typeof edit extends fc.Arbitrary<infer E> ? E : never): string {
  const place = at % (bytes.length + 1);
  const [before, after] = [bytes.slice(0, place), bytes.slice(place)];
  if (kind === "cut") return before + after.slice(1);
  if (kind === "double") return before + after + after;
  return before + String.fromCharCode(byte) + (kind === "set" ? after.slice(1) : after);
}

test("whatever decodes has the very bytes that it came from, however they were changed", (t) => {
  let accepted = 0;
  const check = (bytes: string, shape: Shape): void => {
    const read = decode(bytes, shape, namedShapes);
    if (!read.ok) return;
    accepted++;
    if (encode(read.value, shape, namedShapes) !== bytes) throw new Error(`${toHex(bytes)} is a second form`);
  };
  const changed = fc.property(shaped, fc.array(edit, { minLength: 1, maxLength: 3 }), ({ shape, value }, edits) => {
    check(edits.reduce(edited, encode(value, shape, namedShapes)), shape);
  });
  const raw = fc.property(anyShape, fc.uint8Array({ maxLength: 12 }), (shape, bytes) =>
    check(textOfBytes(bytes), shape),
  );
  fc.assert(changed, { numRuns: 2 * runs });
  fc.assert(raw, { numRuns: runs });
  t.log(`${accepted} of ${3 * runs} were accepted`);
  t.true(accepted > runs / 20, `${accepted}`);
});

test("every byte string of up to two bytes, read by every shape, has one meaning at most", (t) => {
  let accepted = 0;
  for (let length = 1; length <= 2; length++) {
    for (let n = 0; n < 256 ** length; n++) {
      const bytes = length === 1 ? String.fromCharCode(n) : String.fromCharCode(n >> 8, n & 0xff);
      for (const shape of shapes) {
        const read = decode(bytes, shape, namedShapes);
        if (!read.ok) continue;
        accepted++;
        if (encode(read.value, shape, namedShapes) !== bytes) t.fail(`${toHex(bytes)} as ${JSON.stringify(shape)}`);
      }
    }
  }
  t.true(accepted > 1000);
});

test("a map is written by the ascending bytes of its keys", (t) => {
  const maps = anyShape.chain((key) => valueOfShape(map(key, tuple()), 3).map((value) => ({ key, value })));
  const check = ({ key, value }: { key: Shape; value: Value }): boolean => {
    const { entries } = value as { readonly entries: readonly { readonly key: Value }[] };
    const written = entries.map((one) => encode(one.key, key, namedShapes));
    return written.every((one, i) => i === 0 || (written[i - 1] ?? "") < one);
  };
  t.notThrows(() => fc.assert(fc.property(maps, check), { numRuns: runs / 2 }));
});

test("texts, short and long, are in the bytes that the platform makes of them", (t) => {
  const letters = fc.constantFrom(
    "a",
    "\0",
    "é",
    "\u07ff",
    "\u0800",
    "€",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  );
  const pieces = fc.array(letters, { minLength: 1, maxLength: 12 });
  const property = fc.property(pieces, fc.constantFrom(1, 30, 60, 120, 700), (piece, times) => {
    const text = piece.join("").repeat(times);
    const bytes = Buffer.from(text);
    const encoded = encode(text, { of: "Text" }, []);
    if (!Buffer.from(encoded, "latin1").subarray(-bytes.length).equals(bytes)) throw new Error("other bytes");
    const decoded = decode(encoded, { of: "Text" }, []);
    return decoded.ok && decoded.value === text;
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});
