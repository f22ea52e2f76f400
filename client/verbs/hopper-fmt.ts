/** `juno hopper fmt`: modules in the one layout. */
import { writeFileSync } from "node:fs";
import { formatModule } from "../../hopper/tools/format-module.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSource } from "../hopper/find-source.ts";

export type HopperFmtFlags = {
  /** Changes nothing, and ends with 1 where it would. */
  readonly check: boolean;
};

export function hopperFmt(this: Context, { check }: HopperFmtFlags, ...files: readonly string[]): void {
  for (const file of files) {
    const source = readSource(file);
    if (!source.ok) {
      fail(this, exitCodes.usage, source.reason);
      return;
    }
    const formatted = formatModule(source.value.text);
    if (formatted === undefined) {
      fail(this, exitCodes.failed, `${file} has characters that begin nothing; juno hopper check ${file} shows where`);
      return;
    }
    if (formatted === source.value.text) continue;
    this.process.stdout.write(`${file}\n`);
    if (check) this.process.exitCode = exitCodes.failed;
    else writeFileSync(file, formatted);
  }
}
