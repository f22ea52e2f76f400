/** An audit's report as lines for a person. */
import type { AuditReport } from "./audit.ts";

/** One line for a bad report; for a good one some more, the clients' last. */
export function auditText(report: AuditReport): string {
  if (!report.ok)
    return report.index === 0 ? `bad: ${report.reason}` : `bad at index ${report.index}: ${report.reason}`;
  const open = report.entries - report.committed;
  return [
    `ok: ${report.entries} entries, every hash and every client's signature is right`,
    `committed: up to index ${report.commitIndex}, by ${report.certificates} certificates kept`,
    ...(open === 0 ? [] : [`not yet committed: ${open} entries above it`]),
    `head: ${report.head}`,
    ...[...report.clients].map(([client, count]) => `client ${client}: ${count} entries`),
  ].join("\n");
}
