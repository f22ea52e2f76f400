/** What knocks at real sockets, fills a real disk, or is more than the cluster bears, is observed as the table says. */
import test from "ava";
import { rows } from "./registry.ts";
import { runInTests } from "./run-row.ts";

for (const row of rows) {
  if (row.how === "simulator" || row.how === "waits") continue;
  test.serial(`${row.id}: ${row.name}`, async (t) => {
    const { failure, schedules } = await runInTests(row);
    t.is(failure, undefined);
    t.true(schedules > 0);
  });
}
