/** The version of this package, as its package.json has it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Reads the nearest package.json above this file: from the sources one folder up, from the compiled files two. */
export function junoVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    let text: string;
    try {
      text = readFileSync(join(folder, "package.json"), "utf8");
    } catch {
      continue;
    }
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null && "version" in content) return String(content.version);
  }
  return "unknown";
}
