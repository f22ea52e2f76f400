import { spawnSync } from "node:child_process";
import test, { type TestFn } from "ava";

/** `test` where the command line tool is installed, else `test.skip`; and what to put behind a title to say why. */
export function needing(tool: string): { readonly run: TestFn | TestFn["skip"]; readonly note: string } {
  const missing = spawnSync(tool, ["version"], { stdio: "ignore" }).error !== undefined;
  return missing ? { run: test.skip, note: ` (skipped: ${tool} is not installed)` } : { run: test, note: "" };
}
