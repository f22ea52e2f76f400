/** What commands cost in the tests of a module, and how much of it is for the rows that they write. */
import { costTable } from "../ir/cost-table.ts";
import { weight } from "../run/compare.ts";
import type { CallResult, TestResult } from "../run/run-tests.ts";

export type TableCost = {
  readonly table: string;
  readonly rows: number;
  /** Of writing them. */
  readonly gas: number;
  /** Of all that the call cost: from 0 to 1. */
  readonly part: number;
};

export type CommandCost = {
  /** As in std/coin.issue. */
  readonly command: string;
  readonly calls: number;
  /** Calls that ended in a fault; they cost what they cost. */
  readonly faults: number;
  readonly medianGas: number;
  readonly worstGas: number;
  /** The test of the worst call. */
  readonly worstIn: string;
  /** What the call that wrote most wrote, most gas first. */
  readonly tables: readonly TableCost[];
};

/** By command, the dearest first. `nameOf` shows a table's id. */
export function costsOf(tests: readonly TestResult[], nameOf: (id: string) => string): readonly CommandCost[] {
  const calls = new Map<string, { readonly test: string; readonly call: CallResult }[]>();
  for (const { name: test, calls: made } of tests) {
    for (const call of made) {
      const command = `${call.module}.${call.command}`;
      calls.set(command, [...(calls.get(command) ?? []), { test, call }]);
    }
  }
  const costs = [...calls].map(([command, made]): CommandCost => {
    const sorted = made.toSorted((a, b) => a.call.gasUsed - b.call.gasUsed);
    const worst = sorted.at(-1);
    const written = sorted.map(({ call }) => tablesOf(call, nameOf));
    return {
      command,
      calls: made.length,
      faults: made.filter(({ call }) => call.fault !== undefined).length,
      medianGas: sorted[(sorted.length - 1) >> 1]?.call.gasUsed ?? 0,
      worstGas: worst?.call.gasUsed ?? 0,
      worstIn: worst?.test ?? "",
      tables: written.reduce((most, one) => (gasOf(one) >= gasOf(most) ? one : most), []),
    };
  });
  return costs.sort((a, b) => b.worstGas - a.worstGas);
}

function gasOf(tables: readonly TableCost[]): number {
  return tables.reduce((sum, { gas }) => sum + gas, 0);
}

function tablesOf({ changes, gasUsed }: CallResult, nameOf: (id: string) => string): readonly TableCost[] {
  const tables = new Map<string, TableCost>();
  for (const { table, bytes, before, after } of changes) {
    const { rows, gas } = tables.get(table.id) ?? { rows: 0, gas: 0 };
    const size = bytes.length + weight(after ?? before ?? false);
    const sum = gas + costTable.write + Math.ceil(size / costTable.writeBytesPerGas);
    tables.set(table.id, { table: nameOf(table.id), rows: rows + 1, gas: sum, part: sum / gasUsed });
  }
  return [...tables.values()].sort((a, b) => b.gas - a.gas);
}
