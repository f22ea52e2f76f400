/** A run's medians and spread as a table for people. */
import type { RunFile } from "./run-file.ts";
import type { Summary } from "./series.ts";
import { setupLines } from "./setup.ts";

/** The setup, then a line for each series, metric and x. */
export function renderResult({ setup, settings, summary, notes, errors }: RunFile): string {
  const asked = Object.entries(settings).map(([name, value]) => `${name} ${[value].flat().join(",")}`);
  const lines = summary.map((one) => [titleOf(one), shown(one.median), shown(one.min), shown(one.max), one.unit]);
  return [
    ...setupLines(setup),
    `${"settings".padEnd(10)} ${asked.join("; ")}`,
    "",
    ...renderTable([["", "median", "min", "max", ""], ...lines]),
    ...notes.map((note) => `Note: ${note}`),
    ...errors.map((error) => `ERROR: ${error}`),
    "",
  ].join("\n");
}

/** Lines of columns; the first and the last column stand left, the others right. */
export function renderTable(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => {
        const left = column === 0 || column === line.length - 1;
        return left ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** What a line of figures is called. */
export function titleOf({ series, xName, x, metric }: Summary): string {
  return [metric, series, xName === "" ? "" : `${xName} ${x}`].filter((part) => part !== "").join(", ");
}

/** Three digits that count. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d)(?<!\.\d*))/g, ",");
}
