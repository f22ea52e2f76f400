/** `juno version`: what runs here. */
import type { Context } from "../context.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { junoVersion } from "../version.ts";

export type VersionFlags = { readonly output: OutputForm };

export async function version(this: Context, flags: VersionFlags): Promise<void> {
  const about = { juno: junoVersion(), node: process.version, platform: `${process.platform}-${process.arch}` };
  const text = () => `juno ${about.juno} (Node ${about.node}, ${about.platform})`;
  this.process.stdout.write(renderItems(flags.output, [about], text));
}
