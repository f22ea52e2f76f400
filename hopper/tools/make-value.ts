/** A value of a shape, made by choices: small and simple ones, those at the borders, and some that are equal to each other. */
import type { NamedShape, Shape } from "../ir/ir.ts";
import { emptyDictionary, insert } from "../run/dictionary.ts";
import { add, negate } from "../run/integer.ts";
import { rat } from "../run/rational.ts";
import { type Data, type Int, principal, type Value } from "../run/value.ts";
import type { Choices } from "./choices.ts";

const letters = ["a", "b", "Z", "0", " ", '"', "\\", "\n", "é", "中", "\u{1f600}", "\u0000"];
const listMax = 6;
/** Below it only what ends soonest is made. */
const depthMax = 5;

/** Where whole numbers change their form, or programs their mind; more of them are small. */
const borders = [255, 256, 65_536, 2 ** 31, 2 ** 32, 2 ** 48];

/** Choices up to here are the numbers themselves; the ones after it stand for these, so that choices and numbers grow together. */
const plainMost = 2 ** 52;
const large: readonly Int[] = [
  2 ** 53 - 2,
  2 ** 53 - 1,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 64n - 1n,
  2n ** 64n,
  2n ** 200n,
];

export function makeValue(choices: Choices, shape: Shape, shapes: readonly NamedShape[]): Value {
  return make({ choices, shapes, heights: heightsOf(shapes) }, shape, 0);
}

type Maker = { readonly choices: Choices; readonly shapes: readonly NamedShape[]; readonly heights: readonly number[] };

function make(maker: Maker, shape: Shape, depth: number): Value {
  const { choose } = maker.choices;
  switch (shape.of) {
    case "Nat":
      return makeNat(maker);
    case "Int":
    case "Time":
    case "Duration":
      return makeInt(maker);
    case "Rat": {
      const n = makeInt(maker);
      return rat(n, add(makeNat(maker), 1));
    }
    case "Bool":
      return choose(1) === 1;
    case "Text":
      return listBy(maker, () => letters[choose(letters.length - 1)] ?? "").join("");
    case "Bytes":
    case "Id":
      return { bytes: listBy(maker, () => String.fromCharCode(choose(255))).join("") };
    case "Principal":
      return makePrincipal(maker, depth);
    case "list":
      return { items: listBy(maker, () => make(maker, shape.item, depth + 1), depth) };
    case "map": {
      const pairs = listBy(
        maker,
        () => [make(maker, shape.key, depth + 1), make(maker, shape.value, depth + 1)] as const,
        depth,
      );
      return pairs.reduce((map, [key, value]) => insert(map, key, value), emptyDictionary);
    }
    case "tuple":
      return [0, ...shape.items.map((item) => make(maker, item, depth + 1))];
    case "named":
      return makeNamed(maker, shape.index, depth);
    case "function":
      throw new Error("assert: a law takes no functions");
  }
}

/** One choice, so that it shrinks to the least number. */
function makeNat({ choices: { choose } }: Maker): Int {
  const chosen = choose(plainMost + large.length, (random) => {
    const kind = random();
    const below = (count: number): number => Math.floor(random() * count);
    if (kind < 0.7) return below(10);
    if (kind < 0.85) return below(1000);
    return kind < 0.95 ? (borders[below(borders.length)] ?? 0) : plainMost + 1 + below(large.length);
  });
  return chosen <= plainMost ? chosen : (large[chosen - plainMost - 1] ?? 0);
}

function makeInt(maker: Maker): Int {
  const nat = makeNat(maker);
  return maker.choices.choose(1) === 1 ? negate(nat) : nat;
}

/** Each item is announced by a choice, so that items are taken away one by one. */
function listBy<T>({ choices: { choose } }: Maker, one: () => T, depth = 0): T[] {
  const items: T[] = [];
  while (depth < depthMax && items.length < listMax && choose(3) > 0) items.push(one());
  return items;
}

/** Few different ones: programs compare them. */
function makePrincipal(maker: Maker, depth: number): Data {
  const { choose } = maker.choices;
  if (depth < depthMax && choose(9) === 9) {
    const items = listBy(maker, () => makePrincipal(maker, depth + 1), depth);
    return [principal.atLeast, choose(2) + 1, { items }];
  }
  return [principal.key, { bytes: String.fromCharCode(choose(3) + 1).repeat(32) }];
}

function makeNamed(maker: Maker, index: number, depth: number): Data {
  const constructors = maker.shapes[index]?.constructors ?? [];
  const heights = constructors.map(({ fields }) => heightOf(fields, maker.heights));
  const order = [...constructors.keys()].sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const tag = order[depth < depthMax ? maker.choices.choose(order.length - 1) : 0] ?? 0;
  return [tag, ...(constructors[tag]?.fields ?? []).map((field) => make(maker, field, depth + 1))];
}

/** How deep the flattest value of each named shape is. */
function heightsOf(shapes: readonly NamedShape[]): readonly number[] {
  let heights = shapes.map(() => Number.POSITIVE_INFINITY);
  for (const _ of shapes) {
    const seen = heights;
    heights = shapes.map(({ constructors }) => Math.min(...constructors.map(({ fields }) => heightOf(fields, seen))));
  }
  return heights;
}

function heightOf(fields: readonly Shape[], heights: readonly number[]): number {
  const height = (shape: Shape): number => {
    if (shape.of === "named") return heights[shape.index] ?? 0;
    return shape.of === "tuple" ? Math.max(0, ...shape.items.map(height)) : 0;
  };
  return 1 + Math.max(0, ...fields.map(height));
}
