/** `juno contract query`: what contracts hold, asked of the running cluster, or of a ledger file at any index of its log. */
import { stateAt } from "../../cluster/state-at.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { createProgress } from "../progress.ts";
import type { Answer } from "../queries.ts";
import { showOutcome } from "../shown-outcome.ts";
import { type ClientFlags, withClient } from "../with-client.ts";
import { ledgerToAudit, type TrustedGenesis } from "./audit.ts";

export type QueryFlags = ClientFlags &
  Pick<TrustedGenesis, "genesis"> & {
    readonly output: OutputForm;
    readonly atLeast?: number;
    readonly ledger?: string;
    readonly at?: number;
  };

export async function contractQuery(
  this: Context,
  flags: QueryFlags,
  module: string,
  expression: string,
): Promise<void> {
  const { ledger, at, genesis, atLeast } = flags;
  if (ledger === undefined) {
    if (at === undefined && genesis === undefined) await askCluster(this, flags, module, expression);
    else fail(this, exitCodes.usage, "--at and --genesis are for a ledger file: give it by --ledger");
  } else if (atLeast === undefined) await askLedger(this, { ...flags, ledger }, module, expression);
  else fail(this, exitCodes.usage, "--at-least is for a running cluster; with --ledger, --at chooses the index");
}

/** As f+1 validators have it. */
async function askCluster(context: Context, flags: QueryFlags, module: string, expression: string): Promise<void> {
  const { atLeast = 0 } = flags;
  await withClient(context, flags, async (client, signal) => {
    const answer = await client.query(`${module}\n${expression}`, { atLeast, signal }).catch((error: unknown) => error);
    if (answer instanceof Error) {
      const usage = answer instanceof RangeError;
      fail(
        context,
        usage ? exitCodes.usage : exitCodes.pending,
        usage ? answer.message : `no answer: ${answer.message}`,
      );
      return;
    }
    const { index, nodes, outcome } = answer as Answer;
    const { ok, text } = showOutcome(outcome);
    const validators = nodes.toSorted((a, b) => a - b);
    const place = `  at index ${index}, say validators ${validators.join(" and ")}`;
    const items = [{ index, ok, text, validators }];
    context.process.stdout.write(renderItems(flags.output, items, () => `${text}\n${place}`));
    if (!ok) context.process.exitCode = exitCodes.failed;
  });
}

async function askLedger(
  context: Context,
  flags: QueryFlags & { readonly ledger: string },
  module: string,
  expression: string,
): Promise<void> {
  const audited = await ledgerToAudit(context, flags, flags.ledger);
  if (audited === undefined) return;
  const { stdout, stderr, env } = context.process;
  const progress = createProgress(stderr, "entries", env.NO_COLOR);
  const state = stateAt({ ...audited, onProgress: progress.update }, flags.at);
  progress.finish();
  if (!state.ok) {
    fail(context, flags.at === undefined ? exitCodes.verification : exitCodes.failed, state.reason);
    return;
  }
  const { chain, index } = state.value;
  const bytes = new TextEncoder().encode(`${module}\n${expression}`);
  const { ok, text } = showOutcome(chain.query(bytes));
  stdout.write(renderItems(flags.output, [{ index, ok, text }], () => `${text}\n  at index ${index}`));
  if (!ok) context.process.exitCode = exitCodes.failed;
}
