/** Lines that are too long, broken inside brackets, where a new line ends no statement. */
import { closerOf, closers } from "../check/reader/recover.ts";

export const widthMax = 100;

export type Piece = {
  readonly text: string;
  /** A space stands before it, unless it is the first of its line. */
  readonly space: boolean;
  readonly symbol: boolean;
};

export type BrokenLine = { readonly deeper: number; readonly text: string };

/** The line as it is where it fits into `room` columns, or where there is no bracket to break. */
export function breakLine(pieces: readonly Piece[], room: number): BrokenLine[] {
  const whole = write(pieces);
  const pair = whole.length <= room ? undefined : longestPair(pieces);
  if (pair === undefined) return [{ deeper: 0, text: whole }];
  const [from, to] = pair;
  const head = pieces.slice(0, from + 1);
  const tail = pieces.slice(to);
  const rows = fill(itemsOf(pieces.slice(from + 1, to)), room - 2);
  return [
    { deeper: 0, text: write(head) },
    ...rows.flatMap((row) => breakLine(row, room - 2).map((one) => ({ ...one, deeper: one.deeper + 1 }))),
    ...breakLine(tail, room),
  ];
}

/** The pieces of one line with their spaces. */
export function write(pieces: readonly Piece[]): string {
  return pieces.map(({ text, space }, i) => (space && i > 0 ? ` ${text}` : text)).join("");
}

/** The outermost pair of brackets that holds most; those without content are none. */
function longestPair(pieces: readonly Piece[]): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  const open: number[] = [];
  for (const [i, { text, symbol }] of pieces.entries()) {
    if (!symbol) continue;
    if (closerOf.has(text)) open.push(i);
    else if (closers.has(text)) {
      const from = open.pop();
      // Closes what an earlier line opened.
      if (from === undefined || open.length > 0 || i === from + 1) continue;
      if (best === undefined || i - from > best[1] - best[0]) best = [from, i];
    }
  }
  return best;
}

/** Parts at the commas outside of further brackets, each with its comma. */
function itemsOf(pieces: readonly Piece[]): Piece[][] {
  const items: Piece[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    items.at(-1)?.push(piece);
    if (!piece.symbol) continue;
    if (closerOf.has(piece.text)) depth++;
    else if (closers.has(piece.text)) depth--;
    else if (piece.text === "," && depth === 0) items.push([]);
  }
  return items.filter((item) => item.length > 0);
}

/** As many items in a row as fit. */
function fill(items: readonly Piece[][], room: number): Piece[][] {
  const rows: Piece[][] = [];
  for (const item of items) {
    const row = rows.at(-1);
    if (row !== undefined && write([...row, ...item]).length <= room) row.push(...item);
    else rows.push([...item]);
  }
  return rows;
}
