/** `juno start`: runs one node until it is told to stop. */
import { readNodeConfig } from "../../cluster/config.ts";
import { runNode } from "../../cluster/run-node.ts";
import { listenToStopSignals } from "../../cluster/stop-signals.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { overridesOf } from "../overrides.ts";

export type StartFlags = { readonly config: string; readonly set?: readonly string[] };

export async function start(this: Context, flags: StartFlags): Promise<void> {
  const signals = listenToStopSignals();
  signals.kill.addEventListener("abort", () => process.exit(exitCodes.failed), { once: true });
  const overrides = overridesOf(flags.set ?? []);
  const config = overrides.ok ? readNodeConfig(flags.config, this.process.env, overrides.value) : overrides;
  if (!config.ok) {
    signals.dispose();
    fail(this, exitCodes.usage, config.reason);
    return;
  }
  const started = await runNode(config.value);
  if (!started.ok) {
    signals.dispose();
    fail(this, started.configuration ? exitCodes.usage : exitCodes.failed, started.reason);
    return;
  }
  const node = started.value;
  const stopped = new Promise<undefined>((resolve) => {
    if (signals.stop.aborted) resolve(undefined);
    else signals.stop.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const failure = await Promise.race([node.failed, stopped]);
  await node.stop();
  signals.dispose();
  if (failure !== undefined) fail(this, exitCodes.failed, `the node cannot go on: ${failure}`);
}
