/**
 * Runs random commands on a machine and prints one line: the hash of the state and that of all outcomes, which have to be the
 * same with each evaluator, each Node and each of its flags.
 *
 * node test/hopper/run/agree.ts [compiled|reference] [commands] [seed]
 */
import { createHash } from "node:crypto";
import type { Evaluator } from "../../../hopper/run/machine.ts";
import { stateHash } from "../../../hopper/run/state-bytes.ts";
import { outcomeText, randomCommand, runCommand, startMachine } from "./random-commands.ts";

const [evaluator = "compiled", commands = "2000", seed = "1"] = process.argv.slice(2);
const machine = startMachine(evaluator === "reference" ? "reference" : ("compiled" satisfies Evaluator));
const outcomes = createHash("sha256");
let gas = 0;
let done = 0;
const before = process.cpuUsage();
for (let i = 0; i < Number(commands); i++) {
  const command = randomCommand(machine, Number(seed), i);
  const outcome = runCommand(machine, command);
  outcomes.update(outcomeText(machine, command, outcome));
  gas += outcome.gasUsed;
  if (outcome.failure === undefined) done++;
}
const { user } = process.cpuUsage(before);
const state = Buffer.from(stateHash(machine)).toString("hex");
console.log(`state ${state} outcomes ${outcomes.digest("hex")} done ${done} of ${commands} gas ${gas}`);
console.error(`${evaluator} on Node ${process.versions.node}: ${Math.round(user / 1000)} ms`);
