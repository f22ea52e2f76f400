/** `juno hopper check`: whether modules are well formed, well typed and keep the rules of assets. */
import type { BrokenModule } from "../../hopper/tools/load-modules.ts";
import { linesOf, positionAt } from "../../hopper/tools/places.ts";
import type { Context } from "../context.ts";
import { loadFiles } from "../hopper/load-file.ts";
import { type OutputForm, renderItems } from "../print-data.ts";

export type HopperCheckFlags = { readonly output: OutputForm };

/** For programs, such as editors: lines and columns from 1, columns in characters. */
type Item =
  | { readonly file: string; readonly ok: true; readonly path: string; readonly hash: string }
  | { readonly file: string; readonly ok: false; readonly mistakes: readonly Mistake[] };

type Mistake = {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly expected: string | null;
  readonly hint: string | null;
};

export function hopperCheck(this: Context, { output }: HopperCheckFlags, ...files: readonly string[]): void {
  const broken: BrokenModule[] = [];
  const loaded = output === "table" ? loadFiles(this, files) : loadFiles(this, files, (one) => broken.push(one));
  const items: readonly Item[] = [
    ...loaded.map(
      ({ module: { file, module } }) => ({ file, ok: true, path: module.path, hash: module.hash }) as const,
    ),
    ...broken.map((one) => ({ file: one.file, ok: false, mistakes: mistakesOf(one) }) as const),
  ];
  const text = () => items.flatMap((one) => (one.ok ? `${one.file}: ok, ${one.path} #"${one.hash}"` : [])).join("\n");
  this.process.stdout.write(renderItems(output, items, text));
}

function mistakesOf({ text, diagnostics }: BrokenModule): readonly Mistake[] {
  const lines = linesOf(text);
  return diagnostics.map(({ code, message, span, expected = null, hint = null }) => {
    const { line, column } = positionAt(lines, span.start);
    const { line: endLine, column: endColumn } = positionAt(lines, span.end);
    return { code, message, line, column, endLine, endColumn, expected, hint };
  });
}
