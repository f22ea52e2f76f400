/** Shapes of two modules are the same where they have the same values, whatever their types are called. */
import test from "ava";
import type { NamedShape, Shape } from "../../../hopper/ir/ir.ts";
import { isSameShape } from "../../../hopper/run/same-shape.ts";

const nat: Shape = { of: "Nat" };
const int: Shape = { of: "Int" };
const named = (index: number): Shape => ({ of: "named", index });
const listOf = (item: Shape): Shape => ({ of: "list", item });
const tupleOf = (...items: Shape[]): Shape => ({ of: "tuple", items });
const fn = (params: Shape[], result: Shape, once = false): Shape => ({ of: "function", params, result, once });

function type(name: string, ...constructors: (readonly Shape[])[]): NamedShape {
  const made = constructors.map((fields, i) => ({ name: `${name}${i}`, fields, labels: fields.map(() => null) }));
  return { name, constructors: made, amount: null };
}

/** Trees by one type and by two that hold each other, and what is nearly a tree. */
const here = [type("Tree", [], [named(0), nat, named(0)]), type("Pair", [nat, int])];
const there = [
  type("Other", [nat]),
  type("Two", [nat, int]),
  type("A", [], [named(3), nat, named(2)]),
  type("B", [], [named(2), nat, named(3)]),
  type("Near", [], [named(4), nat, named(5)]),
  type("End", [], [named(4), int, named(5)]),
  type("More", [], [named(6), nat, named(6)], []),
];

const pairs: readonly (readonly [string, Shape, Shape, boolean])[] = [
  ["numbers of one kind", nat, nat, true],
  ["numbers of two kinds", nat, int, false],
  ["lists", listOf(nat), listOf(nat), true],
  ["lists of others", listOf(nat), listOf(int), false],
  ["a list and a tuple", listOf(nat), tupleOf(nat), false],
  ["tuples", tupleOf(nat, int), tupleOf(nat, int), true],
  ["a longer tuple", tupleOf(nat, int), tupleOf(nat, int, int), false],
  ["a shorter tuple", tupleOf(nat, int), tupleOf(nat), false],
  ["maps", { of: "map", key: nat, value: int }, { of: "map", key: nat, value: int }, true],
  ["maps of others", { of: "map", key: nat, value: int }, { of: "map", key: nat, value: nat }, false],
  ["records under other names", named(1), named(1), true],
  ["records with fewer fields", named(1), named(0), false],
  ["a record and a tuple", named(1), tupleOf(nat, int), false],
  ["a type and two that hold each other", named(0), named(2), true],
  ["what differs deep inside", named(0), named(4), false],
  ["a type with one more choice", named(0), named(6), false],
  ["functions", fn([nat, named(0)], named(1)), fn([nat, named(3)], named(1)), true],
  ["functions of fewer arguments", fn([nat, nat], nat), fn([nat], nat), false],
  ["functions of other arguments", fn([nat], nat), fn([int], nat), false],
  ["functions with another result", fn([nat], nat), fn([nat], int), false],
  ["a function and one for one use", fn([nat], nat), fn([nat], nat, true), false],
];

for (const [what, a, b, same] of pairs) {
  test(`${same ? "the same" : "not the same"}: ${what}`, (t) => {
    t.is(isSameShape({ shape: a, shapes: here }, { shape: b, shapes: there }), same);
    t.is(isSameShape({ shape: b, shapes: there }, { shape: a, shapes: here }), same);
  });
}

test("types that hold many of each other take no more time than there are pairs of them", (t) => {
  const chain = Array.from({ length: 300 }, (_, i) =>
    i === 0 ? type("T0", [nat]) : type(`T${i}`, [named(i - 1), named(i - 1)]),
  );
  t.true(isSameShape({ shape: named(299), shapes: chain }, { shape: named(299), shapes: [...chain] }));
});
