/** The laws of field, scalars and group, of the WebAssembly against BigInt. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Point } from "@noble/ed25519";
import test from "ava";
import fc from "fast-check";
import { bytesOf, numberOf, smallOrderEncodings, torsionPoints } from "./odd-encodings.ts";

type Laws = {
  readonly memory: WebAssembly.Memory;
  readonly scratch: () => number;
  readonly fieldLaws: () => void;
  readonly extremeProduct: (a: number, b: number, alternate: boolean) => void;
  readonly decodeFour: () => number;
  readonly groupLaws: () => number;
  readonly scalarLaws: (words: number) => number;
  readonly digitsOf: (words: number, width: number) => number;
  readonly hashOf: (count: number) => void;
};

const file = new URL("../../pools/ed25519-batch.wasm", import.meta.url);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), { env: { abort: () => {} } });
const wasm = exports as unknown as Laws;
const memory = new Uint8Array(wasm.memory.buffer, wasm.scratch(), 1024);
const { p, n: order } = Point.CURVE();
const mask = (1n << 255n) - 1n;

const read = (at: number, bytes = 32): bigint => numberOf(memory.subarray(at, at + bytes));
const modulo = (number: bigint, by: bigint = p): bigint => ((number % by) + by) % by;

/** Any 32 bytes, and those about 0, p, 2^255 and 2^256 more often. */
const bytes32 = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc
    .tuple(fc.constantFrom(0n, p, 1n << 255n, (1n << 256n) - 41n), fc.bigInt({ min: 0n, max: 40n }))
    .map(([base, more]) => bytesOf(base + more)),
  fc.constantFrom(0x00, 0xff, 0x55, 0xaa).map((byte) => new Uint8Array(32).fill(byte)),
);

test("field: products, squares, sums and differences are those of numbers modulo p, in both lanes", (t) => {
  fc.assert(
    fc.property(bytes32, bytes32, bytes32, bytes32, (...numbers) => {
      for (const [at, bytes] of numbers.entries()) memory.set(bytes, 32 * at);
      const [a = 0n, b = 0n, c = 0n, d = 0n] = numbers.map((bytes) => numberOf(bytes) & mask);
      wasm.fieldLaws();
      const expected = [a * c, b * d, a * a, b * b, a + c, b + d, a - c, b - d];
      return expected.every((number, at) => read(128 + 32 * at) === modulo(number));
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test("field: exact for the largest limbs that the bounds allow, and bounds of 16 are the most they can be", (t) => {
  const isExact = (a: number, b: number, alternate: boolean): boolean => {
    wasm.extremeProduct(a, b, alternate);
    const [x, y] = [read(0), read(32)];
    return read(64) === modulo(x * y);
  };
  for (const alternate of [false, true]) {
    for (const [a, b] of [
      [1, 1],
      [1, 16],
      [2, 8],
      [4, 4],
      [-4, 4],
      [-1, 16],
      [3, 5],
    ] as const) {
      t.true(isExact(a, b, alternate), `${a} ${b}`);
    }
    wasm.extremeProduct(4, 4, alternate);
    t.is(read(96), modulo(read(0) ** 2n));
  }
  // The sum of column 0 is the largest: 2^53 units of its limb at a product of 16.45.
  const position = (limb: number): number => Math.ceil(21.25 * limb);
  let units = 2 ** (position(1) * 2 - 2);
  for (let i = 1; i < 12; i++) units += 19 * 2 ** (position(i + 1) + position(13 - i) - 2 - 255);
  t.is(Math.floor(2 ** 53 / units), 16);
});

test("scalars: any words modulo L, and sums of products", (t) => {
  const words = fc.uint8Array({ minLength: 84, maxLength: 84 });
  const lengths = fc.constantFrom(8, 16, 21);
  fc.assert(
    fc.property(fc.oneof(words, fc.constant(new Uint8Array(84).fill(255))), lengths, (bytes, length) => {
      memory.set(bytes);
      // The sum that is added to starts with a word of room at its top.
      memory.fill(0, 160 + 80, 160 + 84);
      const [number, z, sum] = [read(0, 4 * length), read(96, 16), read(160, 84)];
      const isReduced = wasm.scalarLaws(length) !== 0;
      if (isReduced !== read(0) < order) return false;
      if (read(128) !== number % order) return false;
      return length === 21 || read(160, 84) === sum + z * number;
    }),
    { numRuns: 1000 },
  );
  for (const [number, isReduced] of [
    [order - 1n, 1],
    [order, 0],
    [order + 1n, 0],
    [0n, 1],
  ] as const) {
    memory.set(bytesOf(number));
    t.is(wasm.scalarLaws(8), isReduced);
    t.is(read(128), number % order);
  }
});

test("scalars: signed digits are odd, small, far enough apart, and add up", (t) => {
  const kinds = fc.constantFrom([4, 4], [8, 6], [8, 8]);
  fc.assert(
    fc.property(bytes32, kinds, (bytes, [words = 0, width = 0]) => {
      memory.set(bytes);
      memory[31] = (memory[31] ?? 0) & 0x1f;
      const number = read(0, 4 * words);
      const count = wasm.digitsOf(words, width);
      const digits = new Int8Array(memory.buffer, memory.byteOffset + 128, 2 * count);
      let [sum, last] = [0n, -width];
      for (let at = 0; at < count; at++) {
        const [place, digit] = [(digits[2 * at] ?? 0) & 255, digits[2 * at + 1] ?? 0];
        if (digit % 2 === 0 || Math.abs(digit) >= 1 << (width - 1) || place - last < width) return false;
        sum += BigInt(digit) << BigInt(place);
        last = place;
      }
      return sum === number;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test("SHA-512 is Node's, for every length over four blocks", (t) => {
  for (let count = 0; count <= 512; count++) {
    memory.set(
      createHash("shake256", { outputLength: 64 + count })
        .update(`${count}`)
        .digest(),
    );
    const expected = createHash("sha512")
      .update(memory.subarray(0, 64 + count))
      .digest("hex");
    wasm.hashOf(count);
    t.is(Buffer.from(memory.subarray(960, 1024)).toString("hex"), expected);
  }
});

test("decoding: noble's points by ZIP-215, in each of the four lanes, and no others", (t) => {
  const encodings = fc.oneof(bytes32, fc.constantFrom(...smallOrderEncodings));
  fc.assert(
    fc.property(encodings, encodings, encodings, encodings, (...four) => {
      for (const [at, bytes] of four.entries()) memory.set(bytes, 32 * at);
      const good = wasm.decodeFour();
      return four.every((bytes, at) => {
        const point = decoded(bytes);
        if (((good >> at) & 1) === 0) return point === undefined;
        return point !== undefined && isAt(128 + 128 * at, point);
      });
    }),
    { numRuns: 200 },
  );
  t.pass();
});

test("group: sums, differences and doubles are noble's, of equal, opposite and small-order points too", (t) => {
  const ordinary = fc.bigInt({ min: 1n, max: order - 1n }).map((scalar) => Point.BASE.multiply(scalar));
  const mixed = fc.tuple(ordinary, fc.constantFrom(...torsionPoints)).map(([point, small]) => point.add(small));
  const points = fc.oneof(ordinary, mixed, fc.constantFrom(...torsionPoints));
  const relations = fc.constantFrom("other", "equal", "opposite");
  fc.assert(
    fc.property(points, points, relations, (P, other, relation) => {
      const Q = { other, equal: P, opposite: P.negate() }[relation];
      memory.set(P.toBytes());
      memory.set(Q.toBytes(), 32);
      const isSmall = wasm.groupLaws() !== 0;
      const results = [P.add(Q), P.subtract(Q), P.double(), P.double().add(Q)];
      return isSmall === P.isSmallOrder() && results.every((result, at) => isAt(128 + 128 * at, result));
    }),
    { numRuns: 150 },
  );
  t.pass();
});

/** Compares 2X, 2Y, T and Z as they were written with a point of noble. */
function isAt(at: number, point: Point): boolean {
  const [x2, y2, t, z] = [read(at), read(at + 32), read(at + 64), read(at + 96)];
  const { x, y } = point.toAffine();
  return z !== 0n && modulo(x2 - 2n * x * z) === 0n && modulo(y2 - 2n * y * z) === 0n && modulo(t - x * y * z) === 0n;
}

function decoded(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return undefined;
  }
}
