/** Going on behind a mistake, so that one run tells of several. */
import { type Cursor, is, next, peek, Unreadable } from "./cursor.ts";

export const declarationWords: ReadonlySet<string> = new Set(
  "pub use data asset table event fn rec proc command interface law test migrate".split(" "),
);

/** Brackets that open, and what closes them. */
export const closerOf: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
export const closers: ReadonlySet<string> = new Set(closerOf.values());

/** At the end of the text, or of a declaration. */
export function atEnd(cursor: Cursor): boolean {
  const token = peek(cursor);
  return token.kind === "end" || (token.starts && token.kind === "word" && declarationWords.has(token.text));
}

/** What `read` gives; or null where it told a mistake, and then the cursor stands behind the statement. */
export function readOrSkip<T>(cursor: Cursor, read: () => T): T | null {
  const { at, depth } = cursor;
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    skipStatement(cursor, at);
    cursor.depth = depth;
    return null;
  }
}

/** Goes behind the next block, if one begins in this line. */
export function skipBlock(cursor: Cursor): void {
  const { at } = cursor;
  while (!is(cursor, "{")) {
    if (peek(cursor).kind === "end" || peek(cursor).starts) {
      cursor.at = at;
      return;
    }
    next(cursor);
  }
  let depth = 0;
  do {
    if (is(cursor, "{")) depth++;
    else if (is(cursor, "}")) depth--;
    next(cursor);
  } while (depth > 0 && peek(cursor).kind !== "end");
}

/**
 * True where, behind a case that was skipped, another one of the same match begins, or the match ends. The case began at `from`,
 * and the match's first one at `inside`. Other lines belong to what is around the match, whose bracket is missing then.
 */
export function isBehindCase(cursor: Cursor, from: number, inside: number): boolean {
  const { text, starts, column } = peek(cursor);
  const line = lineOf(cursor, from);
  if (text === "}") return !starts || column >= columnOf(cursor, lineOf(cursor, inside - 1));
  return !atEnd(cursor) && starts && line >= inside && column === columnOf(cursor, line);
}

/** The first token of the line that this one stands in. */
function lineOf(cursor: Cursor, at: number): number {
  let line = at;
  while (line > 0 && cursor.tokens[line]?.starts !== true) line--;
  return line;
}

function columnOf(cursor: Cursor, at: number): number {
  return cursor.tokens[at]?.column ?? 0;
}

/**
 * Goes behind the statement that began at `from`: to the next line that is not indented more than its own, or to the
 * bracket that ends the block it stands in. Brackets that do not match may be what is wrong, so they count for nothing.
 */
function skipStatement(cursor: Cursor, from: number): void {
  const wrongAt = cursor.at;
  if (peek(cursor).kind === "end") return;
  const indent = columnOf(cursor, lineOf(cursor, from));
  const open: string[] = [];
  for (cursor.at = from; peek(cursor).kind !== "end"; next(cursor)) {
    const { kind, text, starts, column } = peek(cursor);
    const isBehind = cursor.at > from && cursor.at >= wrongAt;
    if (isBehind && starts && (column < indent || (column === indent && !closers.has(text)))) return;
    if (kind !== "symbol") continue;
    const closer = closerOf.get(text);
    if (closer !== undefined) open.push(closer);
    else if (open.at(-1) === text) open.pop();
    else if (isBehind && text === "}" && open.length === 0) return;
  }
}
