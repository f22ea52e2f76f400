/** A run file as a benchmark would bring it home, for tests. */
import { type Measured, type RunFile, runFileOf } from "../../bench/run-file.ts";
import type { Row } from "../../bench/series.ts";
import { readSetup } from "../../bench/setup.ts";

export const sampleRows: readonly Row[] = [4, 7].flatMap((x) =>
  ["client batching (batch test)", "leader batching (many test)"].flatMap((series, s) =>
    [1, 2, 3].flatMap((run): Row[] => [
      { series, xName: "nodes", x, run, metric: "throughput", unit: "commands/s", value: 40_000 / x - 500 * s + run },
      { series, xName: "nodes", x, run, metric: "CPU per command and node", unit: "µs", value: 80 + x + s + run },
    ]),
  ),
);

export function sampleRun(benchmark: string, changes: Partial<Measured> = {}): RunFile {
  const settings = { nodes: [4, 7], commands: 5000, runs: 3 };
  const measured = { settings, rows: sampleRows, samples: [], errors: [], notes: [], ...changes };
  return runFileOf(benchmark, readSetup("sodium", 1), measured);
}
