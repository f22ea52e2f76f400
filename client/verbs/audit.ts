/** `juno audit`: checks a node's ledger file against nothing but the genesis. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { type AuditReport, audit as auditFile } from "../../ledger/audit.ts";
import { auditText } from "../../ledger/audit-text.ts";
import { loadEngine } from "../../pools/engine.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputForm, renderItems } from "../print-data.ts";
import { createProgress } from "../progress.ts";

export type AuditFlags = { readonly genesis?: string; readonly dir: string; readonly output: OutputForm };

export async function audit(this: Context, flags: AuditFlags, path: string): Promise<void> {
  const founding = readGenesisFile(flags.genesis ?? join(flags.dir, "genesis.json"));
  if (!founding.ok) {
    fail(this, exitCodes.usage, `${founding.reason}; say which genesis to trust with --genesis FILE`);
    return;
  }
  const file = ledgerFileAt(path);
  if (!existsSync(file)) {
    fail(this, exitCodes.usage, `${file}: there is no such file; give a node's ledger.sqlite, or its data folder`);
    return;
  }
  const { verify } = await loadEngine("simd");
  const progress = createProgress(this.process.stderr, "entries", this.process.env.NO_COLOR);
  const report = auditFile({ file, genesis: founding.value.genesis, verify, onProgress: progress.update });
  progress.finish();
  this.process.stdout.write(renderItems(flags.output, [plain(report)], () => auditText(report)));
  if (!report.ok) this.process.exitCode = exitCodes.verification;
}

/** A data folder stands for the ledger in it. */
export function ledgerFileAt(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, "ledger.sqlite") : path;
}

function plain(report: AuditReport): object {
  return report.ok ? { ...report, clients: Object.fromEntries(report.clients) } : report;
}
