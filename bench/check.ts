/** `juno bench check`: fails where a ratio leaves its bounds; never because the machine is slow. */
import { type Context, fail } from "../client/context.ts";
import { exitCodes } from "../client/exit-codes.ts";
import { judge, readBounds, renderVerdicts } from "./judge.ts";
import { measureRatios } from "./ratios.ts";
import { type CommonFlags, openSession } from "./session.ts";
import { placement, readSetup, setupLine } from "./setup.ts";

export type CheckFlags = Pick<CommonFlags, "runs" | "engine" | "seed" | "json" | "quick"> & {
  readonly bounds?: string;
  readonly commands?: number;
};

const full = { runs: 5, commands: 5000, alone: 100, ms: 300, full: true };
const quick = { runs: 3, commands: 2000, alone: 40, ms: 100, full: false };

export async function check(context: Context, flags: CheckFlags): Promise<void> {
  const bounds = readBounds(flags.bounds ?? new URL("bounds.json", import.meta.url));
  if (!bounds.ok) {
    fail(context, exitCodes.usage, bounds.reason);
    return;
  }
  await openSession(context, "check", flags, async (session) => {
    const setup = readSetup(session.engine, flags.seed);
    session.say(`${setupLine(setup)}; ${placement(setup.cores)}`);
    const base = flags.quick ? quick : full;
    const { runs = base.runs, commands = base.commands } = flags;
    const ratios = await measureRatios(session, { ...base, runs, commands });
    const verdicts = judge(ratios, bounds.value);
    const { stdout } = context.process;
    stdout.write(flags.json ? `${JSON.stringify({ setup, verdicts })}\n` : renderVerdicts(verdicts));
    if (verdicts.every(({ kept }) => kept)) return true;
    context.process.exitCode = exitCodes.failed;
    return false;
  });
}
