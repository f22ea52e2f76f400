/** `juno init`: the files of a new cluster. */
import { initCluster } from "../../cluster/init.ts";
import type { EngineName } from "../../pools/engine.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export type InitFlags = {
  readonly nodes: number;
  readonly clients: number;
  readonly dir: string;
  readonly basePort?: number;
  readonly host?: string;
  readonly transport?: "tcp" | "ipc";
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly name?: string;
};

export async function init(this: Context, flags: InitFlags): Promise<void> {
  const made = await initCluster(flags);
  if (!made.ok) {
    fail(this, exitCodes.usage, made.reason);
    return;
  }
  const { genesis, nodes, clients } = made.value;
  const files = [genesis, ...nodes.map(({ config }) => config), ...clients.map(({ config }) => config)];
  this.process.stdout.write(`${files.join("\n")}\n`);
  this.process.stderr.write(`Next: juno up --dir ${flags.dir}\n`);
}
