/** What both evaluators do alike to the world around them: find modules and tables, read and write rows, tell events. */
import { costTable } from "../ir/cost-table.ts";
import type { IrFunction, Ref } from "../ir/ir.ts";
import { encode } from "./canonical.ts";
import { weight } from "./compare.ts";
import type { Execution, Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import type { Row, Table } from "./table.ts";
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
  return [principal.module, Uint8Array.from(lineage.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))];
}

export function readRow(execution: Execution, table: Table, key: Value): Row | undefined {
  const row = table.rows.get(encode(key, table.shape.key, table.shapes));
  execution.spend(costTable.get + Math.ceil((row === undefined ? 0 : weight(row.value)) / costTable.getBytesPerGas));
  return row;
}

export function takeRow(execution: Execution, table: Table, key: Value): Row | undefined {
  const bytes = encode(key, table.shape.key, table.shapes);
  const row = table.rows.get(bytes);
  execution.spend(
    costTable.write + Math.ceil((row === undefined ? 0 : weight(row.value)) / costTable.writeBytesPerGas),
  );
  if (row === undefined) return undefined;
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  execution.journal.touch(table, bytes, row.key);
  table.rows.delete(bytes);
  return row;
}

export function putRow(execution: Execution, table: Table, key: Value, value: Value, exists: string | null): Value {
  const bytes = encode(key, table.shape.key, table.shapes);
  execution.spend(costTable.write + Math.ceil((bytes.length + weight(value)) / costTable.writeBytesPerGas));
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  if (exists !== null && table.rows.has(bytes)) fault(exists === "Exists" ? "Exists" : "Fail", exists);
  execution.journal.touch(table, bytes, key);
  table.rows.set(bytes, { key, value });
  return unit;
}

export function tell(execution: Execution, module: Linked, event: Ref, fields: readonly Value[]): Value {
  let size = 0;
  for (const field of fields) size += weight(field);
  execution.spend(costTable.emit + Math.ceil(size / costTable.writeBytesPerGas));
  execution.told.push({ module: moduleOf(module, event.module), event: event.index, fields });
  return unit;
}
