/** `juno hopper check`: whether modules are well formed, well typed and keep the rules of assets. */
import type { Context } from "../context.ts";
import { loadFiles } from "../hopper/load-file.ts";
import { type OutputForm, renderItems } from "../print-data.ts";

export type HopperCheckFlags = { readonly output: OutputForm };

export function hopperCheck(this: Context, { output }: HopperCheckFlags, ...files: readonly string[]): void {
  const items = loadFiles(this, files).map(({ module: { file, module } }) => {
    return { file, path: module.path, hash: module.hash };
  });
  const text = () => items.map(({ file, path, hash }) => `${file}: ok, ${path} #"${hash}"`).join("\n");
  this.process.stdout.write(renderItems(output, items, text));
}
