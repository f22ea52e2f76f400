/**
 * The time that the log agrees on. Each validator says now and then, by a command, what its clock shows; of what they have shown
 * last, the time is the (f+1)-th latest. So no f liars put it ahead of every honest clock, or hold it back behind all of them, and
 * it never goes back, since no clock does.
 *
 * Rule   docs/decisions/0013-agreed-time.md
 */
import type { IrModule } from "../ir/ir.ts";
import type { Table } from "../run/table.ts";

/** Milliseconds from 1970 by `validators` clocks of which at most `faulty` lie; 0 as long as too few have spoken. */
export function agreedTime(clocks: Table, faulty: number): number {
  const shown = clocks
    .unsortedRows()
    .map(({ value }) => value as number)
    .sort((a, b) => b - a);
  return shown[faulty] ?? 0;
}

/** Takes what a clock shows; returns what it showed before. False where that was later. */
export function showClock(clocks: Table, clock: number, time: number): { readonly before: number | null } | false {
  const before = lastShown(clocks, clock);
  if (before !== undefined && before >= time) return false;
  clocks.set(clock, time);
  return { before: before ?? null };
}

/** What a clock has shown last; undefined before it has spoken. */
export function lastShown(clocks: Table, clock: number): number | undefined {
  return clocks.row(clock)?.value as number | undefined;
}

/** True where a module asks what time it is: only then do clocks have to speak. */
export function asksTime({ functions }: IrModule): boolean {
  const open: unknown[] = functions.map(({ body }) => body);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at !== "object" || at === null) continue;
    if ("op" in at && at.op === "primitive" && "name" in at && at.name === "now") return true;
    open.push(...Object.values(at).filter((part) => typeof part === "object"));
  }
  return false;
}
