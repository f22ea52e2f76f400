/**
 * Points of the curve -x^2 + y^2 = 1 + d x^2 y^2: additions and doublings in extended coordinates (Hisil, Wong, Carter,
 * Dawson, 2008), each as four products of pairs. The formulas are complete: right for every two points, equal ones and
 * those of small order too.
 *
 * A *point* is two pairs of field elements: (Y - X, Y + X) and (T, Z) with T = XY / Z. An *addend* is what an addition
 * wants of its second point: (Y - X, Y + X) and (2dT, 2Z).
 */
import { differenceSum, EF, EH, FG, HG, setSmall, swapLanes } from "./field";
import { multiply, multiplyCross, multiplyCrossSwapped, multiplySpread } from "./multiply";
import { square } from "./square";
import { isZero } from "./encoding";

export const POINT_BYTES: usize = 384;

const SECOND: usize = 192;
const U: usize = memory.data(192, 16);
const W: usize = memory.data(192, 16);
/** (2d, 2). */
const TWICE_D: usize = memory.data(192, 16);

/** Additions and doublings so far: what a test counts work by. */
export let operations: u64 = 0;

/** Told 2d by decompress.ts, which knows d. */
export function setTwiceD(d: usize): void {
  memory.copy(TWICE_D, d, 192);
  for (let i: usize = 0; i < 192; i += 16) {
    const limb = load<f64>(d + i);
    store<f64>(TWICE_D + i, limb + limb);
    store<f64>(TWICE_D + i + 8, i == 0 ? 2.0 : 0.0);
  }
}

export function copyPoint(r: usize, p: usize): void {
  for (let i: usize = 0; i < 384; i += 32) {
    v128.store(r + i, v128.load(p + i));
    v128.store(r + i, v128.load(p + i, 16), 16);
  }
}

export function setIdentity(p: usize): void {
  setSmall(p, 0, 1.0);
  setSmall(p, 1, 1.0);
  setSmall(p + SECOND, 0, 0.0);
  setSmall(p + SECOND, 1, 1.0);
}

/** p += addend. */
export function addTo(p: usize, addend: usize): void {
  operations += 1;
  multiplySpread(EH, p, addend);
  multiplyCross(p + SECOND, addend + SECOND);
  finish(p);
}

/** p -= addend: the addend's first pair changes places, and so do F and G. */
export function subtractFrom(p: usize, addend: usize): void {
  operations += 1;
  for (let i: usize = 0; i < 192; i += 16) v128.store(U + i, swapLanes(v128.load(addend + i)));
  multiplySpread(EH, p, U);
  multiplyCrossSwapped(p + SECOND, addend + SECOND);
  finish(p);
}

/** p *= 2. */
export function double(p: usize): void {
  operations += 1;
  // (X, Y), which is exact, since the sum and the difference were; and (Z, X + Y).
  const half = f64x2.splat(0.5);
  for (let i: usize = 0; i < 192; i += 16) {
    const first = v128.load(p + i);
    v128.store(U + i, f64x2.mul(differenceSum(first), half));
    v128.store(W + i, v128.shuffle<i64>(v128.load(p + SECOND + i), first, 1, 3));
  }
  square(U, U);
  square(W, W);
  for (let i: usize = 0; i < 192; i += 16) {
    // Of a = X^2, b = Y^2, z = Z^2, s = (X + Y)^2: E = a + b - s, H = a + b, G = a - b, F = 2z + G; all four negated do
    // no harm, since only products of two are used.
    const ab = v128.load(U + i);
    const zs = v128.load(W + i);
    const ba = swapLanes(ab);
    const sum = f64x2.add(ab, ba);
    const difference = f64x2.sub(ab, ba);
    const onlyS = v128.shuffle<i64>(zs, f64x2.splat(0.0), 1, 3);
    const onlyZ = v128.shuffle<i64>(zs, f64x2.splat(0.0), 0, 2);
    const eh = f64x2.sub(sum, onlyS);
    // (a - b, a - b) + (2z, 0).
    const fg = f64x2.add(v128.shuffle<i64>(difference, difference, 0, 0), f64x2.add(onlyZ, onlyZ));
    v128.store(EH + i, eh);
    v128.store(FG + i, fg);
    v128.store(EF + i, v128.shuffle<i64>(eh, fg, 0, 2));
    v128.store(HG + i, v128.shuffle<i64>(eh, fg, 1, 3));
  }
  finish(p);
}

/** X = EF, Y = GH, T = EH, Z = FG. */
@inline
function finish(p: usize): void {
  multiplySpread(p, EH, FG);
  multiply(p + SECOND, EF, HG);
}

/** Makes an addend of a point. */
export function toAddend(addend: usize, p: usize): void {
  memory.copy(addend, p, 192);
  multiply(addend + SECOND, p + SECOND, TWICE_D);
}

/** Writes the odd multiples P, 3P, 5P... of a point as `count` addends, one after another; the point becomes 2P. */
export function oddMultiples(addends: usize, p: usize, count: i32): void {
  toAddend(addends, p);
  memory.copy(MULTIPLE, p, 384);
  double(p);
  toAddend(TWICE, p);
  for (let i = 1; i < count; i++) {
    addTo(MULTIPLE, TWICE);
    toAddend(addends + POINT_BYTES * i, MULTIPLE);
  }
}

const MULTIPLE: usize = memory.data(384, 16);
const TWICE: usize = memory.data(384, 16);

/** p += digit * P, for the odd multiples of P. */
@inline
export function addDigit(p: usize, addends: usize, digit: i32): void {
  if (digit > 0) addTo(p, addends + POINT_BYTES * (digit >> 1));
  else subtractFrom(p, addends + POINT_BYTES * (-digit >> 1));
}

/** True where 8p is the identity: X = 0 and Y = Z. */
export function isSmallOrder(p: usize): bool {
  memory.copy(MULTIPLE, p, 384);
  double(MULTIPLE);
  double(MULTIPLE);
  double(MULTIPLE);
  // 2X, 2Y - 2Z.
  for (let i: usize = 0; i < 192; i += 16) {
    const z = load<f64>(MULTIPLE + SECOND + i + 8);
    v128.store(U + i, f64x2.sub(differenceSum(v128.load(MULTIPLE + i)), f64x2(0.0, z + z)));
  }
  return isZero(U, 0) && isZero(U, 1);
}
