/** A client for one verb: opened, told when its time is up or Ctrl-C is pressed, and closed whatever happens. */
import type { JunoClient } from "./client.ts";
import { type Context, fail } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { openClient, type WhichClient } from "./open-client.ts";
import { noticeWhileWaiting } from "./waiting-notice.ts";

export type ClientFlags = WhichClient & {
  /** Seconds for all of it; 0 waits for ever. */
  readonly timeout: number;
};

/** What is wrong with the files is said, and nothing is done then. */
export async function withClient(
  context: Context,
  flags: ClientFlags,
  act: (client: JunoClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { stderr, env } = context.process;
  const opened = await openClient(flags, env);
  if (!opened.ok) {
    fail(context, exitCodes.usage, opened.reason);
    return;
  }
  const { client } = opened.value;
  const timeout = new AbortController();
  const timer =
    flags.timeout > 0 ? setTimeout(() => timeout.abort(new Error("timed out")), flags.timeout * 1000) : undefined;
  const interrupt = () => timeout.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt);
  const quiet = noticeWhileWaiting(client, (line) => stderr.write(`${line}\n`));
  try {
    await act(client, timeout.signal);
  } finally {
    quiet();
    clearTimeout(timer);
    process.removeListener("SIGINT", interrupt);
    await client.close();
  }
}
