/** What may be done to the lines of a program, whatever they say. */

export type LineChange = { readonly kind: string; readonly line: number; readonly other: number };

/** Drops a line, doubles it, or swaps it with another; any other kind of change is left to the caller. In memory of its own. */
export function changeLines(text: readonly string[], { kind, line, other }: LineChange): string[] {
  const [one = "", two = ""] = [text[line], text[other]];
  const next = [...text];
  if (kind === "drop") next[line] = "";
  if (kind === "double") next[line] = `${one}\n${one}`;
  if (kind === "swap") [next[line], next[other]] = [two, one];
  return next;
}
