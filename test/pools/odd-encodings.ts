/** The encodings that tell verification rules apart, worked out from the curve. */
import { Point } from "@noble/ed25519";

const { p, n: order } = Point.CURVE();

/** The eight points whose eightfold is zero. */
export const torsionPoints: readonly Point[] = torsionSubgroup();

/** Every encoding of them that ZIP-215 decodes: eight canonical ones, then six others. */
export const smallOrderEncodings: readonly Uint8Array[] = [
  ...torsionPoints.map((point) => Uint8Array.from(point.toBytes())),
  ...torsionPoints.flatMap(otherEncodings),
];

/** 32 bytes, little-endian. */
export function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 0xffn));
}

export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** Encodes y with a sign bit, reduced or not. */
export function encodingOf(y: bigint, negative: boolean): Uint8Array {
  return bytesOf(y | (negative ? 1n << 255n : 0n));
}

function torsionSubgroup(): readonly Point[] {
  for (let y = 2n; ; y++) {
    const point = decoded(encodingOf(y, false));
    if (point === undefined) continue;
    // What the group order leaves of a point is its part of small order; noble multiplies only by less than the order.
    const small = point.multiplyUnsafe(order - 1n).add(point);
    const multiples = [Point.ZERO];
    while (multiples.length < 8) multiples.push((multiples.at(-1) ?? Point.ZERO).add(small));
    if (new Set(multiples.map((multiple) => multiple.toHex())).size === 8) return multiples;
  }
}

/** y + p where it fits into 255 bits, and for x = 0 the sign that makes no difference. */
function otherEncodings(point: Point): Uint8Array[] {
  const { x, y } = point.toAffine();
  const ys = y + p < 1n << 255n ? [y, y + p] : [y];
  const canonical = point.toHex();
  return ys
    .flatMap((each) =>
      x === 0n ? [encodingOf(each, false), encodingOf(each, true)] : [encodingOf(each, (x & 1n) === 1n)],
    )
    .filter((encoding) => Buffer.from(encoding).toString("hex") !== canonical);
}

function decoded(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}
