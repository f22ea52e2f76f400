/** `juno version`: what runs here. */
import { costTableHash } from "../../hopper/ir/cost-table.ts";
import { sha256 } from "../../pools/sha256.ts";
import type { Context } from "../context.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { junoVersion } from "../version.ts";

export type VersionFlags = { readonly output: OutputForm };

export async function version(this: Context, flags: VersionFlags): Promise<void> {
  const about = {
    juno: junoVersion(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    costTable: Buffer.from(costTableHash(sha256)).toString("hex"),
  };
  const text = () => `juno ${about.juno} (Node ${about.node}, ${about.platform})\ncost table ${about.costTable}`;
  this.process.stdout.write(renderItems(flags.output, [about], text));
}
