/** Where sources of modules lie: beside the one that uses them, below the same root, or among the standard ones of Juno. */
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type FindSource, pathOf, type Source } from "../../hopper/tools/load-modules.ts";
import type { Outcome } from "../../wire/types.ts";

/** Holds std/ and demo/. */
const ownRoot = fileURLToPath(new URL("../../hopper", import.meta.url));

/** `file`, or the path of one of the standard modules, as `std/coin`. A reason is one line that names the file. */
export function readSource(file: string): Outcome<Source> {
  const read = readFile(file);
  const standard = read.ok || file.endsWith(".hop") ? undefined : readFile(join(ownRoot, `${file}.hop`));
  return standard?.ok ? standard : read;
}

function readFile(file: string): Outcome<Source> {
  try {
    return { ok: true, value: { file, text: readFileSync(file, "utf8") } };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "this is a folder" : String(error);
    return { ok: false, reason: `${file}: ${why}` };
  }
}

/**
 * Looks for `std/coin`, in this order: among the sources given; where the root of the user's own path says (demo/escrow in
 * x/demo/escrow.hop has the root x); as std/coin.hop and coin.hop beside the user; among the standard modules. A file counts only if
 * it calls itself by the path.
 */
export function sourceFinder(given: readonly Source[] = []): FindSource {
  return (path, user) => {
    const known = given.find((one) => pathOf(one.text) === path);
    if (known !== undefined) return known;
    const beside = dirname(resolve(user.file));
    const last = path.split("/").at(-1) ?? path;
    const files = [join(rootOf(user, beside), `${path}.hop`), join(beside, `${path}.hop`), join(beside, `${last}.hop`)];
    for (const file of [...files, join(ownRoot, `${path}.hop`)]) {
      const read = readFile(file);
      if (read.ok && pathOf(read.value.text) === path) return { ...read.value, file: shortName(file, user.file) };
    }
    return undefined;
  };
}

function rootOf(user: Source, beside: string): string {
  const folders = (pathOf(user.text) ?? "").split("/").slice(0, -1);
  return beside.endsWith(join("/", ...folders)) ? join(beside, ...folders.map(() => "..")) : beside;
}

/** As the user's name is: absolute, or from the current folder. */
function shortName(file: string, like: string): string {
  const short = relative("", file);
  return like.startsWith("/") || short.startsWith("../../") ? file : short;
}
