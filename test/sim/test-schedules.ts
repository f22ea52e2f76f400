/** The tests of one part of the simulated schedules; ava runs the parts side by side, since each is a file. */
import test from "ava";
import { runSchedules, sum } from "./run-schedules.ts";

/** Declares the tests of the fixed seeds from `from` on, and of fresh ones. */
export function testSchedules(from: number): void {
  test("40 schedules of fixed seeds keep every invariant and heal", async (t) => {
    const reports = await runSchedules(from, 40);
    // The faults really happened: a simulator without them would keep every invariant too.
    t.true(sum(reports, (report) => report.faults.crashes) > 100);
    t.true(sum(reports, (report) => report.network.lost ?? 0) > 1000);
    t.true(reports.some((report) => report.terms > 4));
    t.true(sum(reports, (report) => report.commands) > 1500);
  });

  test("8 schedules of fresh seeds keep every invariant and heal", async (t) => {
    const fresh = 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
    t.log(`seeds ${fresh} to ${fresh + 7}`);
    t.is((await runSchedules(fresh, 8)).length, 8);
  });
}
