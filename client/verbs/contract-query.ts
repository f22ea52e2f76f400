/** `juno contract query`: what the contracts of a ledger hold, at an index of its log; nothing is put into the log by it. */
import { type StateAt, stateAt } from "../../cluster/state-at.ts";
import { lowerModule } from "../../hopper/lower/lower-module.ts";
import { createLibrary, type FindSource, loadModule } from "../../hopper/tools/load-modules.ts";
import { runLine } from "../../hopper/tools/run-line.ts";
import { installVersion, type Session } from "../../hopper/tools/session.ts";
import { showCalled } from "../../hopper/tools/show-called.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { createProgress } from "../progress.ts";
import { ledgerToAudit, type TrustedGenesis } from "./audit.ts";

export type QueryFlags = TrustedGenesis & { readonly at?: number };

export async function contractQuery(
  this: Context,
  flags: QueryFlags,
  ledger: string,
  module: string,
  expression: string,
): Promise<void> {
  const audited = await ledgerToAudit(this, flags, ledger);
  if (audited === undefined) return;
  const { stdout, stderr, env } = this.process;
  const progress = createProgress(stderr, "entries", env.NO_COLOR);
  const state = stateAt({ ...audited, onProgress: progress.update }, flags.at);
  progress.finish();
  if (!state.ok) {
    fail(this, flags.at === undefined ? exitCodes.verification : exitCodes.failed, state.reason);
    return;
  }
  const session = sessionOf(state.value, module);
  if (typeof session === "string") {
    fail(this, exitCodes.usage, session);
    return;
  }
  const ran = runLine(session, expression);
  if ("refused" in ran || "defined" in ran) {
    fail(this, exitCodes.usage, "refused" in ran ? ran.refused : `${expression} is not an expression`);
    return;
  }
  const { outcome } = ran.called;
  if (outcome.changes.length > 0) {
    fail(this, exitCodes.usage, `${expression} changes rows; a query only reads`);
    return;
  }
  const shown = showCalled(session.machine, ran.type, ran.called, new Map());
  stdout.write(`${shown}\n  at index ${state.value.index}\n`);
  if (outcome.failure !== undefined) this.process.exitCode = exitCodes.failed;
}

/** The module as the ledger has it at that index, ready for a line; a text says why there is none. */
function sessionOf({ chain, index }: StateAt, path: string): Session | string {
  const { machine } = chain.contracts;
  const sourceOf: FindSource = (name) => {
    const published = machine.modules.get(machine.names.get(name)?.current ?? "");
    return published === undefined ? undefined : { file: name, text: published.source };
  };
  const source = sourceOf(path, { file: path, text: "" });
  const lineage = machine.names.get(path)?.lineage;
  if (source === undefined || lineage === undefined) {
    const known = [...machine.names.keys()].sort().join(", ");
    return `no module ${path} is published at index ${index}; there ${known === "" ? "are none" : `are: ${known}`}`;
  }
  const library = createLibrary(sourceOf);
  const loaded = loadModule(library, source);
  if (!loaded.ok) {
    return loaded.broken.map((one) => showDiagnostics(one.file, one.text, one.diagnostics)).join("\n");
  }
  const base = loaded.module;
  const time = `1970-01-01T00:00Z + seconds(${Math.floor(chain.now() / 1000)})`;
  const session: Session = { machine, library, base, lineage, lets: [], signers: [], time, past: [] };
  // What it uses may have a newer version since; then it is, for this look alone, the module with that one.
  if (!machine.modules.has(base.module.hash)) {
    installVersion(session, lowerModule(base.module), base.module.core.imports);
  }
  return session;
}
