/** Changes who signs for a principal. */
import { costTable } from "../ir/cost-table.ts";
import { equal, weight } from "./compare.ts";
import type { Execution } from "./execution.ts";
import { fault } from "./fault.ts";
import { attempt, type Circumstances, type Machine, type Outcome } from "./machine.ts";
import { policyOf } from "./policies.ts";
import { type Data, type List, principal } from "./value.ts";

/**
 * Lets `policy` speak for `who` from now on: for a key by whoever speaks for it so far, for a role by its organisation. A key that
 * is its own policy speaks for itself again. Faults: NotSigned; BadArgument where `who` is neither key nor role, or the policy
 * comes back to it; OutOfGas.
 */
export function setPolicy(machine: Machine, who: Data, policy: Data, circumstances: Circumstances): Outcome {
  return attempt(machine, circumstances, true, (execution) => {
    const [tag, organisation] = who;
    const isRole = tag === principal.role;
    if (tag !== principal.key && !isRole) fault("BadArgument", "NeitherKeyNorRole");
    if (!execution.hasSigned(isRole ? (organisation as Data) : who)) fault("NotSigned");
    const size = weight(policy);
    const row = execution.journal.find(machine.own.policies, who);
    execution.spend(costTable.write + Math.ceil((row.bytes.length + size) / costTable.writeBytesPerGas));
    if (!isRole && equal(policy, who)) {
      execution.journal.set(row, undefined, 0);
    } else {
      refuseCircle(machine, who, policy, execution, 0);
      execution.journal.set(row, policy, size);
    }
    return [0];
  });
}

/** Whoever has to sign for itself to sign could never sign again. */
function refuseCircle(machine: Machine, who: Data, policy: Data, execution: Execution, deep: number): void {
  execution.spend(costTable.signer);
  if (deep > 16) fault("DepthExceeded");
  if (equal(policy, who)) fault("BadArgument", "PolicyOfItself");
  const further = policyOf(machine.own.policies, policy);
  if (further !== undefined) refuseCircle(machine, who, further, execution, deep + 1);
  else if (policy[0] === principal.atLeast) {
    for (const one of (policy[2] as List).items) refuseCircle(machine, who, one as Data, execution, deep + 1);
  }
}
