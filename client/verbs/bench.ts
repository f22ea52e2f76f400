/** `juno bench`: measurements, which are part of a checkout and not of the published package. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

/** What bench/verbs.ts exports: runs `juno bench` with the arguments after `bench`, and sets the exit code. */
export type RunBench = (context: Context, args: readonly string[]) => Promise<void>;

/** Its address is put together only now: bench/ is not there in the package, and nothing here may depend on it. */
const verbs = new URL("../../bench/verbs.ts", import.meta.url);

export async function bench(context: Context, args: readonly string[]): Promise<void> {
  if (!existsSync(fileURLToPath(verbs))) {
    fail(context, exitCodes.usage, "juno bench needs a checkout of the repository: there, npm run juno -- bench");
    return;
  }
  const loaded: { readonly runBench: RunBench } = await import(verbs.href);
  await loaded.runBench(context, args);
}
