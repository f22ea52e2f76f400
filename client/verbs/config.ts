/** `juno config`: reads a configuration as a node or client would. */
import { readFileSync } from "node:fs";
import { readClientConfig } from "../../cluster/client-config.ts";
import { explainNodeConfig, readNodeConfig } from "../../cluster/config.ts";
import { readClientIdentity, readNodeIdentity } from "../../cluster/identity.ts";
import type { Outcome } from "../../wire/types.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { overridesOf } from "../overrides.ts";

export type ConfigFlags = { readonly set?: readonly string[] };

/** Checks the file, the genesis and the key it names, and that they belong together. */
export async function configCheck(this: Context, flags: ConfigFlags, file: string): Promise<void> {
  const flaw = flawOf(file, flags, this.process.env);
  if (flaw === undefined) this.process.stdout.write(`${file}: ok\n`);
  else fail(this, exitCodes.usage, flaw);
}

function flawOf(file: string, flags: ConfigFlags, env: NodeJS.ProcessEnv): string | undefined {
  const overrides = overridesOf(flags.set ?? []);
  if (!overrides.ok) return overrides.reason;
  return isClients(file)
    ? flawIn(readClientConfig(file, env, overrides.value), readClientIdentity)
    : flawIn(readNodeConfig(file, env, overrides.value), readNodeIdentity);
}

function flawIn<Config>(config: Outcome<Config>, identify: (config: Config) => Outcome<unknown>): string | undefined {
  if (!config.ok) return config.reason;
  const identity = identify(config.value);
  return identity.ok ? undefined : identity.reason;
}

/** Only a client's file has a section of that name; one that cannot be read is left to the node's reader to refuse. */
function isClients(file: string): boolean {
  try {
    return /^\s*\[client\]/m.test(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

/** Prints a node's settings in force, and where each came from. */
export async function configPrint(this: Context, flags: ConfigFlags, file: string): Promise<void> {
  const overrides = overridesOf(flags.set ?? []);
  const text = overrides.ok ? explainNodeConfig(file, this.process.env, overrides.value) : overrides;
  if (text.ok) this.process.stdout.write(text.value);
  else fail(this, exitCodes.usage, text.reason);
}
