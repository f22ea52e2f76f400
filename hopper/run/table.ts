/** The rows of tables, and what a command has changed so far: taken back if it fails, told as its diff if it does not. */

import { limits } from "../ir/cost-table.ts";
import type { IrTable, NamedShape } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import { fault } from "./fault.ts";
import type { Value } from "./value.ts";

export type Row = { readonly key: Value; readonly value: Value };

/** A table of a lineage; `shapes` are of the module version that uses it now. */
export type Table = {
  /** Lineage and name: orders the tables in diffs and exports. */
  readonly id: string;
  shape: IrTable;
  shapes: readonly NamedShape[];
  /** By the key's canonical bytes. */
  readonly rows: Map<string, Row>;
};

/** The row before the command; absent where there was none. */
type Touched = { readonly table: Table; readonly bytes: string; readonly key: Value; readonly before: Row | undefined };

export type Change = {
  readonly table: Table;
  readonly bytes: string;
  readonly key: Value;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
};

/** Few rows are looked through faster than they are hashed. */
const listedMax = 8;

export class Journal {
  readonly #touched: Touched[] = [];
  #index: Map<Table, Set<string>> | undefined;

  /** To be called before a row is changed. */
  touch(table: Table, bytes: string, key: Value): void {
    if (this.#knows(table, bytes)) return;
    if (this.#touched.length >= limits.diffEntries) fault("TooLarge");
    this.#touched.push({ table, bytes, key, before: table.rows.get(bytes) });
    this.#note(table, bytes);
  }

  #knows(table: Table, bytes: string): boolean {
    if (this.#index !== undefined) return this.#index.get(table)?.has(bytes) === true;
    for (const one of this.#touched) if (one.table === table && one.bytes === bytes) return true;
    return false;
  }

  #note(table: Table, bytes: string): void {
    if (this.#touched.length <= listedMax) return;
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const one of this.#touched) this.#note(one.table, one.bytes);
      return;
    }
    const known = this.#index.get(table) ?? new Set<string>();
    this.#index.set(table, known);
    known.add(bytes);
  }

  /** Takes everything back. */
  rollBack(): void {
    for (const { table, bytes, before } of this.#touched) {
      if (before === undefined) table.rows.delete(bytes);
      else table.rows.set(bytes, before);
    }
  }

  /** What is different now, sorted by table and key bytes. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const { table, bytes, key, before } of this.#touched) {
      const after = table.rows.get(bytes);
      if (before === after || (before !== undefined && after !== undefined && equal(before.value, after.value)))
        continue;
      changes.push({ table, bytes, key, before: before?.value, after: after?.value });
    }
    return changes.length < 2 ? changes : changes.sort(byTableAndKey);
  }
}

function byTableAndKey(a: Change, b: Change): number {
  const [x, y] = a.table === b.table ? [a.bytes, b.bytes] : [a.table.id, b.table.id];
  return x < y ? -1 : x > y ? 1 : 0;
}
