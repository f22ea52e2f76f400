/** The digits of a number are paid as its square: JavaScript takes that long to find them. */
import test from "ava";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { createMachine, execute } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { sha256 } from "../../../pools/sha256.ts";

function gasOfShowing(number: string): number {
  const checked = checkModule(
    `module a\ncommand show (n : Int) = textSize(showInt(n))\ncommand keep (n : Int) = textSize("${"1".repeat(number.length)}")\n`,
    "a",
    () => undefined,
  );
  if (!checked.ok) throw new Error("it does not check");
  const gas = ["show", "keep"].map((command) => {
    const machine = createMachine({ sha256, evaluator: "compiled" });
    install(machine, lowerModule(checked.module), []);
    const given = { signers: new Set<string>(), now: 0, gasLimit: 10_000_000 };
    const { failure, gasUsed } = execute(
      machine,
      "a",
      command,
      [number.length < 16 ? Number(number) : BigInt(number)],
      given,
    );
    if (failure !== undefined) throw new Error(failure.name);
    return gasUsed;
  });
  return (gas[0] ?? 0) - (gas[1] ?? 0);
}

test("twice the digits cost four times the gas", (t) => {
  const [small, long, twice] = ["7", "9".repeat(4816), "9".repeat(9632)].map(gasOfShowing);
  t.is((long ?? 0) - (small ?? 0), 250 ** 2 - 1);
  t.is((twice ?? 0) - (small ?? 0), 500 ** 2 - 1);
});
