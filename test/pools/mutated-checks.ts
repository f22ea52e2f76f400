/** Checks as a liar would make them: valid ones, spoilt ones, odd ones that ZIP-215 takes, and such that it does not. */
import { hash } from "node:crypto";
import { Point } from "@noble/ed25519";
import type { OneCheck } from "./batch-of.ts";
import { bytesOf, encodingOf, numberOf, smallOrderEncodings, torsionPoints } from "./odd-encodings.ts";

const { p, n: order } = Point.CURVE();

/** A source of numbers from 0 to below `bound`; the same seed gives the same ones. */
export type Draw = (bound: number) => number;

/** mulberry32. */
export function drawsOf(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

export function bytesDrawn(draw: Draw, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => draw(256));
}

export type Signer = { readonly key: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };

/** Kinds of checks, by what is done to a valid signature; `valid` is what ZIP-215 says, where that is known beforehand. */
export const kinds: readonly {
  readonly name: string;
  readonly valid: boolean | undefined;
  readonly make: (signer: Signer, draw: Draw) => OneCheck;
}[] = [
  { name: "valid", valid: true, make: honest },
  {
    name: "a flipped bit of the signature",
    valid: false,
    make: (signer, draw) => changed(honest(signer, draw), "signature", (bytes) => flip(bytes, draw)),
  },
  {
    name: "a flipped bit of the message",
    valid: false,
    make: (signer, draw) => changed(honest(signer, draw), "message", (bytes) => flip(bytes, draw)),
  },
  {
    name: "a flipped bit of the key",
    valid: false,
    make: (signer, draw) => changed(honest(signer, draw), "key", (bytes) => flip(bytes, draw)),
  },
  {
    name: "S plus the order",
    valid: false,
    make: (signer, draw) => withS(honest(signer, draw), (S) => S + order),
  },
  {
    name: "S minus and plus a little",
    valid: false,
    make: (signer, draw) => withS(honest(signer, draw), (S) => (S + BigInt(1 + draw(1000))) % order),
  },
  {
    name: "random R and S below the order",
    valid: undefined,
    make: (signer, draw) => ({
      key: signer.key,
      message: bytesDrawn(draw, draw(200)),
      signature: joined(bytesDrawn(draw, 32), bytesOf(numberOf(bytesDrawn(draw, 32)) % order)),
    }),
  },
  {
    name: "a small-order component in R",
    valid: undefined,
    make: (signer, draw) =>
      changed(honest(signer, draw), "signature", (bytes) => {
        const R = Point.fromBytes(bytes.subarray(0, 32)).add(torsionPoints[draw(8)] ?? Point.ZERO);
        bytes.set(R.toBytes());
      }),
  },
  {
    name: "small-order key and R, any encoding, S = 0",
    valid: true,
    make: (_signer, draw) => ({
      key: smallOrderEncodings[draw(14)] ?? new Uint8Array(32),
      message: bytesDrawn(draw, draw(100)),
      signature: joined(smallOrderEncodings[draw(14)] ?? new Uint8Array(32), new Uint8Array(32)),
    }),
  },
  {
    name: "small-order key, R = S B plus small order",
    valid: true,
    make: (_signer, draw) => {
      const S = 1n + (numberOf(bytesDrawn(draw, 32)) % (order - 1n));
      const R = Point.BASE.multiply(S).add(torsionPoints[draw(8)] ?? Point.ZERO);
      return {
        key: smallOrderEncodings[draw(14)] ?? new Uint8Array(32),
        message: bytesDrawn(draw, draw(100)),
        signature: joined(R.toBytes(), bytesOf(S)),
      };
    },
  },
  {
    name: "key and R with small-order components, signed by its owner",
    valid: true,
    make: (_signer, draw) => {
      const [a, r] = [drawnScalar(draw), drawnScalar(draw)];
      const message = bytesDrawn(draw, draw(150));
      const key = Point.BASE.multiply(a)
        .add(torsionPoints[draw(8)] ?? Point.ZERO)
        .toBytes();
      const R = Point.BASE.multiply(r)
        .add(torsionPoints[draw(8)] ?? Point.ZERO)
        .toBytes();
      const k = numberOf(hash("sha512", joined(R, key, message), "buffer")) % order;
      return { key, message, signature: joined(R, bytesOf((r + k * a) % order)) };
    },
  },
  {
    name: "y of R near p, reduced or not",
    valid: undefined,
    make: (signer, draw) => ({
      key: signer.key,
      message: bytesDrawn(draw, draw(100)),
      signature: joined(encodingOf(p - 5n + BigInt(draw(24)), draw(2) === 1), bytesOf(BigInt(draw(3)))),
    }),
  },
  {
    name: "y of the key near p, reduced or not",
    valid: undefined,
    make: (signer, draw) => ({
      ...honest(signer, draw),
      key: encodingOf(p - 5n + BigInt(draw(24)), draw(2) === 1),
    }),
  },
  {
    name: "another's key",
    valid: undefined,
    make: (signer, draw) => ({ ...honest(signer, draw), key: bytesDrawn(draw, 32) }),
  },
];

function honest({ key, sign }: Signer, draw: Draw): OneCheck {
  const message = bytesDrawn(draw, 1 + draw(200));
  return { key, message, signature: sign(message) };
}

function changed(
  check: OneCheck,
  part: "signature" | "message" | "key",
  change: (bytes: Uint8Array) => void,
): OneCheck {
  const bytes = Uint8Array.from(check[part]);
  change(bytes);
  return { ...check, [part]: bytes };
}

function flip(bytes: Uint8Array, draw: Draw): void {
  const bit = draw(bytes.length * 8);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

function withS(check: OneCheck, change: (S: bigint) => bigint): OneCheck {
  const S = change(numberOf(check.signature.subarray(32)));
  return { ...check, signature: joined(check.signature.subarray(0, 32), bytesOf(S)) };
}

function drawnScalar(draw: Draw): bigint {
  return 1n + (numberOf(bytesDrawn(draw, 32)) % (order - 1n));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
