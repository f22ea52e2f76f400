/** The rows of tables, and what a command has changed so far: taken back if it fails, told as its diff if it does not. */
import { limits } from "../ir/cost-table.ts";
import type { IrTable, NamedShape, Shape } from "../ir/ir.ts";
import { type Encoder, encoderOf } from "./canonical.ts";
import { equal, weight } from "./compare.ts";
import { fault } from "./fault.ts";
import type { Value } from "./value.ts";

/** One row's place; `value` is undefined where there is no row, which is so only while a command runs. */
export type Row = {
  readonly table: Table;
  /** The key's canonical bytes. */
  readonly bytes: string;
  readonly key: Value;
  value: Value | undefined;
  /** Of the value; costs go by it. */
  weight: number;
  /** The command that changed it last, and what it was before that. */
  journal: Journal | undefined;
  before: Value | undefined;
  weightBefore: number;
};

/** A table of a lineage; `shapes` are of the module version that uses it now. */
export type Table = {
  /** Lineage and name: orders the tables in diffs and exports. */
  readonly id: string;
  shape: IrTable;
  shapes: readonly NamedShape[];
  /** How often its rows were migrated; code of versions before the last migration must not touch them. */
  epoch: number;
  /** By the key's canonical bytes. */
  readonly rows: Map<string, Row>;
};

/** What writes a table's keys and values as canonical bytes. */
export type Writers = {
  readonly shape: IrTable;
  readonly shapes: readonly NamedShape[];
  readonly key: Encoder;
  readonly value: Encoder;
};

/** Beside the tables: what is told of a change has nothing but data. */
const knownWriters = new WeakMap<Table, Writers>();

/** Those for the table's shapes of now. */
export function writersOf(table: Table): Writers {
  const { shape, shapes } = table;
  const writers = knownWriters.get(table);
  if (writers !== undefined && writers.shape === shape && writers.shapes === shapes) return writers;
  const made = { shape, shapes, key: encoderOf(shape.key, shapes), value: encoderOf(shape.value, shapes) };
  knownWriters.set(table, made);
  return made;
}

/** A table as one version of its module knows it: `epoch` is that of the form its rows have for this version. */
export type Seen = { readonly table: Table; readonly epoch: number };

export type Change = {
  readonly table: Table;
  readonly bytes: string;
  readonly key: Value;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  /** The form that `before` has, where a migration gave the row another. */
  readonly was?: { readonly shape: Shape; readonly shapes: readonly NamedShape[] };
};

/** The row of this key, of canonical form, outside of any command. */
export function rowOf(table: Table, key: Value): Row | undefined {
  return table.rows.get(writersOf(table).key(key));
}

/** Puts a row in its place, outside of any command. */
export function setRow(table: Table, key: Value, value: Value): void {
  const bytes = writersOf(table).key(key);
  table.rows.set(bytes, { ...emptyRow(table, bytes, key), value, weight: weight(value) });
}

/** Takes a row out, if it is there, outside of any command. */
export function removeRow(table: Table, key: Value): void {
  table.rows.delete(writersOf(table).key(key));
}

function emptyRow(table: Table, bytes: string, key: Value): Row {
  return {
    table,
    bytes,
    key,
    value: undefined,
    weight: 0,
    journal: undefined,
    before: undefined,
    weightBefore: 0,
  };
}

/** Rows that a command comes back to are mostly the last ones. */
const recentMax = 4;

export class Journal {
  readonly #touched: Row[] = [];
  /** By place in `touched`: the key as this command made it, which is quickly known again among its other values. */
  readonly #keys: Value[] = [];
  readonly #placed: Row[] = [];
  readonly #recent: (Row | undefined)[] = [undefined, undefined, undefined, undefined];
  readonly #recentKeys: (Value | undefined)[] = [undefined, undefined, undefined, undefined];
  #next = 0;

  /** The row's place, made where there is none; what was looked for just before is not looked for again. */
  find(table: Table, key: Value): Row {
    for (let i = 0; i < recentMax; i++) {
      const row = this.#recent[i];
      const before = this.#recentKeys[i];
      if (row !== undefined && before !== undefined && row.table === table && isSame(before, key)) return row;
    }
    const bytes = writersOf(table).key(key);
    let row = table.rows.get(bytes);
    if (row === undefined) {
      // In the table at once: an equal key made of other parts has to find this very place.
      row = emptyRow(table, bytes, key);
      table.rows.set(bytes, row);
      this.#placed.push(row);
    }
    this.#recent[this.#next] = row;
    this.#recentKeys[this.#next] = key;
    this.#next = (this.#next + 1) % recentMax;
    return row;
  }

  set(row: Row, value: Value | undefined, weight: number): void {
    if (row.journal !== this) {
      if (this.#touched.length >= limits.diffEntries) fault("TooLarge");
      row.journal = this;
      row.before = row.value;
      row.weightBefore = row.weight;
      this.#touched.push(row);
      this.#keys.push(this.#recentKeys[this.#recent.indexOf(row)] ?? row.key);
    }
    row.value = value;
    row.weight = weight;
  }

  /** How much a look at all that was changed takes, in rows and in what they held and hold. */
  touched(): { readonly rows: number; readonly weight: number } {
    let sum = 0;
    for (const { weight, weightBefore } of this.#touched) sum += weight + weightBefore;
    return { rows: this.#touched.length, weight: sum };
  }

  /** Takes everything back. */
  rollBack(): void {
    for (const row of this.#touched) {
      row.value = row.before;
      row.weight = row.weightBefore;
    }
    this.#forget();
  }

  /** What is different now, sorted by table and key bytes; to be called once, and then `settle`. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (let i = 0; i < this.#touched.length; i++) {
      const { table, bytes, key, before, value: after } = this.#touched[i] as Row;
      if (before === after || (before !== undefined && after !== undefined && equal(before, after))) continue;
      changes.push({ table, bytes, key: this.#keys[i] ?? key, before, after });
    }
    const [first, second] = changes;
    if (first === undefined || second === undefined) return changes;
    if (changes.length > 2) return changes.sort(byTableAndKey);
    return byTableAndKey(first, second) > 0 ? [second, first] : changes;
  }

  /** The command has succeeded. */
  settle(): void {
    this.#forget();
  }

  #forget(): void {
    for (const row of this.#touched) {
      row.journal = undefined;
      row.before = undefined;
      if (row.value === undefined) row.table.rows.delete(row.bytes);
    }
    for (const row of this.#placed) if (row.value === undefined) row.table.rows.delete(row.bytes);
  }
}

/** True where two keys are made of the very same parts: quicker than their bytes, and enough for a command's own arguments. */
function isSame(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !Array.isArray(a) || !Array.isArray(b)) return false;
  const { length } = a;
  if (length !== b.length) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function byTableAndKey(a: Change, b: Change): number {
  const [x, y] = a.table === b.table ? [a.bytes, b.bytes] : [a.table.id, b.table.id];
  return x < y ? -1 : x > y ? 1 : 0;
}
