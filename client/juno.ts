#!/usr/bin/env node
/** The `juno` command. */
import { runJuno } from "./application.ts";

// A reader that has enough, such as `head`, is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
const { stdin, stdout, stderr, env } = process;
process.exitCode = await runJuno({ process: { stdin, stdout, stderr, env } }, process.argv.slice(2));
