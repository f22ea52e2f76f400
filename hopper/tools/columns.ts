/** How text stands in the columns of a terminal: wide characters take two, marks none, and tabs go on to the next stop. */

/** First and last code points of what takes two columns: East Asian Width W and F of Unicode, in blocks. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

const tabColumns = 4;

/** A piece of one character, as it is shown. */
export type Shown = { readonly text: string; readonly columns: number };

/**
 * One character at a column from 0. What would move the cursor or turn the writing around is shown as a sign of its own, so that a
 * text cannot hide what it says.
 */
export function showCharacter(character: string, column: number): Shown {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\t") {
    const columns = tabColumns - (column % tabColumns);
    return { text: " ".repeat(columns), columns };
  }
  if (code < 0x20) return { text: String.fromCodePoint(0x2400 + code), columns: 1 };
  if (code < 0x7f) return { text: character, columns: 1 };
  if (/[\p{Mn}\p{Me}]/u.test(character)) return { text: character, columns: 0 };
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) return { text: "\ufffd", columns: 1 };
  if (/\p{Emoji_Presentation}/u.test(character) || wide.some(([first, last]) => code >= first && code <= last))
    return { text: character, columns: 2 };
  return { text: character, columns: 1 };
}
