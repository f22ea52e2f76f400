/** Text to tokens. Characters that begin none are told and left out. */
import type { Span } from "../../core/term.ts";
import type { Diagnostic } from "../report.ts";
import { adviceFor } from "./advice.ts";

export type Token = {
  readonly kind: "word" | "number" | "text" | "bytes" | "time" | "symbol" | "end";
  readonly text: string;
  readonly span: Span;
  /** The first of its line. */
  readonly starts: boolean;
  /** Of its first character, from 0. */
  readonly column: number;
};

const shapes: readonly (readonly [Token["kind"] | "skip", RegExp])[] = [
  ["skip", /[ \t\r\n]+|--[^\n]*/y],
  ["time", /\d{4}-\d\d-\d\dT\d\d:\d\dZ/y],
  ["bytes", /0x"(?:[0-9a-f]{2})*"/y],
  ["number", /\d[\d_]*(?:%\d[\d_]*|\.\d[\d_]*)?/y],
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["text", /"(?:[^"\\\n]|\\["\\nt])*"/y],
  ["symbol", /\.\.|=>|->|==|!=|<=|>=|&&|\|\||\+\+|[-+*/<>=!(){}[\],:.|#]/y],
];

const sourceUnitsMax = 1024 * 1024;
const mistakesMax = 100;

/** No tokens for a text that is too long or not well formed. */
export function readTokens(source: string): {
  readonly tokens: readonly Token[];
  readonly wrong: readonly Diagnostic[];
} {
  if (source.length > sourceUnitsMax || !source.isWellFormed()) {
    const message = "a module is well-formed Unicode of at most 1 MiB";
    return { tokens: [], wrong: [{ code: "syntax", message, span: { start: 0, end: 0 }, related: [] }] };
  }
  const tokens: Token[] = [];
  const wrong: Diagnostic[] = [];
  let starts = true;
  let lineStart = 0;
  for (let at = 0; at < source.length; ) {
    const found = match(source, at);
    if (found === null) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
      const span = { start: at, end: at + character.length };
      const hint = adviceFor(character);
      wrong.push({
        code: "syntax",
        message: "this character begins nothing",
        span,
        ...(hint && { hint }),
        related: [],
      });
      if (wrong.length >= mistakesMax) break;
      // What stands behind a lone quote was meant as text.
      const line = source.indexOf("\n", at);
      at = character !== '"' ? span.end : line < 0 ? source.length : line;
      continue;
    }
    const [kind, text] = found;
    const span = { start: at, end: at + text.length };
    at = span.end;
    if (kind === "skip") {
      const lastEnd = text.lastIndexOf("\n");
      starts ||= lastEnd >= 0;
      if (lastEnd >= 0) lineStart = span.start + lastEnd + 1;
      continue;
    }
    tokens.push({ kind, text, span, starts, column: span.start - lineStart });
    starts = false;
  }
  tokens.push({ kind: "end", text: "", span: { start: source.length, end: source.length }, starts: true, column: 0 });
  return { tokens, wrong };
}

function match(source: string, at: number): readonly [Token["kind"] | "skip", string] | null {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const text = shape.exec(source)?.[0];
    if (text !== undefined) return [kind, text];
  }
  return null;
}
