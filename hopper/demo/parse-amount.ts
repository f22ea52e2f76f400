/**
 * Amounts in commands: `100`, `10%1`, `-10%1`, `(-10)%1`, `((-10)%1)`; blanks may stand around each part but the minus.
 *
 * Decimals are refused with a word on fractions: 0.1 has no exact double, and a reader of `1%10` cannot be mistaken.
 */
import { amountDigitsMax } from "./limits.ts";
import { type Rational, rational } from "./rational.ts";
import { type Cursor, failAt, isFailure, type ParseFailure, skipBlanks, takeSymbol } from "./scanner.ts";

/** Juno's notation opens at most two parentheses: one around the fraction, one around its numerator. */
const parenthesesMax = 2;

export function readAmount(cursor: Cursor): Rational | ParseFailure {
  let open = 0;
  while (open < parenthesesMax && takeSymbol(cursor, "(")) open++;
  skipBlanks(cursor);
  const numerator = readNumerator(cursor);
  if (isFailure(numerator)) return numerator;
  if (open > 0 && takeSymbol(cursor, ")")) open--;
  const denominator = takeSymbol(cursor, "%") ? readDenominator(cursor) : one;
  if (isFailure(denominator)) return denominator;
  for (; open > 0; open--) {
    if (!takeSymbol(cursor, ")")) return failAt(cursor, cursor.at, 'expected ")"');
  }
  return rational(numerator.value, denominator.value);
}

/** In an object, so that it can be told from a failure. */
type Whole = { readonly value: bigint };

const one: Whole = { value: 1n };

function readNumerator(cursor: Cursor): Whole | ParseFailure {
  const isNegative = cursor.text.startsWith("-", cursor.at);
  if (isNegative) cursor.at++;
  const digits = readDigits(cursor, "expected an amount such as 100%1");
  if (isFailure(digits)) return digits;
  if (cursor.text.startsWith(".", cursor.at)) {
    return failAt(cursor, cursor.at, "an amount is a fraction n%d: 1.5 is written 3%2");
  }
  return isNegative ? { value: -digits.value } : digits;
}

function readDenominator(cursor: Cursor): Whole | ParseFailure {
  skipBlanks(cursor);
  const start = cursor.at;
  const digits = readDigits(cursor, 'expected the denominator after "%"');
  // Refused here, before there is a fraction: Juno made one that threw whenever it was read.
  if (!isFailure(digits) && digits.value === 0n) return failAt(cursor, start, "the denominator must not be 0");
  return digits;
}

function readDigits(cursor: Cursor, otherwise: string): Whole | ParseFailure {
  const start = cursor.at;
  while (isDigit(cursor.text.charCodeAt(cursor.at))) cursor.at++;
  const count = cursor.at - start;
  if (count === 0) return failAt(cursor, start, otherwise);
  if (count > amountDigitsMax) {
    return failAt(cursor, start, `the number has ${count} digits, more than ${amountDigitsMax}`);
  }
  return { value: BigInt(cursor.text.slice(start, cursor.at)) };
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
