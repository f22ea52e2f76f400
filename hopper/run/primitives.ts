/** What is built in: each takes its arguments and charges for their size. Names are those of hopper/check/builtins. */
import { costTable, limits } from "../ir/cost-table.ts";
import { bytesOfHex, bytesOfText, textOfBytes } from "./canonical.ts";
import { compareBytes, compareText, equal, weight } from "./compare.ts";
import { emptyDictionary, entriesOf, insert, lookup, remove } from "./dictionary.ts";
import type { Execution } from "./execution.ts";
import { fault } from "./fault.ts";
import * as integer from "./integer.ts";
import * as rational from "./rational.ts";
import { codePoints, isAscii, utf8, utf8Size } from "./utf8.ts";
import {
  type Bytes,
  type Data,
  type Dictionary,
  type Int,
  just,
  type List,
  nothing,
  principal,
  type Rat,
  type Value,
} from "./value.ts";

/** Up to three arguments; what is not there is never looked at. */
export type Primitive = (execution: Execution, a: Value, b: Value, c: Value) => Value;

type Gas = (a: Int, b: Int) => number;
const onInts =
  (gas: Gas, of: (a: Int, b: Int) => Value): Primitive =>
  (execution, a, b) => {
    execution.spend(gas(a as Int, b as Int));
    return of(a as Int, b as Int);
  };
const onRats =
  (of: (a: Rat, b: Rat) => Value): Primitive =>
  (execution, a, b) => {
    execution.spend(rational.gasOfRat(a as Rat, b as Rat));
    return of(a as Rat, b as Rat);
  };
const onRat =
  (of: (a: Rat) => Value): Primitive =>
  (execution, a) => {
    execution.spend(rational.gasOfRat(a as Rat, a as Rat));
    return of(a as Rat);
  };
const spendText = (execution: Execution, length: number): void =>
  execution.spend(costTable.text + Math.ceil(length / costTable.textBytesPerGas));

/** For what looks at each letter; true where each is a byte. */
function spendLetters(execution: Execution, text: string): boolean {
  spendText(execution, text.length);
  if (isAscii(text)) return true;
  execution.spend(Math.ceil(utf8Size(text) / costTable.letterBytesPerGas));
  return false;
}

function spendEqual(execution: Execution, a: Value, b: Value): void {
  const most = a === b ? weight(a) : Math.max(weight(a), weight(b));
  execution.spend(costTable.compare + Math.ceil(most / costTable.compareBytesPerGas));
}

/** A whole family of comparisons. */
function comparisons(
  family: string,
  compare: (execution: Execution, a: Value, b: Value) => number,
): [string, Primitive][] {
  return [
    [`${family}Less`, (execution, a, b) => compare(execution, a, b) < 0],
    [`${family}LessEqual`, (execution, a, b) => compare(execution, a, b) <= 0],
    [`${family}Greater`, (execution, a, b) => compare(execution, a, b) > 0],
    [`${family}GreaterEqual`, (execution, a, b) => compare(execution, a, b) >= 0],
  ];
}

function natural(value: Int): Int {
  return integer.isNegative(value) ? fault("Negative") : value;
}

/** Before the work is done. Each part weighs something: what has more of them than this is too large whatever they are. */
function spendItems(execution: Execution, length: number): void {
  if (length > limits.valueBytes) fault("TooLarge");
  execution.spend(length * costTable.item);
}

function durations(milliseconds: number): Primitive {
  return onInts(integer.gasOf.multiply, (n) => integer.multiply(n, milliseconds));
}

/** Code points. Texts are well formed, so each low surrogate ends one; four times as fast as JavaScript's iteration. */
function scalars(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

const { add, multiply, divide, gcd } = integer.gasOf;

/** Spelled out, as the next ones are: of functions that `onInts` makes, V8 compiles one for all. */
function intAdd(execution: Execution, a: Value, b: Value): Value {
  execution.spend(add(a as Int, b as Int));
  return integer.add(a as Int, b as Int);
}

function intSubtract(execution: Execution, a: Value, b: Value): Value {
  execution.spend(add(a as Int, b as Int));
  return integer.subtract(a as Int, b as Int);
}

function natSubtract(execution: Execution, a: Value, b: Value): Value {
  execution.spend(add(a as Int, b as Int));
  return natural(integer.subtract(a as Int, b as Int));
}

function intCompare(execution: Execution, a: Value, b: Value): number {
  execution.spend(add(a as Int, b as Int));
  return integer.compareInt(a as Int, b as Int);
}

export const primitives: ReadonlyMap<string, Primitive> = new Map<string, Primitive>([
  ["intAdd", intAdd],
  ["intSub", intSubtract],
  ["natSub", natSubtract],
  ["intMul", onInts(multiply, integer.multiply)],
  ["intDiv", onInts(divide, integer.divideFloor)],
  ["intMod", onInts(divide, integer.moduloFloor)],
  ["intQuot", onInts(divide, integer.divideTruncated)],
  ["intRem", onInts(divide, integer.remainder)],
  ["intGcd", onInts(gcd, integer.gcd)],
  ["intNegate", onInts(add, (a) => integer.negate(a))],
  ["intAbs", onInts(add, (a) => (integer.isNegative(a) ? integer.negate(a) : a))],
  ["intToNat", onInts(add, (a) => (integer.isNegative(a) ? nothing : just(a)))],
  // Digits take the square of the length, as a product does.
  [
    "intShow",
    onInts(
      (a) => multiply(a, a),
      (a) => String(a),
    ),
  ],
  ["intLess", (execution, a, b) => intCompare(execution, a, b) < 0],
  ["intLessEqual", (execution, a, b) => intCompare(execution, a, b) <= 0],
  ["intGreater", (execution, a, b) => intCompare(execution, a, b) > 0],
  ["intGreaterEqual", (execution, a, b) => intCompare(execution, a, b) >= 0],
  ["ratFromInt", (_, a) => ({ n: a as Int, d: 1 })],
  ["ratAdd", onRats(rational.addRat)],
  ["ratSub", onRats((a, b) => rational.addRat(a, rational.negateRat(b)))],
  ["ratMul", onRats(rational.multiplyRat)],
  ["ratDiv", onRats(rational.divideRat)],
  ["ratNegate", onRat(rational.negateRat)],
  ["ratFloor", onRat(rational.floorRat)],
  ["ratCeil", onRat(rational.ceilRat)],
  ["ratNumerator", onRat(({ n }) => n)],
  ["ratDenominator", onRat(({ d }) => d)],
  ["ratExactNat", onRat(({ n, d }) => (d === 1 && !integer.isNegative(n) ? just(n) : nothing))],
  ["ratRoundHalfEven", onRats(rational.roundHalfEven)],
  ...comparisons("rat", (execution, a, b) => {
    execution.spend(rational.gasOfRat(a as Rat, b as Rat));
    return rational.compareRat(a as Rat, b as Rat);
  }),
  ["not", (_, a) => a !== true],
  [
    "equal",
    (execution, a, b) => {
      spendEqual(execution, a, b);
      return equal(a, b);
    },
  ],
  [
    "notEqual",
    (execution, a, b) => {
      spendEqual(execution, a, b);
      return !equal(a, b);
    },
  ],
  [
    "textConcat",
    (execution, a, b) => {
      const [x, y] = [a as string, b as string];
      spendText(execution, x.length + y.length);
      if (x.length + y.length > limits.valueBytes) fault("TooLarge");
      return x + y;
    },
  ],
  [
    "textLength",
    (execution, a) => {
      const text = a as string;
      return spendLetters(execution, text) ? text.length : scalars(text);
    },
  ],
  [
    "textUtf8",
    (execution, a) => {
      const text = a as string;
      return { bytes: spendLetters(execution, text) ? text : utf8(text) };
    },
  ],
  [
    "textCodePoints",
    (execution, a) => {
      const text = a as string;
      const count = spendLetters(execution, text) ? text.length : scalars(text);
      // As many as `range` gives.
      if (count > limits.valueBytes / 4) fault("TooLarge");
      spendItems(execution, count);
      return { items: codePoints(text) };
    },
  ],
  ...comparisons("text", (execution, a, b) => {
    spendText(execution, Math.min((a as string).length, (b as string).length));
    return compareText(a as string, b as string);
  }),
  [
    "bytesConcat",
    (execution, a, b) => {
      const [{ bytes: x }, { bytes: y }] = [a as Bytes, b as Bytes];
      spendText(execution, x.length + y.length);
      if (x.length + y.length > limits.valueBytes) fault("TooLarge");
      return { bytes: x + y };
    },
  ],
  ["bytesLength", (_, a) => (a as Bytes).bytes.length],
  ...comparisons("bytes", (execution, a, b) => {
    spendText(execution, Math.min((a as Bytes).bytes.length, (b as Bytes).bytes.length));
    return compareBytes(a as Bytes, b as Bytes);
  }),
  [
    "sha256",
    (execution, a) => {
      const { bytes } = a as Bytes;
      execution.spend(costTable.sha256 + Math.ceil(bytes.length / costTable.sha256BytesPerGas));
      return { bytes: textOfBytes(execution.start.sha256(bytesOfText(bytes))) };
    },
  ],
  ["idFromBytes", (_, a) => a],
  ["listLength", (_, a) => (a as List).items.length],
  [
    "listGet",
    (_, a, i) => {
      const found = typeof i === "number" ? (a as List).items[i] : undefined;
      return found === undefined ? nothing : just(found);
    },
  ],
  [
    "listAppend",
    (execution, a, x) => {
      const { items } = a as List;
      spendItems(execution, items.length);
      return { items: [...items, x] };
    },
  ],
  [
    "listConcat",
    (execution, a, b) => {
      const [{ items: x }, { items: y }] = [a as List, b as List];
      spendItems(execution, x.length + y.length);
      return { items: [...x, ...y] };
    },
  ],
  [
    "listReverse",
    (execution, a) => {
      execution.spend((a as List).items.length * costTable.item);
      return { items: (a as List).items.toReversed() };
    },
  ],
  [
    "listRange",
    (execution, n) => {
      if (typeof n !== "number" || n > limits.valueBytes / 4) fault("TooLarge");
      spendItems(execution, n);
      const items: number[] = [];
      for (let i = 0; i < n; i++) items.push(i);
      return { items };
    },
  ],
  ["mapEmpty", () => emptyDictionary],
  [
    "mapGet",
    (execution, map, key) => {
      spendText(execution, (map as Dictionary).entries.length);
      execution.spend(Math.ceil(weight(key) / costTable.writeBytesPerGas));
      return lookup(map as Dictionary, key);
    },
  ],
  [
    "mapPut",
    (execution, map, key, value) => {
      spendItems(execution, (map as Dictionary).entries.length);
      execution.spend(weight(key));
      return insert(map as Dictionary, key, value);
    },
  ],
  [
    "mapDelete",
    (execution, map, key) => {
      execution.spend((map as Dictionary).entries.length * costTable.item + weight(key));
      return remove(map as Dictionary, key);
    },
  ],
  [
    "mapEntries",
    (execution, map) => {
      execution.spend((map as Dictionary).entries.length * costTable.item);
      return entriesOf(map as Dictionary);
    },
  ],
  ["seconds", durations(1000)],
  ["minutes", durations(60_000)],
  ["hours", durations(3_600_000)],
  ["days", durations(86_400_000)],
  ["now", (execution) => execution.start.now],
  [
    "principalKey",
    (execution, name) => {
      execution.spend(costTable.sha256 + Math.ceil(utf8Size(name as string) / costTable.sha256BytesPerGas));
      return [principal.key, keyOfName(name as string, execution.start.sha256)];
    },
  ],
  ["principalAtLeast", (_, count, of) => [principal.atLeast, count, of]],
  ["principalRole", (_, org, name) => [principal.role, org, name]],
  ["signer", (execution, who) => execution.hasSigned(who as Data)],
  [
    "quorum",
    (execution, count, of) => {
      const who: Data = [principal.atLeast, count, of];
      return execution.hasSigned(who) ? just([0, who]) : nothing;
    },
  ],
]);

/** 64 hex digits are the hash of a public key itself; any other name stands for the hash of "hopper/key" and the name. */
export function keyOfName(name: string, sha256: (bytes: Uint8Array) => Uint8Array): Bytes {
  if (/^[0-9a-f]{64}$/.test(name)) return { bytes: bytesOfHex(name) };
  return { bytes: textOfBytes(sha256(bytesOfText(`hopper/key${utf8(name)}`))) };
}
