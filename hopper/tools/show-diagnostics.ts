/** What is wrong with a module, as people read it: the place, the line with the piece underlined, what was expected, a hint. */
import type { Diagnostic } from "../check/report.ts";
import type { Span } from "../core/term.ts";
import { showCharacter } from "./columns.ts";
import { type Lines, linesOf, lineText, positionAt } from "./places.ts";

export type ShowOptions = {
  /** With the codes of a terminal's colours. */
  readonly color?: boolean;
  /** Diagnostics told at most; the rest is counted. */
  readonly most?: number;
};

const mostOf = 50;
/** Columns of a source line that are shown. */
const lineColumnsMax = 100;
/** Columns shown before the piece, where a line is too long. */
const leadColumns = 40;
/** Looked at on either side of where a piece starts: a line may be as long as a module, and each mistake has its own piece of it. */
const sideLength = 400;

type Paint = (style: "error" | "place" | "note", text: string) => string;
const codes = { error: "1;31", place: "1;34", note: "36" } as const;

/** `file` is what people call the source. Ends without a line end. */
export function showDiagnostics(
  file: string,
  source: string,
  diagnostics: readonly Diagnostic[],
  { color = false, most = mostOf }: ShowOptions = {},
): string {
  const lines = linesOf(source);
  const paint: Paint = (style, text) => (color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
  const shown = diagnostics.slice(0, most).map((one) => showOne(file, lines, one, paint));
  const rest = diagnostics.length - most;
  return rest > 0 ? [...shown, `and ${rest} more mistakes in ${file}`].join("\n") : shown.join("\n");
}

function showOne(file: string, lines: Lines, found: Diagnostic, paint: Paint): string {
  const { code, message, span, expected, hint, related } = found;
  const places = related.filter((one) => one.span.end > 0);
  const widest = Math.max(...[span, ...places.map((one) => one.span)].map((one) => positionAt(lines, one.start).line));
  const gutter = String(widest).length;
  const note = (word: string, text: string) => `${" ".repeat(gutter)} ${paint("note", `= ${word}`)} ${text}`;
  return [
    `${placeOf(file, lines, span)}: ${paint("error", "error:")} ${message} [${code}]`,
    ...excerpt(lines, span, gutter, "^", "", paint),
    ...(expected === undefined ? [] : [note("expected:", expected)]),
    ...places.flatMap((one) => excerpt(lines, one.span, gutter, "-", ` ${one.message}`, paint)),
    ...related.filter((one) => one.span.end === 0).map((one) => note("see:", one.message)),
    ...(hint === undefined ? [] : [note("hint:", hint)]),
  ].join("\n");
}

/** `file:line:column`, as editors jump to it. */
export function placeOf(file: string, lines: Lines, span: Span): string {
  const { line, column } = positionAt(lines, span.start);
  return `${file}:${line}:${column}`;
}

/** The line of a piece with marks under it; of a piece of several lines the first one. */
function excerpt(
  lines: Lines,
  span: Span,
  gutter: number,
  mark: string,
  message: string,
  paint: Paint,
): readonly string[] {
  const { line } = positionAt(lines, span.start);
  const { start, text } = lineText(lines, line);
  const goesOn = span.end > start + text.length + 1;
  const { shown, before, under } = windowOf(text, span.start - start, Math.min(span.end - start, text.length));
  const marks = mark.repeat(Math.max(1, under));
  const style = mark === "^" ? "error" : "note";
  const bar = paint("place", "|");
  return [
    `${paint("place", String(line).padStart(gutter))} ${bar} ${shown}`.trimEnd(),
    `${" ".repeat(gutter)} ${bar} ${" ".repeat(before)}${paint(style, `${marks}${goesOn ? "…" : ""}${message}`)}`,
  ];
}

/** The part of a line around [from, to) that fits; columns before the piece and under it. */
function windowOf(
  text: string,
  from: number,
  to: number,
): { readonly shown: string; readonly before: number; readonly under: number } {
  const cells: { readonly at: number; readonly text: string; readonly columns: number }[] = [];
  let at = startOfCharacter(text, Math.max(0, from - sideLength));
  const isCutBefore = at > 0;
  let column = 0;
  let start = 0;
  for (const character of text.slice(at, from + sideLength)) {
    const cell = showCharacter(character, column);
    cells.push({ at, ...cell });
    if (at < from) start = column + cell.columns;
    at += character.length;
    column += cell.columns;
  }
  const first = column > lineColumnsMax ? Math.max(0, start - leadColumns) : 0;
  const cut = first > 0 || isCutBefore ? "…" : "";
  let [shown, before, under, passed, used] = [cut, cut.length, 0, 0, cut.length];
  let isCutAfter = from + sideLength < text.length;
  for (const cell of cells) {
    const isBefore = passed < first;
    passed += cell.columns;
    if (isBefore) continue;
    if (used + cell.columns > lineColumnsMax) {
      isCutAfter = true;
      break;
    }
    shown += cell.text;
    used += cell.columns;
    if (cell.at < from) before += cell.columns;
    else if (cell.at < to) under += cell.columns;
  }
  return { shown: isCutAfter ? `${shown}…` : shown, before, under };
}

/** Not between the two halves of one. */
function startOfCharacter(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]/.test(text.charAt(at - 1)) ? at - 1 : at;
}
