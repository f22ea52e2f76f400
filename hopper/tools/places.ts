/** From offsets in a source to its lines and columns. */

export type Lines = {
  readonly source: string;
  /** Offset of each line's first character. */
  readonly starts: readonly number[];
};

/** Line and column from 1; columns count characters, that is code points. */
export type Position = { readonly line: number; readonly column: number };

export function linesOf(source: string): Lines {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return { source, starts };
}

/** Total: what is outside the source stands at its nearer end. */
export function positionAt({ source, starts }: Lines, offset: number): Position {
  const at = Math.max(0, Math.min(offset, source.length));
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  let column = 1;
  for (const _ of source.slice(starts[low], at)) column++;
  return { line: low + 1, column };
}

/** A line's first offset, and its text without its end. */
export function lineText({ source, starts }: Lines, line: number): { readonly start: number; readonly text: string } {
  const start = starts[line - 1] ?? source.length;
  const text = source.slice(start, starts[line] ?? source.length).replace(/\r?\n$/, "");
  return { start, text };
}
