/** Changes to texts by their words: swapped, left out, repeated, nested, and put in the place of others. */
import type { Random } from "../sim/random.ts";

/** What breaks parsers and what reads them: numbers at borders, names of prototypes, odd characters, openings without end. */
const words = [
  "0",
  "-0",
  "-1",
  "1e400",
  "0x10",
  "9007199254740993",
  "18446744073709551616",
  "9".repeat(400),
  "1%0",
  "%",
  "NaN",
  "null",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  '"',
  "'",
  "\\",
  "\\u0000",
  "\n",
  "\r\n",
  "\t",
  "\u0000",
  "\u2028",
  "\ufeff",
  "\u202e",
  "é",
  "𝔸",
  "a\u0301",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "->",
  "=",
  ",",
  "#",
  "--",
];
const nestings = ["(", "[", "{", "((", '{"a":', "[[", "->a"];

export function mutateText(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder().decode(input);
  const parts = text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [""];
  const at = random.between(0, parts.length - 1);
  const others = new TextDecoder().decode(other).match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [""];
  return new TextEncoder().encode(changed(parts, at, others, random).join(""));
}

function changed(parts: string[], at: number, others: readonly string[], random: Random): string[] {
  const part = parts[at] ?? "";
  switch (random.between(0, 6)) {
    case 0:
      return parts.toSpliced(at, random.between(1, 3));
    case 1:
      return parts.toSpliced(at, 0, random.pick(words));
    case 2:
      return parts.with(at, random.pick(words));
    case 3:
      return parts.with(at, random.pick(others));
    case 4: {
      const to = Math.min(parts.length, at + random.between(1, 12));
      return parts.toSpliced(to, 0, ...parts.slice(at, to));
    }
    case 5:
      return parts.toSpliced(at, 0, random.pick(nestings).repeat(random.pick([1, 2, 100, 3000])));
    default:
      return parts.with(at, part.repeat(random.pick([2, 50])));
  }
}
