/** Inputs made from good ones: a few changes each, of bytes, of protobuf fields or of words. */
import type { Random } from "../sim/random.ts";
import { mutateProtobuf } from "./protobuf-fields.ts";
import type { Target } from "./target.ts";
import { mutateText } from "./text-words.ts";

/** Longer inputs say nothing new, and take long. */
const bytesMax = 64 * 1024;

/** A new input by one to four changes; now and then a splice of two, or nothing like any example. */
export function mutate(target: Pick<Target, "form">, pool: readonly Uint8Array[], random: Random): Uint8Array {
  if (random.chance(0.01)) return noise(random, random.between(0, 300));
  let input = random.pick(pool);
  const other = random.pick(pool);
  for (let changes = random.between(1, 4); changes > 0; changes--) {
    const byForm = target.form !== "bytes" && random.chance(0.6);
    if (!byForm) input = mutateBytes(input, other, random);
    else if (target.form === "protobuf") input = mutateProtobuf(input, other, random);
    else input = mutateText(input, other, random);
  }
  return input.length > bytesMax ? input.subarray(0, bytesMax) : input;
}

/** Values that lie at a border of some encoding. */
const borders = [0, 1, 0x7f, 0x80, 0xff, 0xc0, 0xc1, 0xed, 0xf4, 0xf5];

function mutateBytes(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random.between(0, Math.max(0, input.length - 1));
  const to = Math.min(input.length, at + random.between(1, 16));
  const cut = (start: number, end: number, ...middle: readonly Uint8Array[]) =>
    joined([input.subarray(0, start), ...middle, input.subarray(end)]);
  switch (random.between(0, 8)) {
    case 0:
      return cut(at, at + 1, Uint8Array.of((input[at] ?? 0) ^ (1 << random.between(0, 7))));
    case 1:
      return cut(at, at + 1, Uint8Array.of(random.pick(borders)));
    case 2:
      return cut(at, to);
    case 3:
      return cut(at, at, noise(random, random.between(1, 16)));
    case 4:
      return cut(to, to, input.subarray(at, to));
    case 5:
      return input.subarray(0, at);
    case 6:
      return cut(at, to, other.subarray(at, to));
    case 7:
      return joined([input.subarray(0, at), other.subarray(random.between(0, other.length))]);
    default:
      return cut(at, to, new Uint8Array(to - at).fill(random.pick(borders)));
  }
}

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.between(0, 255));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
