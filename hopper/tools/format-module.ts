/**
 * The one layout of a module's text: indentation, spaces, blank lines, and lines of at most 100 columns. Where lines end is the
 * author's to say, since a new line ends a statement; only lines that are too long are broken, inside brackets. Comments stay. The
 * tokens stay too, so the module is the same module, with the same hash.
 */
import { closerOf, closers, declarationWords } from "../check/reader/recover.ts";
import { readTokens, type Token } from "../check/reader/tokens.ts";
import { breakLine, type Piece, widthMax, write } from "./break-line.ts";
import { spacedPieces } from "./space-tokens.ts";

type Line = {
  readonly tokens: readonly Token[];
  /** With its dashes; undefined where there is none. */
  readonly comment: string | undefined;
  /** An empty line stands before it. */
  readonly parted: boolean;
};

const unit = "  ";
/** What a line may end with and go on in the next one. */
const unfinished = new Set(
  "= => -> , || && == != < <= > >= ++ + - * / | then else or in by call expect as at signed".split(" "),
);
/** What goes on with the line before, wherever that ends. */
const goingOn = new Set(["expect", "signed", "reads", "writes"]);

/** Undefined where the text has characters that begin no token. */
export function formatModule(source: string): string | undefined {
  const { tokens, wrong } = readTokens(source);
  if (wrong.length > 0) return undefined;
  const lines = linesOf(source, tokens);
  const indents = indentsOf(lines);
  const text = lines.flatMap(({ tokens: line, comment, parted }, i) => {
    const indent = indents[i] ?? 0;
    const pieces: readonly Piece[] = spacedPieces(line, source);
    const remark = comment === undefined ? "" : line.length === 0 ? comment : `  ${comment}`;
    const room = widthMax - unit.length * indent;
    const broken = remark === "" ? breakLine(pieces, room) : [{ deeper: 0, text: write(pieces) + remark }];
    const written = broken.map((one) => `${unit.repeat(indent + one.deeper)}${one.text}`.trimEnd());
    return parted ? ["", ...written] : written;
  });
  return text.length === 0 ? "" : `${text.join("\n")}\n`;
}

function linesOf(source: string, tokens: readonly Token[]): Line[] {
  const lines: Line[] = [];
  let line: Token[] = [];
  let parted = false;
  const end = (comment?: string): void => {
    if (line.length === 0 && comment === undefined) return;
    lines.push({ tokens: line, comment, parted: parted && lines.length > 0 });
    line = [];
    parted = false;
  };
  let at = 0;
  for (const token of tokens) {
    const [behind = "", ...rows] = source.slice(at, token.span.start).split("\n");
    const remark = behind.trim();
    if (remark !== "" || rows.length > 0) end(remark === "" ? undefined : remark);
    for (const [i, row] of rows.entries()) {
      const comment = row.trim();
      if (comment !== "") end(comment);
      else if (i < rows.length - 1) parted = true;
    }
    at = token.span.end;
    if (token.kind !== "end") line.push(token);
  }
  end();
  return lines;
}

/** A bracket that is open, and the indent of the line that opened it. */
type Open = { readonly indent: number };

function indentsOf(lines: readonly Line[]): number[] {
  const indents: number[] = [];
  const open: Open[] = [];
  let previous: readonly Token[] = [];
  for (const [i, { tokens }] of lines.entries()) {
    const [first] = tokens;
    const before = previous.at(-1);
    if (first === undefined) {
      indents.push(commentIndent(lines, i, open));
      continue;
    }
    const closing = tokens.findIndex(({ text, kind }) => kind !== "symbol" || !closers.has(text));
    const leading = closing < 0 ? tokens.length : closing;
    let indent = 0;
    if (leading > 0) indent = open[open.length - leading]?.indent ?? 0;
    else {
      const inside = open.at(-1);
      const base = inside === undefined ? (startsDeclaration(first) ? 0 : 1) : inside.indent + 1;
      const goesOn = goesOnFrom(before) || isWord(first, goingOn) || (first.text === "call" && waitsForCall(previous));
      const isBody = inside === undefined && before?.text === "=" && endsHeader(lines, i);
      indent = goesOn && !isBody && !endsItem(before, inside) ? base + (base === 0 ? 0 : 1) : base;
    }
    indents.push(indent);
    for (const token of tokens) {
      if (token.kind !== "symbol") continue;
      if (closerOf.has(token.text)) open.push({ indent });
      else if (closers.has(token.text)) open.pop();
    }
    previous = tokens;
  }
  return indents;
}

function isWord({ kind, text }: Token, words: ReadonlySet<string>): boolean {
  return kind === "word" && words.has(text);
}

const givens: ReadonlySet<string> = new Set(["as", "at"]);

/** A test's step that says who and when, and not yet what. */
function waitsForCall(line: readonly Token[]): boolean {
  const [first] = line;
  return first !== undefined && isWord(first, givens) && line.every(({ text }) => text !== "call");
}

function goesOnFrom(before: Token | undefined): boolean {
  return before !== undefined && before.kind !== "text" && unfinished.has(before.text);
}

/** A comma in brackets ends an item, and a new one begins. */
function endsItem(before: Token | undefined, inside: Open | undefined): boolean {
  return inside !== undefined && before?.text === ",";
}

function startsDeclaration({ kind, text }: Token): boolean {
  return kind === "word" && (text === "module" || declarationWords.has(text));
}

/** True where the lines above this one are a declaration's head alone, so that its body begins here. */
function endsHeader(lines: readonly Line[], at: number): boolean {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const { tokens } = lines[i] ?? { tokens: [] };
    const [first] = tokens;
    for (const { kind, text } of tokens)
      if (kind === "symbol") depth += closers.has(text) ? 1 : closerOf.has(text) ? -1 : 0;
    if (first !== undefined && startsDeclaration(first)) {
      return (
        depth === 0 &&
        lines
          .slice(i, at)
          .flatMap((one) => one.tokens)
          .filter(isEqualsOutside()).length === 1
      );
    }
  }
  return false;
}

/** Tells, token after token, whether it is a `=` outside of all brackets. */
function isEqualsOutside(): (token: Token) => boolean {
  let depth = 0;
  return ({ kind, text }) => {
    if (kind !== "symbol") return false;
    if (closerOf.has(text)) depth++;
    else if (closers.has(text)) depth--;
    return text === "=" && depth === 0;
  };
}

/** As the line that it stands above; in front of a closing bracket, as the lines inside. */
function commentIndent(lines: readonly Line[], at: number, open: readonly Open[]): number {
  const inside = open.at(-1);
  if (inside !== undefined) return inside.indent + 1;
  const next = lines.slice(at + 1).find(({ tokens }) => tokens.length > 0)?.tokens[0];
  return next === undefined || startsDeclaration(next) ? 0 : 1;
}
