/** The lines typed at earlier prompts, in a file that only its owner may read. */
import { readFileSync, writeFileSync } from "node:fs";

export const historyLinesMax = 1000;

/** Newest first, as readline wants them; nothing where there is no file that can be read. */
export function readHistory(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .slice(-historyLinesMax)
      .reverse();
  } catch {
    return [];
  }
}

/** Takes lines newest first. False where they could not be kept, which is no reason to stop. */
export function writeHistory(file: string, lines: readonly string[]): boolean {
  try {
    writeFileSync(file, [...lines].slice(0, historyLinesMax).reverse().join("\n").concat("\n"), { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
