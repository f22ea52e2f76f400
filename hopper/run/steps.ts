/** What both evaluators do alike to the world around them: find modules and tables, read and write rows, tell events. */
import { costTable, limits } from "../ir/cost-table.ts";
import type { IrFunction, Ref } from "../ir/ir.ts";
import { bytesOfHex } from "./canonical.ts";
import { weight } from "./compare.ts";
import type { Execution, Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import type { Table } from "./table.ts";
import { type Data, principal, unit, type Value } from "./value.ts";

export function moduleOf(module: Linked, hash: string | null): Linked {
  const found = hash === null || hash === module.ir.hash ? module : module.modules.get(hash);
  if (found === undefined) throw new Error("assert: a linked module has all that it refers to");
  return found;
}

export function functionOf(module: Linked, index: number): IrFunction {
  const found = module.ir.functions[index];
  if (found === undefined) throw new Error("assert: a checked module has the functions that it calls");
  return found;
}

export function tableOf(module: Linked, ref: Ref): Table {
  const found = moduleOf(module, ref.module).tables[ref.index];
  if (found === undefined) throw new Error("assert: a checked module has the tables that it names");
  return found;
}

/** The principal that a module is. */
export function selfOf({ lineage }: Linked): Data {
  return [principal.module, { bytes: bytesOfHex(lineage) }];
}

/** The row's value; undefined where there is none. */
export function readRow(execution: Execution, table: Table, key: Value): Value | undefined {
  const row = execution.journal.find(table, key);
  execution.spend(costTable.get + Math.ceil(row.weight / costTable.getBytesPerGas));
  return row.value;
}

export function takeRow(execution: Execution, table: Table, key: Value): Value | undefined {
  const row = execution.journal.find(table, key);
  execution.spend(costTable.write + Math.ceil(row.weight / costTable.writeBytesPerGas));
  const { value } = row;
  if (value === undefined) return undefined;
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  execution.journal.set(row, undefined, 0);
  return value;
}

export function putRow(execution: Execution, table: Table, key: Value, value: Value, exists: string | null): Value {
  const row = execution.journal.find(table, key);
  const size = weight(value);
  execution.spend(costTable.write + Math.ceil((row.bytes.length + size) / costTable.writeBytesPerGas));
  if (size > limits.valueBytes) fault("TooLarge");
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  if (exists !== null && row.value !== undefined) fault(exists === "Exists" ? "Exists" : "Fail", exists);
  execution.journal.set(row, value, size);
  return unit;
}

export function tell(execution: Execution, module: Linked, event: Ref, fields: readonly Value[]): Value {
  let size = 0;
  for (const field of fields) size += weight(field);
  execution.spend(costTable.emit + Math.ceil(size / costTable.writeBytesPerGas));
  execution.told.push({ module: moduleOf(module, event.module), event: event.index, fields });
  return unit;
}
