/** `juno audit`: checks a node's ledger file against nothing but the genesis. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { type AuditOptions, type AuditReport, audit as auditFile } from "../../ledger/audit.ts";
import { auditText } from "../../ledger/audit-text.ts";
import { loadEngine } from "../../pools/engine.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { createProgress } from "../progress.ts";

export type AuditFlags = TrustedGenesis & { readonly output: OutputForm };

export async function audit(this: Context, flags: AuditFlags, path: string): Promise<void> {
  const ledger = await ledgerToAudit(this, flags, path);
  if (ledger === undefined) return;
  const progress = createProgress(this.process.stderr, "entries", this.process.env.NO_COLOR);
  const report = auditFile({ ...ledger, onProgress: progress.update });
  progress.finish();
  this.process.stdout.write(renderItems(flags.output, [plain(report)], () => auditText(report)));
  if (!report.ok) this.process.exitCode = exitCodes.verification;
}

export type TrustedGenesis = { readonly genesis?: string; readonly dir: string };

/** What an audit of this ledger needs; undefined where it is not there or there is no genesis to trust, which is said. */
export async function ledgerToAudit(
  context: Context,
  flags: TrustedGenesis,
  path: string,
): Promise<Pick<AuditOptions, "file" | "genesis" | "verify"> | undefined> {
  const founding = readGenesisFile(flags.genesis ?? join(flags.dir, "genesis.json"));
  if (!founding.ok) {
    fail(context, exitCodes.usage, `${founding.reason}; say which genesis to trust with --genesis FILE`);
    return undefined;
  }
  const file = ledgerFileAt(path);
  if (!existsSync(file)) {
    fail(context, exitCodes.usage, `${file}: there is no such file; give a node's ledger.sqlite, or its data folder`);
    return undefined;
  }
  const { verify } = await loadEngine("simd");
  return { file, genesis: founding.value.genesis, verify };
}

/** A data folder stands for the ledger in it. */
function ledgerFileAt(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, "ledger.sqlite") : path;
}

function plain(report: AuditReport): object {
  return report.ok ? { ...report, clients: Object.fromEntries(report.clients) } : report;
}
