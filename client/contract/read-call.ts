/** From what a person writes, `transfer(usd, alice, bob, 5)`, to a command for contracts: by the module's own checker and evaluator. */

import type { ContractCommand } from "../../hopper/chain/contract-command.ts";
import type { CheckedModule } from "../../hopper/check/checked-module.ts";
import { checkModule } from "../../hopper/check/module.ts";
import { lowerModule, lowerTests } from "../../hopper/lower/lower-module.ts";
import { encode } from "../../hopper/run/canonical.ts";
import { attempt, createMachine, moduleNamed, run } from "../../hopper/run/machine.ts";
import { install } from "../../hopper/run/run-tests.ts";
import { pathOf, type Source } from "../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { sha256 } from "../../pools/sha256.ts";
import type { Outcome } from "../../wire/types.ts";

/**
 * Reads a call of a command of the first module; the others are those it uses, in an order in which each comes after what it
 * uses itself. `call` may use whatever the module can name. A reason tells the place.
 */
export function readCall(
  module: Source,
  others: readonly Source[],
  call: string,
  gasLimit: number,
): Outcome<ContractCommand> {
  const checked = new Map<string, CheckedModule>();
  const machine = createMachine({ sha256 });
  for (const other of others) {
    const read = checkSource(other, other.text, checked);
    if (!read.ok) return read;
    checked.set(read.value.path, read.value);
    install(machine, lowerModule(read.value), read.value.core.imports);
  }
  // The arguments are those of a call in a test at the module's end.
  const text = `${module.text}\ntest "a call" {\n  as key("nobody") call ${call} expect ok\n}\n`;
  const read = checkSource(module, text, checked);
  if (!read.ok) return read;
  const { module: ir, tests } = lowerTests(read.value);
  const step = tests.at(-1)?.steps.at(-1);
  if (step?.kind !== "call" || tests.at(-1)?.steps.length !== 1)
    return { ok: false, reason: `${call} is not a single call` };
  install(machine, ir, read.value.core.imports);
  const linked = moduleNamed(machine, ir.path);
  const command = step.command.module === null ? ir.commands[step.command.index] : undefined;
  if (command === undefined)
    return { ok: false, reason: `${call} is a command of another module: name that one's file` };
  if (linked === undefined) throw new Error("assert: the module was installed");
  const args: string[] = [];
  for (const [i, arg] of step.args.entries()) {
    const free = { signers: new Set<string>(), now: 0, gasLimit: Number.POSITIVE_INFINITY };
    const { value, failure } = attempt(machine, free, false, (execution) => run(machine, linked, arg, [], execution));
    const shape = command.params[i]?.shape;
    if (value === undefined || shape === undefined)
      return { ok: false, reason: `an argument fails with ${failure?.name}` };
    args.push(encode(value, shape, ir.shapes));
  }
  return { ok: true, value: { kind: "call", module: ir.path, command: command.name, args, gasLimit, expect: [] } };
}

function checkSource(
  { file }: Source,
  text: string,
  known: ReadonlyMap<string, CheckedModule>,
): Outcome<CheckedModule> {
  const path = pathOf(text);
  if (path === undefined) return { ok: false, reason: `${file} does not begin with: module NAME` };
  const result = checkModule(text, path, (wanted) => known.get(wanted));
  if (result.ok) return { ok: true, value: result.module };
  return { ok: false, reason: showDiagnostics(file, text, result.diagnostics) };
}
