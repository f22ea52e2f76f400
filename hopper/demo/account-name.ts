/** What an account may be called: one rule for all commands, so that every account created can be adjusted and paid. */
import { nameCodePointsMax } from "./limits.ts";

/**
 * True for 1 to `nameCodePointsMax` allowed code points. Names are compared as they are: no case folding and no Unicode
 * normalisation, whose tables change between versions of the platform.
 */
export function isAccountName(name: string): boolean {
  let count = 0;
  for (const character of name) {
    if (++count > nameCodePointsMax || !isNameCodePoint(character.codePointAt(0) ?? 0)) return false;
  }
  return count > 0;
}

/**
 * False for the syntax of a route (`-`, `>`, `,`, parentheses), blanks, control characters, lone surrogates and the
 * invisible marks that make two names look alike or turn a line around. A fixed table, again not the platform's.
 */
export function isNameCodePoint(codePoint: number): boolean {
  if (codePoint < 0x7f) return codePoint > 0x20 && !syntax.has(codePoint);
  if (codePoint <= 0xa0 || codePoint === 0xad) return false;
  if (codePoint < 0x1680) return codePoint !== 0x61c;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return false;
  return !unseen.some(([first, last]) => first <= codePoint && codePoint <= last);
}

const syntax = new Set(Array.from("(),->", (character) => character.charCodeAt(0)));

const unseen: readonly (readonly [first: number, last: number])[] = [
  [0x1680, 0x1680], // Ogham space
  [0x180e, 0x180e], // Mongolian vowel separator
  [0x2000, 0x200f], // spaces, zero-width characters, direction marks
  [0x2028, 0x202f], // line and paragraph separators, direction embeddings, narrow space
  [0x205f, 0x206f], // mathematical space, invisible operators, direction isolates
  [0x3000, 0x3000], // ideographic space
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xfff9, 0xfffb], // interlinear annotations
  [0xe0000, 0xe0fff], // tags, more variation selectors
];
