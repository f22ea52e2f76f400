/** What a verb gets: the process's streams, and a way to end with one of Juno's exit codes. */
import type { CommandContext } from "@stricli/core";
import type { ExitCode } from "./exit-codes.ts";

export type Context = CommandContext & {
  readonly process: {
    readonly stdin: NodeJS.ReadStream;
    /** For data. */
    readonly stdout: NodeJS.WriteStream;
    /** For talk. */
    readonly stderr: NodeJS.WriteStream;
    readonly env: Readonly<NodeJS.ProcessEnv>;
    exitCode?: number | string | null;
  };
};

/** Ends the verb: the line goes to stderr, the code to the shell. */
export function fail(context: Context, code: ExitCode, line: string): void {
  context.process.stderr.write(`${line}\n`);
  context.process.exitCode = code;
}

/** Whether what is written there is looked at by people who want colours. */
export function hasColors({ process: { env } }: Context, stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (env.NO_COLOR === undefined || env.NO_COLOR === "");
}
