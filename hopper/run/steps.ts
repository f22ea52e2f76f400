/** What both evaluators do alike to the world around them: find modules and tables, read and write rows, tell events. */
import { costTable, limits } from "../ir/cost-table.ts";
import type { IrEvent, IrFunction, NamedShape, Ref, Shape } from "../ir/ir.ts";
import { bytesOfHex, encoderOf, weigherForAll } from "./canonical.ts";
import { weight } from "./compare.ts";
import type { Execution, Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import type { Row, Seen } from "./table.ts";
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

export function tableOf(module: Linked, ref: Ref): Seen {
  const found = moduleOf(module, ref.module).tables[ref.index];
  if (found === undefined) throw new Error("assert: a checked module has the tables that it names");
  return found;
}

function placeOf(execution: Execution, { table, epoch }: Seen, key: Value): Row {
  if (table.epoch !== epoch) fault("BadArgument", "TableMigrated");
  return execution.journal.find(table, key);
}

/** The principal that a module is. */
export function selfOf({ lineage }: Linked): Data {
  return [principal.module, { bytes: bytesOfHex(lineage) }];
}

/**
 * The faults TooLarge where the canonical bytes are too many, and NotStorable where a function in the value has none: weighing is
 * quick, and its error is less than this factor.
 */
export function refuseUnstorable(
  value: Value,
  size: number,
  withFunctions: boolean,
  shape: Shape,
  shapes: readonly NamedShape[],
): void {
  if (mayBeUnstorable(size, withFunctions)) encoderOf(shape, shapes)(value);
}

function mayBeUnstorable(size: number, withFunctions: boolean): boolean {
  return withFunctions || size * bytesPerWeightMax > limits.valueBytes;
}

/** Numbers have 9 bytes for 4, and functions 55 for 41. */
const bytesPerWeightMax = 4;

/** The row's value; undefined where there is none. */
export function readRow(execution: Execution, seen: Seen, key: Value): Value | undefined {
  const row = placeOf(execution, seen, key);
  const ofKey = Math.ceil(row.bytes.length / costTable.writeBytesPerGas);
  execution.spend(costTable.get + ofKey + Math.ceil(row.weight / costTable.getBytesPerGas));
  return row.value;
}

export function takeRow(execution: Execution, seen: Seen, key: Value): Value | undefined {
  const row = placeOf(execution, seen, key);
  execution.spend(costTable.write + Math.ceil((row.bytes.length + row.weight) / costTable.writeBytesPerGas));
  const { value } = row;
  if (value === undefined) return undefined;
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  execution.journal.set(row, undefined, 0);
  return value;
}

export function putRow(execution: Execution, seen: Seen, key: Value, value: Value, exists: string | null): Value {
  const { table } = seen;
  const row = placeOf(execution, seen, key);
  const size = table.weigh(value);
  execution.spend(costTable.write + Math.ceil((row.bytes.length + size) / costTable.writeBytesPerGas));
  refuseUnstorable(value, size, table.shape.withFunctions, table.shape.value, table.shapes);
  if (!execution.start.mayWrite) fault("BadArgument", "QueryWrites");
  if (exists !== null && row.value !== undefined) fault(exists === "Exists" ? "Exists" : "Fail", exists);
  execution.journal.set(row, value, size);
  return unit;
}

export function tell(execution: Execution, module: Linked, event: Ref, fields: readonly Value[]): Value {
  const home = moduleOf(module, event.module);
  const shape = home.ir.events[event.index];
  const weigh = home.eventWeighers[event.index];
  if (shape === undefined || weigh === undefined) throw new Error("assert: a module has the events that it tells");
  const size = weigh(fields);
  if (mayBeUnstorable(size, shape.withFunctions))
    for (const [i, { shape: form }] of shape.fields.entries()) encoderOf(form, home.ir.shapes)(fields[i] ?? unit);
  execution.spend(costTable.emit + Math.ceil(size / costTable.writeBytesPerGas));
  execution.tell({ module: home, event: event.index, fields });
  return unit;
}

/** How much of the fields of an event there is together. */
export function eventWeigher({ fields }: IrEvent, shapes: readonly NamedShape[]): (values: readonly Value[]) => number {
  const forms = fields.map(({ shape }) => shape);
  return weigherForAll(forms, shapes, (values) => {
    let sum = 0;
    for (const value of values) sum += weight(value);
    return sum;
  });
}
