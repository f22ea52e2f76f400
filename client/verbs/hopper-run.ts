/** `juno hopper run`: one command of a module on a fresh machine. */
import { runLine } from "../../hopper/tools/run-line.ts";
import { startSession } from "../../hopper/tools/session.ts";
import { showCalled } from "../../hopper/tools/show-called.ts";
import { namesIn } from "../../hopper/tools/show-effects.ts";
import { sha256 } from "../../pools/sha256.ts";
import { type Context, fail, hasColors } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSource, sourceFinder } from "../hopper/find-source.ts";
import { principalOf } from "../hopper/signers.ts";

export type HopperRunFlags = {
  /** Names, or expressions. */
  readonly as?: readonly string[];
  readonly at?: string;
  /** Lines before the command, whose effects are not shown. */
  readonly first?: readonly string[];
};

export function hopperRun(
  this: Context,
  { as: signers = [], at, first = [] }: HopperRunFlags,
  file: string,
  command: string,
  ...args: readonly string[]
): void {
  const { stdout, stderr } = this.process;
  const source = readSource(file);
  if (!source.ok) {
    fail(this, exitCodes.usage, source.reason);
    return;
  }
  const session = startSession({ sha256, find: sourceFinder(), color: hasColors(this, stderr) }, source.value);
  if ("refused" in session) {
    fail(this, exitCodes.failed, session.refused);
    return;
  }
  for (const line of first) {
    const ran = runLine(session, line);
    const why = "refused" in ran ? ran.refused : "called" in ran ? ran.called.outcome.failure?.name : undefined;
    if (why === undefined) continue;
    fail(this, "refused" in ran ? exitCodes.usage : exitCodes.failed, `${line}\n${why}`);
    return;
  }
  session.signers = signers.map(principalOf);
  session.time = at;
  const line = command.includes("(") && args.length === 0 ? command : `${command}(${args.join(", ")})`;
  const ran = runLine(session, line);
  if ("refused" in ran) {
    fail(this, exitCodes.usage, ran.refused);
    return;
  }
  if ("defined" in ran) {
    fail(this, exitCodes.usage, `${line} is not a command`);
    return;
  }
  const names = namesIn([source.value.text, line, ...first, ...session.signers].join("\n"), sha256);
  stdout.write(`${showCalled(session.machine, ran.type, ran.called, names)}\n`);
  if (ran.called.outcome.failure !== undefined) this.process.exitCode = exitCodes.failed;
}
