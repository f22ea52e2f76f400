/** Chaos in small: what the long form does for hours, once, and that a seed says all of a scenario. */
import test from "ava";
import { namedScenarios } from "./named-scenarios.ts";
import { runScenario } from "./run-scenario.ts";
import { scenarioOf } from "./scenario.ts";

test("a seed is a scenario, another seed another one", (t) => {
  t.deepEqual(scenarioOf(7, 20_000), scenarioOf(7, 20_000));
  t.notDeepEqual(scenarioOf(7, 20_000).faults, scenarioOf(8, 20_000).faults);
});

test("seeds reach every fault and every weather", (t) => {
  const faults = Array.from({ length: 200 }, (_, seed) => scenarioOf(seed, 20_000).faults).flat();
  const kinds = new Set(faults.map((fault) => (fault.kind === "weather" ? fault.weather.kind : fault.kind)));
  const network = [
    "isolate",
    "halve",
    "mute",
    "deafen",
    "cutClients",
    "delay",
    "throttle",
    "drip",
    "blackHole",
    "corrupt",
  ];
  const processes = ["kill", "killAll", "pause", "terminate"];
  t.deepEqual([...kinds].sort(), [...network, ...processes, "signatureFlood", "connectionStorm"].sort());
});

test("mute leader, corrupted links, kill -9, SIGSTOP, lost clients: one ledger, and a linearizable history", async (t) => {
  t.timeout(240_000);
  const report = await runScenario(namedScenarios.quick, (line) => t.log(line), 100_000);
  t.deepEqual(report.flaws, [], `kept in ${report.kept}`);
  t.true(report.acknowledged > 20, `${report.acknowledged} acknowledged`);
  t.true(report.corrupted.chunks > 0);
  t.log(`converged in ${report.convergedMs.toFixed(0)} ms, ${report.acknowledged} acknowledged`);
});
