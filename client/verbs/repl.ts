/** `juno repl`: the prompt. */
import { join } from "node:path";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { openClient, type WhichClient } from "../open-client.ts";
import { runRepl } from "../repl.ts";

export async function repl(this: Context, flags: WhichClient): Promise<void> {
  const { stdin, stdout, stderr, env } = this.process;
  const opened = await openClient(flags, env);
  if (!opened.ok) {
    fail(this, exitCodes.usage, opened.reason);
    return;
  }
  const { client, folder, name, cluster } = opened.value;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  const validators = client.status().validators.length;
  if (terminal)
    stderr.write(`Juno: ${name} of cluster "${cluster}", ${validators} validators. Type help; Tab completes.\n`);
  try {
    await runRepl({
      client,
      input: stdin,
      output: stdout,
      talk: stderr,
      terminal,
      noColor: env.NO_COLOR,
      ...(terminal ? { historyFile: join(folder, "history") } : {}),
    });
  } finally {
    await client.close();
  }
}
