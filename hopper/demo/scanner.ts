/** A place in a command's text, and how a refusal at such a place is written. */

export type Cursor = {
  readonly text: string;
  /** Offset in UTF-16 units. */
  at: number;
  /** A good line of the command being read, given as the hint. */
  example?: string;
};

export type ParseFailure = {
  readonly ok: false;
  /** Where it went wrong: an offset into the text in UTF-16 units, from 0 to its length. */
  readonly position: number;
  /** The result of the command, were it sent all the same: one line of printable ASCII. */
  readonly text: string;
  /** What would be better, for a person at a prompt; one line. */
  readonly hint: string;
};

export function failAt(cursor: Cursor, position: number, what: string, hint?: string): ParseFailure {
  const shownHint = hint ?? (cursor.example === undefined ? "" : `for example: ${cursor.example}`);
  return { ok: false, position, text: `Parse error at character ${position + 1}: ${what}`, hint: shownHint };
}

export function isFailure(result: string | object): result is ParseFailure {
  return typeof result === "object" && "ok" in result;
}

export function atEnd(cursor: Cursor): boolean {
  return cursor.at >= cursor.text.length;
}

export function skipBlanks(cursor: Cursor): void {
  for (;;) {
    const unit = cursor.text.charCodeAt(cursor.at);
    if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return;
    cursor.at++;
  }
}

/** Steps over blanks and then `symbol`; where that does not follow, over the blanks only. */
export function takeSymbol(cursor: Cursor, symbol: string): boolean {
  skipBlanks(cursor);
  if (!cursor.text.startsWith(symbol, cursor.at)) return false;
  cursor.at += symbol.length;
  return true;
}
