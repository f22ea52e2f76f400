/** Arbitrary shapes, and arbitrary values of a shape, for tests of what is encoded and stored. */
import fc from "fast-check";
import type { NamedShape, Shape } from "../../../hopper/ir/ir.ts";
import { textOfBytes } from "../../../hopper/run/canonical.ts";
import { emptyDictionary, insert } from "../../../hopper/run/dictionary.ts";
import { canonical } from "../../../hopper/run/integer.ts";
import { rat } from "../../../hopper/run/rational.ts";
import { type Dictionary, type Int, principal, type Value } from "../../../hopper/run/value.ts";

const made = (name: string, ...fields: readonly Shape[]) => ({ name, fields, labels: fields.map(() => null) });
const named = (index: number): Shape => ({ of: "named", index });

/** A record, a choice, a type that holds itself, and one without fields. */
export const namedShapes: readonly NamedShape[] = [
  { name: "Pair", constructors: [made("Pair", { of: "Nat" }, { of: "Text" })], amount: null },
  { name: "Choice", constructors: [made("A"), made("B", { of: "Int" }), made("C", { of: "Rat" })], amount: null },
  { name: "Tree", constructors: [made("Leaf"), made("Node", named(2), { of: "Bytes" }, named(2))], amount: null },
  { name: "Only", constructors: [made("Only")], amount: null },
];

export const baseShapes: readonly Shape[] = (
  ["Int", "Nat", "Rat", "Text", "Bytes", "Bool", "Time", "Duration", "Principal", "Id"] as const
).map((of) => ({ of }));

const namedOnes = fc.nat({ max: namedShapes.length - 1 }).map(named);

/** Shapes of all kinds but functions, which cannot be sent. */
export const anyShape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...baseShapes),
    namedOnes,
    tie("shape").map((item): Shape => ({ of: "list", item })),
    fc.record({ key: tie("shape"), value: tie("shape") }).map((map): Shape => ({ of: "map", ...map })),
    fc.array(tie("shape"), { maxLength: 3 }).map((items): Shape => ({ of: "tuple", items })),
  ),
})).shape;

/** Small ones, those around 2^53 and 2^64, and long ones. */
export const anyInt: fc.Arbitrary<Int> = fc.oneof(
  fc.integer({ min: -30, max: 300 }),
  fc.maxSafeInteger(),
  fc
    .record({ power: fc.constantFrom(8n, 16n, 32n, 53n, 63n, 64n, 128n, 512n), off: fc.integer({ min: -2, max: 2 }) })
    .chain(({ power, off }) => fc.constantFrom(2n ** power + BigInt(off), -(2n ** power) + BigInt(off)))
    .map(canonical),
  fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }).map(canonical),
);

const anyNat: fc.Arbitrary<Int> = anyInt.map((n) => (n >= 0 ? n : canonical(-BigInt(n))));
const anyText = fc.string({ unit: "binary", maxLength: 8 });
const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes): Value => ({ bytes: textOfBytes(bytes) }));
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Value => ({ bytes: textOfBytes(bytes) }));

const anyPrincipal = fc.letrec<{ who: Value }>((tie) => ({
  who: fc.oneof(
    { maxDepth: 2 },
    hash.map((h): Value => [principal.key, h]),
    hash.map((h): Value => [principal.module, h]),
    fc
      .tuple(anyNat, fc.array(tie("who"), { maxLength: 3 }))
      .map(([n, items]): Value => [principal.atLeast, n, { items }]),
    fc.tuple(tie("who"), anyText).map(([org, name]): Value => [principal.role, org, name]),
  ),
})).who;

/** `deep` bounds lists, maps and types that hold themselves. */
export function valueOfShape(shape: Shape, deep = 3): fc.Arbitrary<Value> {
  const maxLength = deep <= 0 ? 0 : 3;
  switch (shape.of) {
    case "Int":
    case "Time":
    case "Duration":
      return anyInt;
    case "Nat":
      return anyNat;
    case "Rat":
      return fc.tuple(anyInt, anyNat).map(([n, d]) => rat(n, d === 0 ? 1 : d));
    case "Bool":
      return fc.boolean();
    case "Text":
      return anyText;
    case "Bytes":
    case "Id":
      return anyBytes;
    case "Principal":
      return anyPrincipal;
    case "list":
      return fc.array(valueOfShape(shape.item, deep - 1), { maxLength }).map((items) => ({ items }));
    case "map":
      return fc
        .array(fc.tuple(valueOfShape(shape.key, deep - 1), valueOfShape(shape.value, deep - 1)), { maxLength })
        .map((pairs) => pairs.reduce<Dictionary>((map, [key, value]) => insert(map, key, value), emptyDictionary));
    case "tuple":
      return fieldsOf(shape.items, deep).map((fields): Value => [0, ...fields]);
    case "named": {
      const constructors = namedShapes[shape.index]?.constructors ?? [];
      // The first constructor of a type that holds itself ends it.
      const most = deep <= 0 ? 0 : constructors.length - 1;
      return fc
        .nat({ max: most })
        .chain((tag) => fieldsOf(constructors[tag]?.fields ?? [], deep - 1).map((fields): Value => [tag, ...fields]));
    }
    case "function":
      throw new Error("assert: functions are not sent");
  }
}

function fieldsOf(shapes: readonly Shape[], deep: number): fc.Arbitrary<Value[]> {
  return fc.tuple(...shapes.map((one) => valueOfShape(one, deep)));
}
