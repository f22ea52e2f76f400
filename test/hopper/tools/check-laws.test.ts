/** Laws are tried with values of every shape, and what breaks them is made simple. */
import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { lowerTests } from "../../../hopper/lower/lower-module.ts";
import { encode } from "../../../hopper/run/canonical.ts";
import { decode } from "../../../hopper/run/decode.ts";
import type { LawResult } from "../../../hopper/tools/check-laws.ts";
import { chooseAgain, chooseBySeed, shrink } from "../../../hopper/tools/choices.ts";
import { makeValue } from "../../../hopper/tools/make-value.ts";
import { testModule } from "../../../hopper/tools/test-module.ts";
import { accepted } from "../check/modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

const types = `module a
data Colour = Red | Green | Blue
data Tree = Node(Tree, Nat, Tree) | Leaf
data Pair(A : Data, B : Data) = Pair { left : A, right : B }
fn sum (t : Tree) -> Nat = match t { Leaf => 0, Node(l, n, r) => sum(l) + n + sum(r) }
`;

function resultsOf(laws: string, seed = 1, runs = 300): readonly LawResult[] {
  const text = `${types}${laws}`;
  return testModule({ file: "a.hop", text, module: accepted(text), uses: [] }, [], { sha256, seed, runs }).laws;
}

for (const [law, simplest] of [
  ["(n : Nat) = n < 6", "n = 6"],
  ["(a, b : Int) = a - b == b - a", /^a = -?[01], b = -?[01]$/],
  ["(xs : List(Nat)) = size(xs) < 3", "xs = [0, 0, 0]"],
  ["(xs : List(Nat), y : Nat) = append(xs, y) == [y] ++ xs", /^xs = \[(0|1)\], y = (0|1)$/],
  ["(t : Text) = textSize(t) < 2", 't = "aa"'],
  ["(c : Colour) = c != Blue", "c = Blue"],
  ["(t : Tree) = sum(t) < 4", "t = Node(Leaf, 4, Leaf)"],
  ["(p : Pair(Bool, Nat)) = !p.left || p.right == 0", "p = Pair { left = true, right = 1 }"],
  ["(r : Rat) = r < 2%1", "r = 2%1"],
  ["(a, b : Principal) = a != b", /^a = key\("(01)+"\), b = key\("(01)+"\)$/],
  ["(m : Map(Bool, Nat)) = size(entries(m)) < 2", "m = {false: 0, true: 0}"],
  ["(n : Nat) = n <= 9007199254740991", "n = 9007199254740992"],
  ["() = false", ""],
] as const) {
  test(`what breaks the law ${law} is made simple`, (t) => {
    const [result] = resultsOf(`law l ${law}\n`);
    t.is(result?.flaw?.message, "does not hold");
    const args = (result?.flaw?.args ?? []).map(({ name, value }) => `${name} = ${value}`).join(", ");
    if (typeof simplest === "string") t.is(args, simplest);
    else t.regex(args, simplest);
  });
}

test("a law that fails is told by its fault, and one that holds was tried so often", (t) => {
  const [fails, holds, once] = resultsOf(
    "law fails (n : Nat) = n - 1 < n\nlaw holds (a, b : Rat) = a + b == b + a\nlaw once () = true\n",
  );
  t.is(fails?.flaw?.message, "fails with Negative");
  t.deepEqual(fails?.flaw?.args, [{ name: "n", value: "0" }]);
  t.deepEqual(holds, { name: "holds", runs: 300, flaw: undefined });
  t.is(once?.runs, 1);
});

test("the same seed tries the same arguments, and another one others", (t) => {
  const law = "law l (a, b, c : Nat) = a + b + c < 40\n";
  t.deepEqual(resultsOf(law, 5), resultsOf(law, 5));
  const runs = new Set([1, 2, 3, 4, 5, 6].map((seed) => resultsOf(law, seed, 10_000)[0]?.runs));
  t.true(runs.size > 1);
});

test("a value that is made is one that can be stored and read, and choices make it again", (t) => {
  const text = `${types}law l (a : Tree, b : List((Colour, Map(Text, Rat))), c : Maybe(Id), d : Principal, e : Time, f : Bytes) = true\n`;
  const { laws, module } = lowerTests(accepted(text));
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const choices = chooseBySeed(seed);
      for (const { shape } of laws[0]?.params ?? []) {
        const value = makeValue(choices, shape, module.shapes);
        const bytes = encode(value, shape, module.shapes);
        const read = decode(bytes, shape, module.shapes);
        if (!read.ok || encode(read.value, shape, module.shapes) !== bytes) return false;
      }
      const again = chooseAgain(choices.made);
      for (const { shape } of laws[0]?.params ?? []) makeValue(again, shape, module.shapes);
      return again.made.join() === choices.made.join();
    }),
  );
  t.pass();
});

test("shrinking finds the least choices that fail", (t) => {
  const sum = ({ choose }: ReturnType<typeof chooseAgain>): number => {
    let total = 0;
    while (choose(3) > 0) total += choose(100);
    return total;
  };
  t.deepEqual(
    shrink([3, 90, 0, 9, 2, 40, 1, 77], (choices) => sum(choices) >= 50),
    [1, 50],
  );
});
