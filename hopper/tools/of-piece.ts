/** What is wrong with a text that was put into a module, as of that text alone: people have written no more. */
import type { Diagnostic } from "../check/report.ts";

/** The piece begins at `offset`; what is said of other places is said without them. */
export function ofPiece(diagnostics: readonly Diagnostic[], length: number, offset: number): readonly Diagnostic[] {
  return diagnostics.map((one) => shifted(one, length, offset));
}

function shifted(found: Diagnostic, length: number, offset: number): Diagnostic {
  const move = (at: number): number => Math.max(0, Math.min(at - offset, length));
  const spanOf = ({ start, end }: Diagnostic["span"]) => ({ start: move(start), end: move(end) });
  const isInside = ({ start, end }: Diagnostic["span"]) => start >= offset && end <= offset + length;
  const nowhere = { start: 0, end: 0 };
  const related = found.related.map(({ span, message }) => ({
    span: isInside(span) ? spanOf(span) : nowhere,
    message,
  }));
  return { ...found, span: spanOf(found.span), related };
}
