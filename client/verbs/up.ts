/** `juno up`: runs all nodes of a cluster on this machine, which it makes first where there is none. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ClusterLayout, findCluster } from "../../cluster/cluster-layout.ts";
import { initCluster } from "../../cluster/init.ts";
import { up as runCluster } from "../../cluster/launcher.ts";
import { listenToStopSignals } from "../../cluster/stop-signals.ts";
import type { Outcome } from "../../wire/types.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { InitFlags } from "./init.ts";

/** Without `nodes`, as many as the folder has, or 4 in a new one. */
export type UpFlags = Omit<InitFlags, "nodes"> & { readonly nodes?: number };

const nodesDefault = 4;

export async function up(this: Context, flags: UpFlags): Promise<void> {
  const { stdout, stderr, env } = this.process;
  const layout = await findOrMake(flags, (line) => stderr.write(`${line}\n`));
  if (!layout.ok) {
    fail(this, exitCodes.usage, layout.reason);
    return;
  }
  const { nodes, dir } = layout.value;
  stderr.write(
    `Starting ${counted(nodes.length)} of ${dir}. Next, in another terminal: juno repl --dir ${flags.dir}\n`,
  );
  const signals = listenToStopSignals();
  const report = await runCluster({ nodes, env, stop: signals.stop, kill: signals.kill, stdout, stderr });
  signals.dispose();
  this.process.exitCode = report.exitCode;
}

async function findOrMake(flags: UpFlags, say: (line: string) => void): Promise<Outcome<ClusterLayout>> {
  if (!existsSync(join(flags.dir, "genesis.json"))) {
    const made = await initCluster({ ...flags, nodes: flags.nodes ?? nodesDefault });
    if (made.ok) say(`Made a cluster of ${counted(made.value.nodes.length)} in ${made.value.dir}`);
    return made;
  }
  const found = findCluster(flags.dir);
  if (!found.ok || flags.nodes === undefined || flags.nodes === found.value.nodes.length) return found;
  const { length } = found.value.nodes;
  return {
    ok: false,
    reason: `${flags.dir}: the cluster there has ${length} nodes; leave --nodes out, or choose another --dir`,
  };
}

function counted(nodes: number): string {
  return nodes === 1 ? "1 node" : `${nodes} nodes`;
}
