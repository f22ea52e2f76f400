/** A place in a run of tokens. */
import type { Name } from "../../syntax/tree.ts";
import type { Diagnostic } from "../report.ts";
import { adviceFor } from "./advice.ts";
import type { Token } from "./tokens.ts";

export type Cursor = { readonly tokens: readonly Token[]; at: number; depth: number; readonly found: Diagnostic[] };

/** Leaves what cannot be read; caught where statements and declarations begin. */
export class Unreadable extends Error {}

const nestingMax = 256;
/** A reader of mistakes mends the first ones; a text of nothing else ends here. */
const mistakesMax = 100;

export function peek(cursor: Cursor, ahead = 0): Token {
  const token = cursor.tokens[Math.min(cursor.at + ahead, cursor.tokens.length - 1)];
  if (token === undefined) throw new Error("assert: tokens end with an end");
  return token;
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at++;
  return token;
}

export function is(cursor: Cursor, text: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.text === text && (token.kind === "word" || token.kind === "symbol");
}

export function take(cursor: Cursor, text: string): boolean {
  if (!is(cursor, text)) return false;
  cursor.at++;
  return true;
}

export function refuse(cursor: Cursor, expected: string): never {
  const token = peek(cursor);
  const message = token.kind === "end" ? "the text ends here" : `\`${token.text}\` is not expected here`;
  const hint = adviceFor(token.text, cursor.tokens[cursor.at - 1]?.text, expected);
  return tell(cursor, { code: "syntax", message, span: token.span, expected, ...(hint && { hint }), related: [] });
}

/** For a form that the grammar keeps a place for. */
export function refuseLater(cursor: Cursor, what: string, hint: string): never {
  const { span } = peek(cursor);
  return tell(cursor, { code: "later", message: `${what} come later`, span, hint, related: [] });
}

function tell(cursor: Cursor, found: Diagnostic): never {
  cursor.found.push(found);
  if (cursor.found.length >= mistakesMax) cursor.at = cursor.tokens.length - 1;
  throw new Unreadable();
}

export function expect(cursor: Cursor, text: string): Token {
  return is(cursor, text) ? next(cursor) : refuse(cursor, `\`${text}\``);
}

export function readName(cursor: Cursor): Name {
  if (peek(cursor).kind !== "word") refuse(cursor, "a name");
  const { text, span } = next(cursor);
  return { name: text, span };
}

/** Items up to `end`, which is taken; a comma stands between two, and may stand after the last. */
export function readList<T>(cursor: Cursor, end: string, read: () => T): readonly T[] {
  const items: T[] = [];
  while (!take(cursor, end)) {
    items.push(read());
    if (!take(cursor, ",") && !is(cursor, end)) refuse(cursor, `\`,\` or \`${end}\``);
  }
  return items;
}

export function nested<T>(cursor: Cursor, read: () => T): T {
  if (++cursor.depth > nestingMax) refuse(cursor, `at most ${nestingMax} levels`);
  const result = read();
  cursor.depth--;
  return result;
}

/** For chains such as `a.b.c`, which lie inside each other to the left. */
export function link(cursor: Cursor, count: number): number {
  if (count >= nestingMax) refuse(cursor, `at most ${nestingMax} links`);
  return count + 1;
}

export function endOf(cursor: Cursor): number {
  return cursor.tokens[cursor.at - 1]?.span.end ?? 0;
}
