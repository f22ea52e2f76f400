/** Processor time that a gas buys: by a command that does mostly one thing, in the compiled evaluator. */
import { checkModule } from "../hopper/check/module.ts";
import { limits } from "../hopper/ir/cost-table.ts";
import { lowerModule } from "../hopper/lower/lower-module.ts";
import { encode } from "../hopper/run/canonical.ts";
import { createMachine, execute, type Outcome } from "../hopper/run/machine.ts";
import { install } from "../hopper/run/run-tests.ts";
import { sha256 } from "../pools/sha256.ts";
import type { GasCase } from "./gas-cases.ts";

/** What so many rounds of a case cost; what it gets ready is in it, and is measured by no rounds. */
export type Spent = { readonly gas: number; readonly ns: number };
export type RunCase = (rounds: number) => Spent;

/** As many as `range` gives. */
const roundsMax = 250_000;

/** Checks a case's module and gives what runs it; each run begins with tables as they were. */
export function runnerOf({ name, source, byCommands }: GasCase): RunCase {
  const checked = checkModule(source, "g", () => undefined);
  if (!checked.ok) throw new Error(`${name}: ${checked.diagnostics[0]?.message}`);
  const ir = lowerModule(checked.module);
  return (rounds) => {
    const machine = createMachine({ sha256, evaluator: "compiled" });
    install(machine, ir, []);
    const [times, n] = byCommands === true ? [rounds, 0] : [1, rounds];
    let gas = 0;
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) {
      const given = { signers: new Set<string>(), now: 0, gasLimit: limits.gas };
      const outcome = execute(machine, "g", "go", [n], given);
      if (outcome.failure !== undefined && outcome.failure.name !== "OutOfGas")
        throw new Error(`${name}: ${outcome.failure.name}`);
      gas += outcome.gasUsed;
      encodeAll(outcome);
    }
    const { user, system } = process.cpuUsage(before);
    return { gas, ns: (user + system) * 1000 };
  };
}

/** A command's diff and its events are made bytes by whoever runs it, and are paid by it. */
function encodeAll({ changes, events }: Outcome): void {
  for (const { table, before, after } of changes) {
    if (before !== undefined) table.valueBytes(before);
    if (after !== undefined) table.valueBytes(after);
  }
  for (const { module, event, fields } of events) {
    const forms = module.ir.events[event]?.fields ?? [];
    for (const [i, { shape }] of forms.entries()) encode(fields[i] ?? 0, shape, module.ir.shapes);
  }
}

/** Rounds that take this much gas, or the most there are. */
export function roundsFor(run: RunCase, gas: number): number {
  const base = run(0).gas;
  let rounds = 1;
  for (;;) {
    const each = (run(rounds).gas - base) / rounds;
    if (each * rounds * 8 >= gas || rounds >= roundsMax)
      return Math.max(1, Math.min(roundsMax, Math.floor(gas / each)));
    rounds = Math.min(roundsMax, rounds * 8);
  }
}

/** Nanoseconds for a gas of what the rounds alone cost. */
export function nsPerGas(run: RunCase, rounds: number): number {
  const base = run(0);
  const whole = run(rounds);
  return Math.max(0, whole.ns - base.ns) / (whole.gas - base.gas);
}
