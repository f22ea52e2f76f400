/** A small C library of the tests, to be loaded before libc's own calls: built once a process, in a folder that goes with it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the library made from a source beside this file; undefined where there is no C compiler, or this is not Linux. */
export function builtShim(source: "failing-calls.c" | "recorded-calls.c"): string | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = mkdtempSync(join(tmpdir(), "juno-shim-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const library = join(folder, "shim.so");
  const file = fileURLToPath(new URL(source, import.meta.url));
  const built = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, file, "-ldl"]);
  return built.status === 0 ? library : undefined;
}
