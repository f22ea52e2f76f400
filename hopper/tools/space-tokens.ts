/** Which tokens of a line have a space between them. */
import { readTokens, type Token } from "../check/reader/tokens.ts";
import type { Piece } from "./break-line.ts";

/** Words behind which an operand begins, so that a minus there belongs to it. */
const leadIn = new Set(
  "then else in match or ok if require for let put new emit take get fail call at as check by expect".split(" "),
);
const named = new Set(["fn", "proc", "command", "data", "asset", "law", "event"]);

/** The tokens of one line in their order, each with whether a space stands before it. */
export function spacedPieces(tokens: readonly Token[], source: string): Piece[] {
  const [first, second] = tokens;
  const isPath = first?.text === "module" || first?.text === "use";
  const headed = first?.text === "pub" ? second : first;
  const nameAt = nameOfHead(tokens);
  let inferred = headed !== undefined && nameAt >= 0 && tokens[nameAt + 1]?.text === "{" && headed.text !== "event";
  if (headed?.text === "data" || headed?.text === "asset") inferred = false;
  const inferredEnd = inferred ? tokens.findIndex(({ text }, i) => i > nameAt && text === "}") : -1;
  return tokens.map((token, i) => {
    const before = tokens[i - 1];
    if (before === undefined) return { text: token.text, space: false, symbol: token.kind === "symbol" };
    let space = needsSpace(tokens, i, source);
    if (first?.text === "use" && token.text === "(") space = true;
    if (isPath && (token.text === "/" || before.text === "/")) space = false;
    if (nameAt >= 0 && i === nameAt + 1 && (token.text === "(" || token.text === "{")) space = true;
    if (inferred && (i === nameAt + 2 || i === inferredEnd)) space = false;
    if (inferredEnd >= 0 && i === inferredEnd + 1) space = true;
    if (!space && !standsApart(before.text, token.text)) space = true;
    return { text: token.text, space, symbol: token.kind === "symbol" };
  });
}

/** False where two tokens without a space would be read as others: two dashes begin a comment. */
function standsApart(before: string, text: string): boolean {
  const { tokens } = readTokens(before + text);
  return tokens.length === 3 && tokens[0]?.text === before;
}

/** Where a declaration's own name stands; -1 in other lines. */
function nameOfHead(tokens: readonly Token[]): number {
  const at = tokens[0]?.text === "pub" ? 1 : 0;
  const word = tokens[at];
  if (word?.kind !== "word") return -1;
  if (word.text === "rec" && tokens[at + 1]?.text === "fn") return at + 2;
  return named.has(word.text) ? at + 1 : -1;
}

function needsSpace(tokens: readonly Token[], i: number, source: string): boolean {
  const [before, token] = [tokens[i - 1], tokens[i]];
  if (before === undefined || token === undefined) return false;
  const [a, b] = [symbolOf(before), symbolOf(token)];
  if (b === "," || b === ")" || b === "]") return false;
  if (a === "(" || a === "[") return false;
  if (a === "{" && b === "}") return false;
  if (a === "." || b === "." || a === "#" || b === "#" || a === "!") return false;
  if (a === "..") return token.kind !== "word";
  if (a === "-" && isUnary(tokens, i - 1)) return false;
  // A call, a row's key, a type's arguments: as the author has it.
  if ((b === "(" || b === "[") && (before.kind === "word" || a === ")" || a === "]")) {
    return before.span.end < token.span.start && source.slice(before.span.end, token.span.start).trim() === "";
  }
  return true;
}

function symbolOf({ kind, text }: Token): string {
  return kind === "symbol" ? text : "";
}

function isUnary(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  if (before === undefined) return true;
  if (before.kind === "word") return leadIn.has(before.text);
  return before.kind === "symbol" && ![")", "]", "}"].includes(before.text);
}
