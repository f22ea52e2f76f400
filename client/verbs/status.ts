/** `juno status`: asks every node of a folder by its control socket. */

import { findCluster } from "../../cluster/cluster-layout.ts";
import { readNodeConfig } from "../../cluster/config.ts";
import { readStatus } from "../../cluster/status-shape.ts";
import { renderStatusTable, type StatusRow } from "../../cluster/status-table.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputForm, renderItems } from "../print-data.ts";

export type StatusFlags = { readonly dir: string; readonly timeout: number; readonly output: OutputForm };

type Answer = StatusRow & { readonly reason?: string };

export async function status(this: Context, flags: StatusFlags): Promise<void> {
  const { stdout, stderr, env } = this.process;
  const layout = findCluster(flags.dir);
  if (!layout.ok) {
    fail(this, exitCodes.usage, layout.reason);
    return;
  }
  const answers = await Promise.all(
    layout.value.nodes.map(async ({ name, config }): Promise<Answer> => {
      const read = readNodeConfig(config, env, {});
      if (!read.ok) return { name, note: "bad config", reason: read.reason };
      const answer = await readStatus(read.value.node.data, flags.timeout * 1000);
      return answer.ok ? { name, status: answer.value } : { name, note: "down", reason: answer.reason };
    }),
  );
  const colour = stdout.isTTY === true && (env.NO_COLOR === undefined || env.NO_COLOR === "");
  const width = stdout.isTTY === true ? { width: stdout.columns } : {};
  const items = flags.output === "table" ? answers : answers.map(plain);
  stdout.write(renderItems<object>(flags.output, items, () => renderStatusTable(answers, { colour, ...width })));
  for (const { name, reason } of answers) if (reason !== undefined) stderr.write(`${name}: ${reason}\n`);
  if (answers.some(({ status }) => status !== undefined)) return;
  fail(this, exitCodes.failed, `no node answers. Next: juno up --dir ${flags.dir}`);
}

/** A node that does not answer has its name and the reason alone. */
function plain({ name, status, reason }: Answer): object {
  return status === undefined ? { name, up: false, reason } : { ...status, name, up: true };
}
