/** Values of a shape, chosen by a tape; and whether a value is in the one form that it may have. */
import type { NamedShape, Shape } from "../../../hopper/ir/ir.ts";
import { textOfBytes } from "../../../hopper/run/canonical.ts";
import { emptyDictionary, insert } from "../../../hopper/run/dictionary.ts";
import { canonical, gcd } from "../../../hopper/run/integer.ts";
import { rat } from "../../../hopper/run/rational.ts";
import { type Data, type Dictionary, type Int, principal, type Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import type { Tape } from "./tape.ts";

const keys = ["alice", "bob"].map((name) => textOfBytes(sha256(Buffer.from(`hopper/key${name}`))));

/** Of those who sign in these tests: none, one or both. */
export function signersOf(tape: Tape): ReadonlySet<string> {
  return new Set(keys.filter(() => tape.below(3) < 2));
}

function natural(tape: Tape): Int {
  const power = tape.one(1n, 10n, 2n ** 53n, 2n ** 64n, 2n ** 300n);
  return canonical(power - 1n + BigInt(tape.below(4)));
}

const texts = ["", "a", "b", "__proto__", "\u{1F600}", "\uFFFD", "\0", "ß"] as const;

/** `deep` ends types that hold themselves. */
export function tapeValue(tape: Tape, shape: Shape, shapes: readonly NamedShape[], deep = 4): Value {
  const inner = (of: Shape): Value => tapeValue(tape, of, shapes, deep - 1);
  switch (shape.of) {
    case "Int": {
      const size = natural(tape);
      return tape.below(2) === 0 ? size : canonical(-BigInt(size));
    }
    case "Nat":
    case "Time":
    case "Duration":
      return natural(tape);
    case "Rat": {
      const d = natural(tape);
      return rat(canonical(BigInt(natural(tape)) - 3n), d === 0 ? 1 : d);
    }
    case "Bool":
      return tape.below(2) === 1;
    case "Text":
      return tape.of(texts) + tape.of(texts);
    case "Bytes":
    case "Id":
      return { bytes: tape.times(0, 3, () => String.fromCharCode(tape.one(0, 1, 127, 128, 255))).join("") };
    case "Principal":
      if (deep > 0 && tape.below(4) === 3)
        return [principal.atLeast, 1 + tape.below(2), { items: [inner(shape), inner(shape)] }];
      return [principal.key, { bytes: tape.of(keys) }];
    case "list":
      return { items: tape.times(0, 3, () => inner(shape.item)) };
    case "map":
      return tape
        .times(0, 3, () => inner(shape.key))
        .reduce<Dictionary>((map, key) => insert(map, key, inner(shape.value)), emptyDictionary);
    case "tuple":
      return [0, ...shape.items.map(inner)];
    case "named": {
      const constructors = shapes[shape.index]?.constructors ?? [];
      const tag = deep > 0 ? tape.below(constructors.length) : 0;
      return [tag, ...(constructors[tag]?.fields ?? []).map(inner)];
    }
    case "function":
      throw new Error("assert: functions are not sent");
  }
}

function isCanonicalInt(value: Int): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  return value > 9007199254740991n || value < -9007199254740991n;
}

/** Numbers have one form, fractions are reduced, texts whole, maps in order: wherever they stand in the value. */
export function isCanonical(value: Value): boolean {
  if (typeof value === "number" || typeof value === "bigint") return isCanonicalInt(value);
  if (typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if ("bytes" in value) return /^[\0-\xff]*$/.test(value.bytes);
  if ("n" in value) {
    const { n, d } = value;
    return isCanonicalInt(n) && isCanonicalInt(d) && d > 0 && gcd(n, d) === 1;
  }
  if ("items" in value) return value.items.every(isCanonical);
  if ("captured" in value) return value.captured.every(isCanonical);
  if ("entries" in value && !Array.isArray(value)) {
    const { entries } = value as Dictionary;
    const inOrder = entries.every(({ order }, i) => i === 0 || (entries[i - 1]?.order ?? "") < order);
    return inOrder && entries.every((one) => isCanonical(one.key) && isCanonical(one.value));
  }
  const [tag, ...fields] = value as Data;
  return isCanonicalInt(tag) && fields.every(isCanonical);
}
