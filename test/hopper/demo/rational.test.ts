import test from "ava";
import fc from "fast-check";
import {
  add,
  fitsBits,
  formatRational,
  isLess,
  type Rational,
  rational,
  readStoredRational,
  subtract,
} from "../../../hopper/demo/rational.ts";
import { hold } from "./hold.ts";

const whole = fc.bigInt({ min: -(1n << 200n), max: 1n << 200n });
const small = fc.bigInt({ min: -20n, max: 20n });
const fraction: fc.Arbitrary<Rational> = fc
  .tuple(fc.oneof(whole, small), fc.oneof(whole, small))
  .filter(([, d]) => d !== 0n)
  .map(([n, d]) => rational(n, d));

function isReduced({ n, d }: Rational): boolean {
  let x = n < 0n ? -n : n;
  let y = d;
  while (y !== 0n) [x, y] = [y, x % y];
  return d > 0n && x === 1n;
}

test("a fraction is reduced, its denominator positive, its value the quotient", (t) => {
  hold(
    t,
    fc.property(fc.oneof(whole, small), fc.oneof(whole, small), (n, d) => {
      fc.pre(d !== 0n);
      const r = rational(n, d);
      return isReduced(r) && r.n * d === n * r.d;
    }),
  );
  t.deepEqual(rational(6n, -4n), { n: -3n, d: 2n });
  t.deepEqual(rational(0n, -7n), { n: 0n, d: 1n });
});

test("sum and difference agree with naive cross multiplication", (t) => {
  hold(
    t,
    fc.property(fraction, fraction, (a, b) => {
      const sum = add(a, b);
      const difference = subtract(a, b);
      return (
        isReduced(sum) &&
        isReduced(difference) &&
        sum.n * (a.d * b.d) === (a.n * b.d + b.n * a.d) * sum.d &&
        difference.n * (a.d * b.d) === (a.n * b.d - b.n * a.d) * difference.d
      );
    }),
  );
  t.deepEqual(add(rational(1n, 6n), rational(1n, 3n)), { n: 1n, d: 2n });
});

test("addition is commutative and associative, subtraction its inverse", (t) => {
  hold(
    t,
    fc.property(fraction, fraction, fraction, (a, b, c) => {
      t.deepEqual(add(a, b), add(b, a));
      t.deepEqual(add(add(a, b), c), add(a, add(b, c)));
      t.deepEqual(subtract(add(a, b), b), a);
    }),
  );
});

test("isLess is the order of the values", (t) => {
  hold(
    t,
    fc.property(fraction, fraction, (a, b) => {
      t.is(isLess(a, b), subtract(a, b).n < 0n);
      t.false(isLess(a, b) && isLess(b, a));
    }),
  );
});

test("a denominator of 0 is the caller's fault", (t) => {
  t.throws(() => rational(1n, 0n), { message: /denominator 0/ });
});

test("bits are counted at the limit", (t) => {
  for (const bits of [1, 62, 63, 64, 512]) {
    const limit = 1n << BigInt(bits);
    t.true(fitsBits({ n: limit - 1n, d: 1n }, bits), `${bits}`);
    t.true(fitsBits({ n: 1n - limit, d: 1n }, bits), `${bits}`);
    t.true(fitsBits({ n: 1n, d: limit - 1n }, bits), `${bits}`);
    t.false(fitsBits({ n: limit, d: 1n }, bits), `${bits}`);
    t.false(fitsBits({ n: -limit, d: 1n }, bits), `${bits}`);
    t.false(fitsBits({ n: 1n, d: limit }, bits), `${bits}`);
  }
});

test("the stored form is read back, and only the stored form", (t) => {
  hold(
    t,
    fc.property(fraction, (r) => {
      t.deepEqual(readStoredRational(formatRational(r)), r);
    }),
  );
  const refused = [
    "",
    "1",
    "%",
    "1%",
    "%1",
    "1%0",
    "0%2",
    "2%4",
    "01%1",
    "1%01",
    "-0%1",
    "+1%1",
    "1%-1",
    " 1%1",
    "1%1\n",
  ];
  for (const text of refused) t.is(readStoredRational(text), null, JSON.stringify(text));
  t.is(readStoredRational(`${"1".repeat(400)}%1`), null);
});
