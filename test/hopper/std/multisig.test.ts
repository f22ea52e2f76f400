/** std/multisig: groups of which so many must agree. */
import { testStandardModule } from "./module-cases.ts";

const paid = "deposit(to, withdraw(u, vault(group), n, selfAuth))";
const changed = "put groups[group] = checked(need, members, row.version + 1)";

testStandardModule("std/multisig", [
  ["what is paid goes nowhere", paid, "{ let c = withdraw(u, vault(group), n, selfAuth) }", "never-used"],
  ["what is paid is dropped", paid, "{ withdraw(u, vault(group), n, selfAuth) }", "unused-value, wrong-type"],
  ["it is paid twice", paid, `{\n let c = ${paid.slice(12, -1)}\n deposit(to, c)\n deposit(to, c) }`, "used-twice"],
  [
    "what is paid in goes nowhere",
    "deposit(vault(group), c)\n  emit PaidIn { group, u, from, n }\n\n-- From",
    "emit PaidIn { group, u, from, n }\n\n-- From",
    "never-used",
  ],
  [
    "what is gathered goes nowhere",
    "withdraw(u, from, n, by)\n  deposit(vault(group), c)",
    "withdraw(u, from, n, by)",
    "never-used",
  ],
  ["what is gathered needs no signers", "withdraw(u, from, n, by)", "withdraw(u, from, n, by.who)", "wrong-type"],
  ["nobody asks whether they signed", "n, by)", "n, quorum(1, []))", "wrong-type"],
  ["a principal is taken for evidence", "vault(group), n, selfAuth", "vault(group), n, self", "wrong-type"],
  ["nobody signs for what is paid in", "n : Nat) signed by from.owner =", "n : Nat) =", "no-auth"],
  ["an act is forgotten", `    Pay(u, to, n) => ${paid}\n`, "", "missing-case"],
  ["an approval is a text", "append(approvals, by), isDone", 'append(approvals, "by"), isDone', "wrong-type"],
  [
    "a proposal has no end",
    "Proposal(act, until, row.version, [by], false)",
    "Proposal(act, row.version, [by], false)",
    "wrong-count",
  ],
  [
    "a group is put where a proposal stands",
    changed,
    'put proposals[group, id(0x"01")] = row',
    "effect-missing, wrong-type",
  ],
  ["a fn knows which module it is in", "pub proc vault", "pub fn vault", "not-pure"],
]);
