/** `juno send`: commands from the command line, one after the other. */
import { parse } from "../../hopper/demo/parse.ts";
import type { JunoClient } from "../client.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { StillPending } from "../job.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { type ShownOutcome, showReceipt } from "../shown-outcome.ts";
import { type ClientFlags, withClient } from "../with-client.ts";

export type SendFlags = ClientFlags & { readonly output: OutputForm };

type Sent = ShownOutcome | { readonly request: number | null; readonly pending: true };

export async function send(this: Context, flags: SendFlags, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const parsed = parse(command);
    if (parsed.ok) continue;
    fail(
      this,
      exitCodes.usage,
      `${command}\n${" ".repeat(parsed.position)}^\n${parsed.text}\n${parsed.hint}`.trimEnd(),
    );
    return;
  }
  await sendPayloads(this, flags, commands);
}

/** Sends one after the other and prints what became of them; sets the exit code. */
export async function sendPayloads(
  context: Context,
  flags: SendFlags,
  commands: readonly (string | Uint8Array)[],
): Promise<void> {
  await withClient(context, flags, async (client, signal) => {
    const items = await sendInOrder(client, commands, signal);
    context.process.stdout.write(renderItems(flags.output, items.filter(shown(flags.output)), asText));
    report(context, items, commands.length);
  });
}

async function sendInOrder(
  client: JunoClient,
  commands: readonly (string | Uint8Array)[],
  signal: AbortSignal,
): Promise<Sent[]> {
  const items: Sent[] = [];
  for (const command of commands) {
    try {
      items.push(showReceipt(await client.send(command, { signal })));
    } catch (error) {
      if (!(error instanceof StillPending)) throw error;
      items.push({ request: error.requests[0] ?? null, pending: true });
      break;
    }
  }
  return items;
}

/** As text, what is pending is talk. */
function shown(form: OutputForm): (item: Sent) => boolean {
  return (item) => form !== "table" || !("pending" in item);
}

function asText(items: readonly Sent[]): string {
  return items.map((item) => ("pending" in item ? "" : item.text)).join("\n");
}

function report(context: Context, items: readonly Sent[], count: number): void {
  const last = items.at(-1);
  if (last !== undefined && "pending" in last) {
    const what = last.request === null ? "was not sent" : `(request ${last.request}) may still take effect`;
    const rest = count > items.length ? `; ${count - items.length} more were not sent` : "";
    fail(context, exitCodes.pending, `no agreement in time: command ${items.length} ${what}${rest}. Next: juno status`);
  } else if (items.some((item) => !("pending" in item) && !item.ok)) {
    context.process.exitCode = exitCodes.failed;
  }
}
