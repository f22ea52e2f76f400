/** Text to tokens, for the provisional reader. */
import type { Span } from "../../core/term.ts";
import type { Diagnostic } from "../report.ts";

export type Token = {
  readonly kind: "word" | "number" | "text" | "bytes" | "time" | "symbol" | "end";
  readonly text: string;
  readonly span: Span;
  /** The first of its line. */
  readonly starts: boolean;
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

export function readTokens(source: string): { readonly tokens: readonly Token[]; readonly wrong: Diagnostic | null } {
  if (source.length > sourceUnitsMax || !source.isWellFormed()) {
    const message = "a module is well-formed Unicode of at most 1 MiB";
    return { tokens: [], wrong: { code: "syntax", message, span: { start: 0, end: 0 }, related: [] } };
  }
  const tokens: Token[] = [];
  let starts = true;
  for (let at = 0; at < source.length; ) {
    const found = match(source, at);
    if (found === null) {
      const span = { start: at, end: at + 1 };
      return { tokens, wrong: { code: "syntax", message: "this character begins nothing", span, related: [] } };
    }
    const [kind, text] = found;
    const span = { start: at, end: at + text.length };
    at = span.end;
    if (kind === "skip") {
      starts ||= text.includes("\n");
      continue;
    }
    tokens.push({ kind, text, span, starts });
    starts = false;
  }
  tokens.push({ kind: "end", text: "", span: { start: source.length, end: source.length }, starts: true });
  return { tokens, wrong: null };
}

function match(source: string, at: number): readonly [Token["kind"] | "skip", string] | null {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const text = shape.exec(source)?.[0];
    if (text !== undefined) return [kind, text];
  }
  return null;
}
