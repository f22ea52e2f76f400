import test from "ava";
import fc from "fast-check";
import { isLess, type Rational, rational, subtract } from "../../../hopper/demo/rational.ts";
import { showDouble } from "../../../hopper/demo/show-double.ts";
import { hold } from "./hold.ts";

/** The exact value of a finite double, taken from its bits. */
function exactly(x: number): Rational {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (field === 0 ? 0n : 1n << 52n);
  const exponent = BigInt(Math.max(field, 1) - 1075);
  const n = bits >> 63n === 1n ? -mantissa : mantissa;
  return exponent >= 0n ? rational(n << exponent, 1n) : rational(n, 1n << -exponent);
}

/** The double next to a positive one, or the one before it. */
function neighbour(x: number, step: 1n | -1n): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigUint64(0, view.getBigUint64(0) + step);
  return view.getFloat64(0);
}

/** Half the sum of two fractions. */
function halfway(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d + b.n * a.d, 2n * a.d * b.d);
}

/** The value of a decimal such as "1.5e-7", exactly. */
function decimal(text: string): Rational {
  const [digits = "", exponent = "0"] = text.split("e");
  const [before = "", after = ""] = digits.split(".");
  const shift = BigInt(exponent) - BigInt(after.length);
  const n = BigInt(before + after);
  return shift >= 0n ? rational(n * 10n ** shift, 1n) : rational(n, 10n ** -shift);
}

/** Significant digits, without leading and trailing zeros. */
function digitsOf(text: string): string {
  return text
    .replace(/e.*/, "")
    .replace(/[.-]/g, "")
    .replace(/^0+|0+$/g, "");
}

const known: readonly (readonly [n: bigint, d: bigint, shown: string])[] = [
  [0n, 1n, "0.0"],
  [1n, 1n, "1.0"],
  [-5n, 1n, "-5.0"],
  [100000n, 1n, "100000.0"],
  [1n, 2n, "0.5"],
  [1n, 10n, "0.1"],
  [99n, 1000n, "9.9e-2"],
  [1n, 100n, "1.0e-2"],
  [-1n, 100n, "-1.0e-2"],
  [123n, 100n, "1.23"],
  [9999999n, 1n, "9999999.0"],
  [10000000n, 1n, "1.0e7"],
  [123456789n, 10n, "1.23456789e7"],
  [1n, 3n, "0.3333333333333333"],
  [2n, 3n, "0.6666666666666666"],
  [-2n, 3n, "-0.6666666666666666"],
  [1n, 1024n, "9.765625e-4"],
  [(1n << 53n) - 1n, 1n, "9.007199254740991e15"],
  // Halfway between two doubles: to the even one.
  [(1n << 53n) + 1n, 1n, "9.007199254740992e15"],
  [(1n << 53n) + 3n, 1n, "9.007199254740996e15"],
  // Just under a double's rounding limit to 10^7.
  [9999999999999999999999999n, 10n ** 18n, "1.0e7"],
  // GHC leaves the ends of the rounding interval out; 10^23 is such an end.
  [10n ** 23n, 1n, "9.999999999999999e22"],
  [10n ** 22n, 1n, "1.0e22"],
  // Of two shortest decimals equally near it takes the upper one; JavaScript prints 212903718406128.12.
  [1703229747249025n, 8n, "2.1290371840612813e14"],
  [(1n << 1024n) - (1n << 971n), 1n, "1.7976931348623157e308"],
  [(1n << 1024n) - (1n << 970n) - 1n, 1n, "1.7976931348623157e308"],
  [(1n << 1024n) - (1n << 970n), 1n, "Infinity"],
  [-(1n << 1030n), 1n, "-Infinity"],
  [1n, 1n << 1022n, "2.2250738585072014e-308"],
  [1n, 1n << 1074n, "5.0e-324"],
  [3n, 1n << 1075n, "1.0e-323"],
  [1n, 1n << 1075n, "0.0"],
  [-1n, 1n << 1080n, "-0.0"],
];

for (const [n, d, shown] of known) {
  const name = `${n}%${d}`;
  test(`${name.length > 60 ? `${name.slice(0, 57)}...` : name} is shown as ${shown}`, (t) => {
    t.is(showDouble(rational(n, d)), shown);
  });
}

const positive = fc.oneof(
  fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
  fc.double({ min: 1e-9, max: 1e25, noNaN: true }),
  // Powers of two, where the neighbours are not equally far away.
  fc.integer({ min: -1074, max: 1023 }).map((e) => 2 ** e),
  fc.integer({ min: 0, max: 308 }).map((e) => Number(`1e${e}`)),
);

test("the shown digits name the very double, and differ from the platform's only at an interval's end or in a tie", (t) => {
  hold(
    t,
    fc.property(positive, (x) => {
      const shown = showDouble(exactly(x));
      t.is(Number(shown), x);
      t.is(showDouble(exactly(-x)), `-${shown}`);
      const platform = String(x);
      if (digitsOf(platform) === digitsOf(shown)) return;
      const theirs = decimal(platform);
      const ends = [-1n as const, 1n as const].map((step) => {
        const next = neighbour(x, step);
        return next === 0 || next === Number.POSITIVE_INFINITY ? null : halfway(exactly(x), exactly(next));
      });
      const isEnd = ends.some((end) => end !== null && end.n === theirs.n && end.d === theirs.d);
      const middle = halfway(theirs, decimal(shown));
      const isUpwardTie = subtract(middle, exactly(x)).n === 0n && isLess(theirs, decimal(shown));
      t.true(isEnd || isUpwardTie, `${platform} against ${shown}`);
    }),
    3000,
  );
});

test("a quotient of numbers below 2^53 is shown as the double that IEEE division gives", (t) => {
  const whole = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
  hold(
    t,
    fc.property(whole, whole, (n, d) => {
      t.is(Number(showDouble(rational(BigInt(n), BigInt(d)))), n / d);
    }),
    3000,
  );
});

test("a quotient of large numbers is shown as the nearest double, the even one of two", (t) => {
  const large = fc.bigInt({ min: 1n, max: 1n << 500n });
  hold(
    t,
    fc.property(large, large, (n, d) => {
      const r = rational(n, d);
      const x = Number(showDouble(r));
      const low = halfway(exactly(neighbour(x, -1n)), exactly(x));
      const high = halfway(exactly(x), exactly(neighbour(x, 1n)));
      t.false(isLess(r, low));
      t.false(isLess(high, r));
      const tie = subtract(r, low).n === 0n || subtract(r, high).n === 0n;
      if (tie) t.is(exactly(x).n % 2n, 0n);
    }),
    1000,
  );
});

test("the exponent begins below 0.1 and at 10^7", (t) => {
  hold(
    t,
    fc.property(positive, (x) => {
      t.is(showDouble(exactly(x)).includes("e"), x < 0.1 || x >= 1e7);
      t.regex(showDouble(exactly(x)), /^([1-9][0-9]*|0)\.[0-9]+$|^[1-9]\.([0-9]*[1-9]|0)e-?[1-9][0-9]*$/);
    }),
  );
});
