/**
 * Who signs for a principal now. A key's holder changes it, an organisation gives and takes its roles; the principal, under which
 * modules know its owner, stays. Policies are rows of a table of the machine's own, so they are rolled back, told in diffs and
 * exported as all rows are.
 */
import type { Table } from "./table.ts";
import { type Data, principal } from "./value.ts";

/** The policy that speaks for a key or a role; undefined where a key speaks for itself, and a role has been given to nobody. */
export function policyOf(policies: Table, who: Data): Data | undefined {
  if (policies.size === 0 || (who[0] !== principal.key && who[0] !== principal.role)) return undefined;
  return policies.row(who)?.value as Data | undefined;
}
