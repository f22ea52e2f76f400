/** Modules come into a machine: first ones by anyone, next versions by whom the one before names, with their tables' rows. */
import { costTable } from "../ir/cost-table.ts";
import type { IrModule } from "../ir/ir.ts";
import type { Execution, Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import { attempt, type Circumstances, link, type Machine, type Outcome, run } from "./machine.ts";
import { refuseUnstorable } from "./steps.ts";
import type { Table } from "./table.ts";
import type { Data, Value } from "./value.ts";

export type Publication = {
  readonly ir: IrModule;
  readonly source: string;
  /** Hashes of the modules that it imports. */
  readonly imports: readonly string[];
};

/**
 * Publishes a checked module; whether it may follow the version before is the checker's to say (checkUpgrade), who may do it is
 * said here. Rows of tables with a migration are turned by it, all or none.
 */
export function publish(machine: Machine, publication: Publication, circumstances: Circumstances): Outcome {
  const { ir, source, imports } = publication;
  const before = machine.names.get(ir.path);
  const forms = new Map([...machine.tables].map(([id, { shape, shapes }]) => [id, { shape: shape.value, shapes }]));
  const outcome = attempt(machine, circumstances, true, (execution) => {
    execution.spend(Math.ceil(source.length / 4));
    if (machine.modules.has(ir.hash)) fault("Exists", "ModuleExists");
    if (before === undefined) {
      // The first version's hash names the lineage.
      const linked = link(machine, ir, ir.hash, imports);
      machine.modules.set(ir.hash, { linked, source });
      machine.names.set(ir.path, { lineage: ir.hash, current: ir.hash });
      return [0];
    }
    const old = machine.modules.get(before.current)?.linked;
    if (old === undefined) throw new Error("assert: a name points to a module");
    if (old.ir.authority === null) return fault("NotSigned", "Frozen");
    const who = run(machine, old, old.ir.authority, [], execution) as Data;
    if (!execution.hasSigned(who)) fault("NotSigned");
    const tables = [...machine.tables.values()].map(({ id, shape, shapes, epoch }) => ({ id, shape, shapes, epoch }));
    const linked = link(machine, ir, before.lineage, imports);
    try {
      migrate(machine, linked, execution);
    } catch (error) {
      putBack(machine, tables);
      throw error;
    }
    machine.modules.set(ir.hash, { linked, source });
    before.current = ir.hash;
    return [0];
  });
  // All that a publication changes are rows that it migrates.
  const changes = outcome.changes.map((change) => {
    const was = forms.get(change.table.id);
    return was === undefined ? change : { ...change, was };
  });
  return { ...outcome, changes };
}

/** Tables as they were, and none that a version brought which did not come in. */
function putBack(machine: Machine, tables: readonly Pick<Table, "id" | "shape" | "shapes" | "epoch">[]): void {
  const known = new Map(tables.map((table) => [table.id, table]));
  for (const [id, table] of [...machine.tables]) {
    const { shape, shapes, epoch } = known.get(id) ?? {};
    if (shape === undefined || shapes === undefined || epoch === undefined) machine.tables.delete(id);
    else {
      table.reshape(shape, shapes);
      table.epoch = epoch;
    }
  }
}

function migrate(machine: Machine, linked: Linked, execution: Execution): void {
  for (const migration of linked.ir.migrations) {
    const table = linked.tables[migration.table]?.table;
    if (table === undefined) throw new Error("assert: a migration's table is there");
    for (const row of table.sortedRows()) {
      if (row.value === undefined) continue;
      const value: Value = run(machine, linked, migration.function, [row.value], execution);
      const size = table.weigh(value);
      execution.spend(costTable.write + Math.ceil((row.bytes.length + size) / costTable.writeBytesPerGas));
      refuseUnstorable(value, size, table.shape.withFunctions, table.shape.value, table.shapes);
      execution.journal.set(row, value, size);
    }
  }
}

/** The canonical bytes of all rows of a table, by ascending key: key bytes, then value bytes. */
export function rowsOf(table: Table): [key: string, value: string][] {
  return table.sortedRows().map(({ bytes, value }) => [bytes, value === undefined ? "" : table.valueBytes(value)]);
}
