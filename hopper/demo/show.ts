/** Values as Haskell's `show` prints them, which is how Juno's results quoted them. */
import type { Rational } from "./rational.ts";

/** `100000 % 1`; a negative numerator stands in parentheses: `(-5) % 1`. */
export function showRational(r: Rational): string {
  return `${r.n < 0n ? `(${r.n})` : r.n} % ${r.d}`;
}

/** `Just (100000 % 1)`, or `Nothing` for null. */
export function showMaybeRational(r: Rational | null): string {
  return r === null ? "Nothing" : `Just (${showRational(r)})`;
}

const controlNames =
  "NUL SOH STX ETX EOT ENQ ACK a b t n v f r SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );
const plainAscii = /^[ !#-[\]-~]*$/;

/**
 * A quoted string in printable ASCII alone, so that no text a client sends can steer a terminal. `é` becomes `\233`;
 * `\&` ends an escape that would swallow the next character.
 */
export function showText(text: string): string {
  if (plainAscii.test(text)) return `"${text}"`;
  let shown = "";
  let previous = 0;
  for (const character of text) {
    const wouldRunOn =
      (previous > 127 && character >= "0" && character <= "9") || (previous === shiftOut && character === "H");
    shown += wouldRunOn ? `\\&${character}` : escaped(character);
    previous = character.codePointAt(0) ?? 0;
  }
  return `"${shown}"`;
}

/** Its name, `\SO`, is the beginning of another one, `\SOH`. */
const shiftOut = 14;

function escaped(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint > 126) return codePoint === 127 ? "\\DEL" : `\\${codePoint}`;
  const name = controlNames[codePoint];
  return name === undefined ? character : `\\${name}`;
}
