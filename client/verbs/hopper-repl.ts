/** `juno hopper repl`: a prompt for the language of contracts. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type Context, fail, hasColors } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { runPrompt } from "../hopper/prompt.ts";

export type HopperReplFlags = { readonly history?: string };

export async function hopperRepl(this: Context, flags: HopperReplFlags, file?: string): Promise<void> {
  const { stdin, stdout, stderr } = this.process;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  if (terminal) stderr.write("Hopper, on a machine of your own. Type :help; Tab completes; Ctrl-D ends.\n");
  const ended = await runPrompt({
    input: stdin,
    output: stdout,
    terminal,
    colors: hasColors(this, stdout),
    ...(terminal ? { historyFile: flags.history ?? join(homedir(), ".juno_hopper_history") } : {}),
    ...(file === undefined ? {} : { file }),
  });
  if (typeof ended === "string") fail(this, exitCodes.usage, ended);
  else if (ended > 0 && !terminal) this.process.exitCode = exitCodes.failed;
}
