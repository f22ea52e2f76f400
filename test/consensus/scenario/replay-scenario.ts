/**
 * Runs a scenario: a text of blocks, each some lines of commands, a line `----`, and what happened. Lines that begin with `#`
 * are for the reader.
 */
import type { SimCrypto } from "../../sim/crypto.ts";
import { runCommand, type Stage } from "./commands.ts";

const divider = "----";
/** Before a command whose output is not shown. */
const quietly = "quiet ";

/**
 * The same scenario with the outputs as they are now: equal to `text` where all is as expected. Throws an error with file and
 * line where a command is wrong, or breaks an invariant.
 */
export function replayScenario(file: string, text: string, crypto: SimCrypto): string {
  const told: Told = { lines: [], quiet: false };
  const stage: Stage = { crypto, tell: (line) => told.lines.push(line), cluster: undefined };
  const lines = text.trimEnd().split("\n");
  const result: string[] = [];
  let at: "remarks" | "commands" | "output" = "remarks";
  for (const [number, line] of [...lines, ""].entries()) {
    const ends = line === divider || line === "";
    // A block whose output is not written yet ends with its last command.
    if (ends && at === "commands") result.push(...output(told));
    if (line === divider) at = "output";
    else if (line === "") at = "remarks";
    if (line === divider || at === "output") continue;
    result.push(line);
    if (line === "" || line.startsWith("#")) continue;
    at = "commands";
    runAt(`${file}:${number + 1}`, line, stage, told);
  }
  return result.join("\n");
}

/** What a block has told so far, and whether more happened that was not to be shown. */
type Told = { lines: string[]; quiet: boolean };

function output(told: Told): string[] {
  const { lines, quiet } = told;
  told.lines = [];
  told.quiet = false;
  return [divider, ...(lines.length > 0 ? lines : [quiet ? "nothing shown" : "nothing"])];
}

function runAt(place: string, line: string, stage: Stage, told: Told): void {
  const quiet = line.startsWith(quietly);
  const shown = told.lines.length;
  try {
    runCommand(stage, quiet ? line.slice(quietly.length) : line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${place}: ${reason}`, { cause: error });
  }
  if (!quiet) return;
  told.quiet = true;
  told.lines.splice(shown);
}
