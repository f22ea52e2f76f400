/** The greatest common divisor of long numbers: Euclid's, and in time. */
import test from "ava";
import fc from "fast-check";
import { encode } from "../../../hopper/run/canonical.ts";
import { decode } from "../../../hopper/run/decode.ts";
import { canonical, gcd } from "../../../hopper/run/integer.ts";

function euclid(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Up to so many bits, and all lengths as likely. */
const ofBits = (most: number) =>
  fc.integer({ min: 1, max: most }).chain((bits) => fc.bigInt({ min: -(1n << BigInt(bits)), max: 1n << BigInt(bits) }));

test("it is Euclid's, for numbers of all lengths with factors in common", (t) => {
  fc.assert(
    fc.property(ofBits(900), ofBits(900), ofBits(600), (a, b, common) => {
      const [x, y] = [a * common, b * common];
      return BigInt(gcd(canonical(x), canonical(y))) === euclid(x, y);
    }),
    { numRuns: 5000, seed: 20261123 },
  );
  t.pass();
});

test("it is Euclid's for near neighbours, powers of two and what differs in one bit", (t) => {
  for (let bits = 40n; bits < 400n; bits++) {
    const power = 1n << bits;
    for (const other of [
      power - 1n,
      power + 1n,
      power >> 1n,
      1n << 53n,
      (1n << 53n) - 1n,
      3n * power,
      0n,
      1n,
      -power,
    ]) {
      for (const one of [power, -power, power * 3n + 1n]) {
        t.is(BigInt(gcd(canonical(one), canonical(other))), euclid(one, other), `${one} ${other}`);
      }
    }
  }
});

test("a fraction of the longest numbers is read in little time", (t) => {
  // Neighbours in Fibonacci's row take the most steps.
  let [a, b] = [1n, 1n];
  while (b < 1n << 65_500n) [a, b] = [b, a + b];
  const bytes = encode({ n: a, d: b }, { of: "Rat" }, []);
  const before = process.cpuUsage();
  t.true(decode(bytes, { of: "Rat" }, []).ok);
  const { user, system } = process.cpuUsage(before);
  t.true(user + system < 600_000, `${(user + system) / 1000} ms`);
});
