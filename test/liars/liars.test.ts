/** Every liar on the simulator is observed as the table says. */
import { readFileSync } from "node:fs";
import test from "ava";
import { rows } from "./registry.ts";
import { runInTests } from "./run-row.ts";
import { liarsPage } from "./table.ts";

for (const row of rows) {
  if (row.how !== "simulator") continue;
  test(`${row.id}: ${row.name}`, async (t) => {
    const { failure, schedules } = await runInTests(row);
    t.is(failure, undefined);
    t.true(schedules > 0);
  });
}

test("ids are unique, and the table of docs/liars.md is fresh", (t) => {
  t.is(new Set(rows.map(({ id }) => id)).size, rows.length);
  t.is(
    readFileSync(new URL("../../docs/liars.md", import.meta.url), "utf8"),
    liarsPage(),
    "node test/liars/write-table.ts",
  );
});
