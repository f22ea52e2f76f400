/**
 * A fraction as Haskell's `show` prints the Double nearest to it: `100000.0`, `0.1`, `1.0e-2`, `1.0e7`.
 *
 * Juno printed amounts so. Everything here is integer arithmetic: no platform's division, logarithm or number printing
 * takes part, so all nodes print the same. Rounding is to nearest, ties to even (IEEE 754); the digits are the shortest
 * that name the double, found by Burger and Dybvig's free-format algorithm ("Printing Floating-Point Numbers Quickly and
 * Accurately", PLDI 1996) as GHC applies it: the ends of the rounding interval are left out, and of two shortest decimals
 * equally near the upper one is taken. JavaScript does neither, and so prints 1e23 where GHC prints 9.999999999999999e22.
 */
import type { Rational } from "./rational.ts";

/** Digits without trailing zeros, read as 0.DIGITS * 10^exponent. */
type Decimal = { readonly digits: string; readonly exponent: number };
/** mantissa * 2^exponent. */
type Double = { readonly mantissa: bigint; readonly exponent: number };

const mantissaBits = 53;
const mantissaEnd = 1n << 53n;
const mantissaStart = 1n << 52n;
const exponentMin = -1074;
const exponentMax = 971;
const tenTo7 = 10n ** 7n;

/** Total; too large for a double gives `Infinity`, as in Haskell. */
export function showDouble(r: Rational): string {
  if (r.n === 0n) return "0.0";
  const sign = r.n < 0n ? "-" : "";
  const n = r.n < 0n ? -r.n : r.n;
  // Most amounts are such, and stand as they are.
  if (r.d === 1n && n < tenTo7) return `${sign}${n}.0`;
  const short = shortDecimal(n, r.d);
  if (short !== null) return sign + layOut(short);
  const double = nearestDouble(n, r.d);
  if (double === null) return `${sign}Infinity`;
  if (double.mantissa === 0n) return `${sign}0.0`;
  return sign + layOut(shortestDigits(double));
}

/** GHC's rule: plain from 0.1 to below 10^7, otherwise with an exponent. */
function layOut({ digits, exponent }: Decimal): string {
  if (exponent < 0 || exponent > 7) {
    const fraction = digits.length > 1 ? digits.slice(1) : "0";
    return `${digits[0]}.${fraction}e${exponent - 1}`;
  }
  if (exponent === 0) return `0.${digits}`;
  const whole = digits.slice(0, exponent).padEnd(exponent, "0");
  return `${whole}.${digits.slice(exponent) || "0"}`;
}

const tenTo15 = 10n ** 15n;

/**
 * The fraction itself where it is a decimal of at most 15 digits: such a decimal is always the shortest that names its
 * double, as no two of them share one. It covers nearly every amount and takes 0.2 µs instead of 2.
 */
function shortDecimal(n: bigint, d: bigint): Decimal | null {
  if (n >= tenTo15 || d >= tenTo15) return null;
  const denominator = Number(d);
  let power = 1;
  let places = 0;
  while (power % denominator !== 0) {
    if (places === 15) return null;
    power *= 10;
    places++;
  }
  // Exact below 10^15; a product that had to be rounded stays above and is refused.
  const scaled = Number(n) * (power / denominator);
  if (scaled >= 1e15) return null;
  const digits = String(scaled);
  return { digits: digits.replace(/0+$/, ""), exponent: digits.length - places };
}

/** Of a positive n/d; null where that is beyond the largest double. */
function nearestDouble(n: bigint, d: bigint): Double | null {
  // n/d lies between 2^(k-1) and 2^(k+1), so this exponent gives 53 or 54 bits.
  let exponent = Math.max(bitLength(n) - bitLength(d) - mantissaBits, exponentMin);
  if (scaledQuotient(n, d, exponent).quotient >= mantissaEnd) exponent++;
  const { quotient, remainder, divisor } = scaledQuotient(n, d, exponent);
  const twice = 2n * remainder;
  const up = twice > divisor || (twice === divisor && (quotient & 1n) === 1n);
  let mantissa = up ? quotient + 1n : quotient;
  if (mantissa === mantissaEnd) {
    mantissa = mantissaStart;
    exponent++;
  }
  return exponent > exponentMax ? null : { mantissa, exponent };
}

/** n / (d * 2^exponent). */
function scaledQuotient(
  n: bigint,
  d: bigint,
  exponent: number,
): { quotient: bigint; remainder: bigint; divisor: bigint } {
  const dividend = exponent < 0 ? n << BigInt(-exponent) : n;
  const divisor = exponent > 0 ? d << BigInt(exponent) : d;
  const quotient = dividend / divisor;
  return { quotient, remainder: dividend - quotient * divisor, divisor };
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0] ?? "0", 16)) + 28;
}

/** The shortest decimal strictly between the halfway points to both neighbours, the nearest of these, the upper in a tie. */
function shortestDigits({ mantissa, exponent }: Double): Decimal {
  // Below a power of two the neighbour is only half as far away.
  const uneven = mantissa === mantissaStart && exponent > exponentMin;
  const scale = uneven ? 4n : 2n;
  const power = 1n << BigInt(Math.abs(exponent));
  let value = exponent >= 0 ? mantissa * power * scale : mantissa * scale;
  let unit = exponent >= 0 ? scale : power * scale;
  let below = exponent >= 0 ? power : 1n;
  let above = uneven ? 2n * below : below;

  let place = Math.floor(((exponent + mantissaBits) * 30103) / 100000);
  while (!isAtMostTenTo(value + above, unit, place)) place++;
  while (isAtMostTenTo(value + above, unit, place - 1)) place--;
  const shift = 10n ** BigInt(Math.abs(place));
  if (place >= 0) unit *= shift;
  else {
    value *= shift;
    below *= shift;
    above *= shift;
  }

  let digits = "";
  for (;;) {
    value *= 10n;
    below *= 10n;
    above *= 10n;
    const digit = value / unit;
    value -= digit * unit;
    const lowEnough = value < below;
    const highEnough = value + above > unit;
    if (!lowEnough && !highEnough) {
      digits += digit;
      continue;
    }
    const roundUp = highEnough && !(lowEnough && 2n * value < unit);
    return { digits: digits + (roundUp ? digit + 1n : digit), exponent: place };
  }
}

/** n/d <= 10^place. */
function isAtMostTenTo(n: bigint, d: bigint, place: number): boolean {
  return place >= 0 ? n <= d * 10n ** BigInt(place) : n * 10n ** BigInt(-place) <= d;
}
