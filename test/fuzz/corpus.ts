/** Inputs kept from earlier runs: one for each way in which a target took or refused one, and each that once broke a rule. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("corpus", import.meta.url));

export function corpusOf(target: string): Uint8Array[] {
  const folder = join(root, target);
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => Uint8Array.from(readFileSync(join(folder, name))));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Returns the file's path. */
export function keepInput(target: string, input: Uint8Array): string {
  const folder = join(root, target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, createHash("sha256").update(input).digest("hex").slice(0, 16));
  writeFileSync(path, input);
  return path;
}
