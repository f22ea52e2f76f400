/** What became of a line, as the prompt and `juno hopper run` show it. */

import type { Machine } from "../run/machine.ts";
import type { Called } from "../run/run-tests.ts";
import { showUpTo } from "../run/show.ts";
import { type KeyNames, showChanges, showEvents, withNames } from "./show-effects.ts";

const shownMax = 10_000;

/** Value and type, or the fault; then gas, rows and events, a line each. */
export function showCalled(
  machine: Machine,
  type: string,
  { linked, command, outcome }: Called,
  names: KeyNames,
): string {
  const { value, failure, gasUsed, changes, events } = outcome;
  const lines: string[] = [];
  if (value !== undefined) {
    const shown = withNames(showUpTo(shownMax, value, command.result, linked.ir.shapes).text, names);
    lines.push(`${shown} : ${type}`);
  } else lines.push(`failed with ${failure?.name}${failure?.where === undefined ? "" : ` in ${failure.where}`}`);
  lines.push(...showChanges(machine, changes, names), ...showEvents(events, names));
  return [lines[0], ...lines.slice(1).map((line) => `  ${line}`), `  ${gasUsed} gas`].join("\n");
}
