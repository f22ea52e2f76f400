/** What gas is reckoned from: limbs and bytes of numbers, UTF-8 of texts, rows under `moves`; and division of long numbers. */
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { weight } from "../../../hopper/run/compare.ts";
import { bytesOf, canonical, divideFloor, limbs, moduloFloor, remainder } from "../../../hopper/run/integer.ts";
import { createMachine, execute } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { utf8, utf8Size } from "../../../hopper/run/utf8.ts";
import { sha256 } from "../../../pools/sha256.ts";

test("limbs and bytes are those of the digits, next to each power of two up to the limit, for both signs", (t) => {
  for (let bits = 1; bits <= 65_536; bits += bits < 2200 ? 1 : 61) {
    for (const size of [(1n << BigInt(bits)) - 1n, 1n << BigInt(bits - 1)]) {
      const wanted = [Math.ceil(bits / 64), Math.ceil(bits / 8)];
      const found = [limbs(size), bytesOf(size), limbs(-size), bytesOf(-size)];
      if (found.some((one, i) => one !== wanted[i % 2])) return t.fail(`${bits} bits: ${found.join()}`);
    }
  }
  t.deepEqual([limbs(0), limbs(7), weight(1n << 64n)], [1, 1, 10]);
});

test("the greatest and the least number may be, and nothing beyond", (t) => {
  const end = 1n << 65_536n;
  t.is(canonical(end - 1n), end - 1n);
  t.is(canonical(1n - end), 1n - end);
  t.throws(() => canonical(end), { message: /TooLarge/ });
  t.throws(() => canonical(-end), { message: /TooLarge/ });
});

test("UTF-8 is the platform's, for texts of all letters and lengths", (t) => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc
      .tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 7 }), fc.nat({ max: 400 }))
      .map(([a, n]) => a.repeat(n)),
  );
  const same = (text: string): void => {
    const wanted = Buffer.from(text).toString("latin1");
    t.is(utf8(text), wanted);
    t.is(utf8Size(text), wanted.length);
  };
  fc.assert(fc.property(texts, same));
  for (const letter of [
    "\u007f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  ]) {
    for (const before of [0, 20, 24, 25, 998, 1001]) same(`${"a".repeat(before)}${letter}${letter}b`);
  }
});

test("division rounds as it should for numbers of all lengths and signs", (t) => {
  const ints = fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }));
  fc.assert(
    fc.property(ints, ints, (a, b) => {
      const [x, y] = [canonical(BigInt(a)), canonical(BigInt(b))];
      if (y === 0) return;
      const rest = BigInt(remainder(x, y));
      t.is(rest, BigInt(x) % BigInt(y));
      const [floor, modulo] = [BigInt(divideFloor(x, y)), BigInt(moduloFloor(x, y))];
      t.is(floor * BigInt(y) + modulo, BigInt(x));
      t.true(modulo === 0n || modulo < 0n === BigInt(y) < 0n);
      t.true(modulo * modulo < BigInt(y) * BigInt(y));
      t.false(Object.is(moduloFloor(x, y), -0) || Object.is(remainder(x, y), -0));
    }),
  );
});

test("each `moves` pays for each row that the command touched", (t) => {
  const checked = checkModule(
    `module g
asset Coin = Coin { unit : Text, amount : Nat }
table purses : (Text, Nat) => Coin
command go (rows, times : Nat) =
  let f = for i in range(rows), a = 0 {
    put new purses[("a", i)] = Coin("a", 0) else Has
    a
  }
  for i in range(times), a = 0 {
    moves "a" : i + 0
    a
  }
`,
    "g",
    () => undefined,
  );
  if (!checked.ok) return t.fail(checked.diagnostics[0]?.message);
  const ir = lowerModule(checked.module);
  const gasOf = (rows: number, times: number): number => {
    const gas = (["compiled", "reference"] as const).map((evaluator) => {
      const machine = createMachine({ sha256, evaluator });
      install(machine, ir, []);
      const given = { signers: new Set<string>(), now: 0, gasLimit: 10_000_000 };
      const { failure, gasUsed } = execute(machine, "g", "go", [rows, times], given);
      return failure === undefined ? gasUsed : Number.NaN;
    });
    t.is(gas[0], gas[1]);
    return gas[0] ?? 0;
  };
  const each = (rows: number): number => gasOf(rows, 2) - gasOf(rows, 1);
  t.true(each(100) - each(0) >= 100 * 8);
  t.is(each(300) - each(200), each(200) - each(100));
  // More than it may pay ends it soon, and takes its rows back.
  t.is(gasOf(4000, 1000), Number.NaN);
});
