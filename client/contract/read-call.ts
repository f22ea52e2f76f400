/** From what a person writes, `transfer(usd, alice, bob, 5)`, to a command for contracts: by the module's own checker and evaluator. */

import type { PlainCommand } from "../../hopper/chain/contract-command.ts";
import type { Diagnostic } from "../../hopper/check/report.ts";
import { lowerModule, lowerTests } from "../../hopper/lower/lower-module.ts";
import { encode } from "../../hopper/run/canonical.ts";
import { attempt, createMachine, moduleNamed, run } from "../../hopper/run/machine.ts";
import { install } from "../../hopper/run/run-tests.ts";
import { createLibrary, loadModule, type Source } from "../../hopper/tools/load-modules.ts";
import { ofPiece } from "../../hopper/tools/of-piece.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { sha256 } from "../../pools/sha256.ts";
import type { Outcome } from "../../wire/types.ts";
import { sourceFinder } from "../hopper/find-source.ts";

/**
 * Reads a call of a command of the module, or of one that it uses (`coin.issue(…)`). What it uses is found among `others`, beside it
 * and among the standard modules. `call` may use whatever the module can name. A reason tells the place.
 */
export function readCall(
  module: Source,
  others: readonly Source[],
  call: string,
  gasLimit: number,
): Outcome<Extract<PlainCommand, { kind: "call" }>> {
  // The arguments are those of a call in a test at the module's end.
  const before = `${module.text}\ntest "a call" {\n  as key("nobody") call `;
  const text = `${before}${call} expect ok\n}\n`;
  const loaded = loadModule(createLibrary(sourceFinder(others)), { file: module.file, text });
  if (!loaded.ok) {
    const shown = loaded.broken.map(({ file, text: of, diagnostics }) => {
      const others = of === text ? diagnostics.filter(({ span }) => span.start < before.length) : diagnostics;
      return others.length > 0 ? showDiagnostics(file, of, others) : showInCall(call, before.length, diagnostics);
    });
    return { ok: false, reason: shown.join("\n") };
  }
  const checked = loaded.module.module;
  const machine = createMachine({ sha256 });
  for (const { module: used } of loaded.imports) install(machine, lowerModule(used), used.core.imports);
  const { module: ir, tests } = lowerTests(checked);
  const step = tests.at(-1)?.steps.at(-1);
  if (step?.kind !== "call" || tests.at(-1)?.steps.length !== 1)
    return { ok: false, reason: `${call} is not a single call` };
  install(machine, ir, checked.core.imports);
  const linked = moduleNamed(machine, ir.path);
  const of = moduleNamed(machine, step.command.module ?? ir.path)?.ir;
  const command = of?.commands[step.command.index];
  if (linked === undefined || of === undefined || command === undefined)
    throw new Error("assert: the modules were installed");
  const args: string[] = [];
  for (const [i, arg] of step.args.entries()) {
    const free = { signers: new Set<string>(), now: 0, gasLimit: Number.POSITIVE_INFINITY };
    const { value, failure } = attempt(machine, free, false, (execution) => run(machine, linked, arg, [], execution));
    const shape = command.params[i]?.shape;
    if (value === undefined || shape === undefined)
      return { ok: false, reason: `an argument fails with ${failure?.name}` };
    args.push(encode(value, shape, of.shapes));
  }
  return { ok: true, value: { kind: "call", module: of.path, command: command.name, args, gasLimit, expect: [] } };
}

/** As of the call alone, which is all that the caller has written. */
function showInCall(call: string, offset: number, diagnostics: readonly Diagnostic[]): string {
  const isBehind = ({ span }: Diagnostic) => span.start > offset + call.length;
  const told = diagnostics.map((one) => (isBehind(one) ? { ...one, message: "the call ends too soon" } : one));
  return showDiagnostics("call", call, ofPiece(told, call.length, offset));
}
