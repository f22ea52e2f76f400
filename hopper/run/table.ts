/** The rows of tables, each in its place. What a command changes of them is its journal's (journal.ts). */
import type { IrTable, NamedShape } from "../ir/ir.ts";
import { type Encoder, encoderOf, type Weigher, weigherFor } from "./canonical.ts";
import type { Journal } from "./journal.ts";
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

/** A table of a lineage. */
export class Table {
  /** Lineage and name: orders the tables in diffs and exports. */
  readonly id: string;
  /** How often its rows were migrated; code of versions before the last migration must not touch them. */
  epoch = 0;
  /**
   * By the key's canonical bytes. An object without prototype is a table of its properties, in which V8 finds a text in two thirds
   * of the time that a Map takes, and a quarter of a transfer is to find rows.
   */
  readonly #rows: Record<string, Row> = Object.create(null);
  #size = 0;
  #shape: IrTable;
  #shapes: readonly NamedShape[];
  #writeKey: Encoder | undefined;
  #writeValue: Encoder | undefined;
  #weigh: Weigher | undefined;

  constructor(id: string, shape: IrTable, shapes: readonly NamedShape[]) {
    this.id = id;
    this.#shape = shape;
    this.#shapes = shapes;
  }

  get shape(): IrTable {
    return this.#shape;
  }

  /** Of the module version that uses it now. */
  get shapes(): readonly NamedShape[] {
    return this.#shapes;
  }

  /** A version came that declares the table anew; its key is what it was. */
  reshape(shape: IrTable, shapes: readonly NamedShape[]): void {
    this.#shape = shape;
    this.#shapes = shapes;
    this.#writeKey = undefined;
    this.#writeValue = undefined;
    this.#weigh = undefined;
  }

  /** How many rows there are; while a command runs, places without one count too. */
  get size(): number {
    return this.#size;
  }

  /** In the order of their coming, which is another where a state was restored: nothing may depend on it. */
  unsortedRows(): Row[] {
    return Object.values(this.#rows);
  }

  /** By ascending bytes of their keys. */
  sortedRows(): Row[] {
    return this.unsortedRows().sort((a, b) => (a.bytes < b.bytes ? -1 : 1));
  }

  /** The row of this key, of canonical form; undefined where there is none. */
  row(key: Value): Row | undefined {
    return this.#rows[this.#bytesOf(key)];
  }

  /** The row's place, made where there is none. */
  place(key: Value): Row {
    const bytes = this.#bytesOf(key);
    const there = this.#rows[bytes];
    if (there !== undefined) return there;
    const row = {
      table: this,
      bytes,
      key,
      value: undefined,
      weight: 0,
      journal: undefined,
      before: undefined,
      weightBefore: 0,
    };
    this.#rows[bytes] = row;
    this.#size++;
    return row;
  }

  /** Puts a row in its place, outside of any command. */
  set(key: Value, value: Value): void {
    const row = this.place(key);
    row.value = value;
    row.weight = this.weigh(value);
  }

  /** Takes a row out, outside of any command. */
  remove({ bytes }: Pick<Row, "bytes">): void {
    if (this.#rows[bytes] === undefined) return;
    delete this.#rows[bytes];
    this.#size--;
  }

  /** Of a row's value; costs go by it. */
  weigh(value: Value): number {
    this.#weigh ??= weigherFor(this.#shape.value, this.#shapes);
    return this.#weigh(value);
  }

  /** The canonical bytes of a row's value, in the form of the version that uses the table now. */
  valueBytes(value: Value): string {
    this.#writeValue ??= encoderOf(this.#shape.value, this.#shapes);
    return this.#writeValue(value);
  }

  #bytesOf(key: Value): string {
    this.#writeKey ??= encoderOf(this.#shape.key, this.#shapes);
    return this.#writeKey(key);
  }
}

/** A table as one version of its module knows it: `epoch` is that of the form its rows have for this version. */
export type Seen = { readonly table: Table; readonly epoch: number };
