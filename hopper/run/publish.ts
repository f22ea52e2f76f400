/** Modules come into a machine: first ones by anyone, next versions by whom the one before names, with their tables' rows. */
import type { IrModule } from "../ir/ir.ts";
import { encode } from "./canonical.ts";
import { weight } from "./compare.ts";
import type { Linked } from "./execution.ts";
import { fault } from "./fault.ts";
import { attempt, type Circumstances, link, type Machine, type Outcome, run } from "./machine.ts";
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
  return attempt(machine, circumstances, true, (execution) => {
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
    const shapes = old.tables.map((table) => ({ table, shape: table.shape, shapes: table.shapes }));
    const linked = link(machine, ir, before.lineage, imports);
    try {
      migrate(machine, linked, execution);
    } catch (error) {
      for (const { table, shape, shapes: named } of shapes) Object.assign(table, { shape, shapes: named });
      throw error;
    }
    machine.modules.set(ir.hash, { linked, source });
    before.current = ir.hash;
    return [0];
  });
}

function migrate(machine: Machine, linked: Linked, execution: Parameters<Parameters<typeof attempt>[3]>[0]): void {
  for (const migration of linked.ir.migrations) {
    const table = linked.tables[migration.table];
    if (table === undefined) throw new Error("assert: a migration's table is there");
    for (const row of [...table.rows.values()]) {
      if (row.value === undefined) continue;
      const value: Value = run(machine, linked, migration.function, [row.value], execution);
      execution.journal.set(row, value, weight(value));
    }
  }
}

/** The canonical bytes of all rows of a table, by ascending key: key bytes, then value bytes. */
export function rowsOf(table: Linked["tables"][number]): [key: string, value: string][] {
  const keys = [...table.rows.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return keys.map((key) => {
    const value = table.rows.get(key)?.value;
    return [key, value === undefined ? "" : encode(value, table.shape.value, table.shapes)];
  });
}
