/** Keeps all that a failed run leaves: what nodes logged, their stores, what clients saw, and why it failed. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChaosCluster } from "./chaos-cluster.ts";
import type { Recorded } from "./load.ts";

export type Kept = {
  readonly flaws: readonly string[];
  readonly history: readonly Recorded[];
  readonly scenario?: object;
};

/** Returns the folder; JUNO_CHAOS_KEEP names where it is made, else that is the folder for temporary files. */
export async function keepArtefacts(chaos: ChaosCluster, name: string, kept: Kept): Promise<string> {
  const root = process.env.JUNO_CHAOS_KEEP ?? tmpdir();
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, `juno-chaos-${name}-`));
  const { layout, processes } = chaos.cluster;
  // What still runs is asked for its insides first: a node that hangs at its end cannot be asked later.
  const hanging = layout.nodes.flatMap(({ id }) => {
    const pid = processes[id]?.child.pid;
    return pid === undefined ? [] : [`node ${id}: ${insidesOf(pid)}`];
  });
  for (const { id } of layout.nodes) processes[id]?.child.kill("SIGUSR2");
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const [node, output] of chaos.outputs().entries()) writeFileSync(join(folder, `node${node}.log`), output);
  for (const { id } of layout.nodes) if (processes[id] !== undefined) await chaos.kill(id);
  cpSync(layout.dir, join(folder, "cluster"), { recursive: true, filter: (path) => !path.endsWith(".sock") });
  const { history, ...rest } = kept;
  writeFileSync(join(folder, "failure.json"), `${JSON.stringify({ ...rest, hanging }, null, 2)}\n`);
  writeFileSync(join(folder, "history.ndjson"), history.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return folder;
}

/** What Linux tells of a process' threads; empty elsewhere. */
function insidesOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/status`, "utf8")} ${readFileSync(`/proc/${pid}/wchan`, "utf8")} ${readlinkSync(`/proc/${pid}/cwd`)}`;
  } catch {
    return `process ${pid}`;
  }
}
