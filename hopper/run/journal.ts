/** What a command has changed so far: taken back if it fails, told as its diff if it does not. */
import { limits } from "../ir/cost-table.ts";
import type { NamedShape, Shape } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import { fault } from "./fault.ts";
import type { Row, Table } from "./table.ts";
import type { Value } from "./value.ts";

export type Change = {
  readonly table: Table;
  readonly bytes: string;
  readonly key: Value;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  /** The form that `before` has, where a migration gave the row another. */
  readonly was?: { readonly shape: Shape; readonly shapes: readonly NamedShape[] };
};

/** Rows that a command comes back to are mostly the last ones. */
const recentMax = 4;
/** Room that is kept for the next command. */
const keptMax = 64;

/** Of one command at a time; after `settle` or `rollBack` it serves the next one. */
export class Journal {
  /** The first `#count` of both; what stands behind is of commands before. */
  readonly #touched: Row[] = [];
  /** By place in `touched`: the key as this command made it, which is quickly known again among its other values. */
  readonly #keys: Value[] = [];
  #count = 0;
  /** Places without a row when they were looked for. */
  readonly #empty: Row[] = [];
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
    // In the table at once: an equal key made of other parts has to find this very place.
    const row = table.place(key);
    if (row.value === undefined && row.journal !== this) this.#empty.push(row);
    this.#recent[this.#next] = row;
    this.#recentKeys[this.#next] = key;
    this.#next = (this.#next + 1) % recentMax;
    return row;
  }

  set(row: Row, value: Value | undefined, weight: number): void {
    if (row.journal !== this) {
      if (this.#count >= limits.diffEntries) fault("TooLarge");
      row.journal = this;
      row.before = row.value;
      row.weightBefore = row.weight;
      this.#touched[this.#count] = row;
      this.#keys[this.#count++] = this.#recentKeys[this.#recent.indexOf(row)] ?? row.key;
    }
    row.value = value;
    row.weight = weight;
  }

  /** How much a look at all that was changed takes, in rows and in what they held and hold. */
  touched(): { readonly rows: number; readonly weight: number } {
    let sum = 0;
    for (let i = 0; i < this.#count; i++) {
      const { weight, weightBefore } = this.#touched[i] as Row;
      sum += weight + weightBefore;
    }
    return { rows: this.#count, weight: sum };
  }

  /** Takes everything back. */
  rollBack(): void {
    for (let i = 0; i < this.#count; i++) {
      const row = this.#touched[i] as Row;
      row.value = row.before;
      row.weight = row.weightBefore;
    }
    this.#forget();
  }

  /** What is different now, sorted by table and key bytes; to be called once, and then `settle`. */
  changes(): Change[] {
    let changes: Change[] = [];
    for (let i = 0; i < this.#count; i++) {
      const { table, bytes, key, before, value: after } = this.#touched[i] as Row;
      if (before === after || (before !== undefined && after !== undefined && equal(before, after))) continue;
      const change = { table, bytes, key: this.#keys[i] ?? key, before, after };
      const [only] = changes;
      // Most commands change one row or two.
      if (only === undefined) changes = [change];
      else if (changes.length > 1) changes.push(change);
      else changes = byTableAndKey(only, change) > 0 ? [change, only] : [only, change];
    }
    return changes.length > 2 ? changes.sort(byTableAndKey) : changes;
  }

  /** The command has succeeded. */
  settle(): void {
    this.#forget();
  }

  #forget(): void {
    for (let i = 0; i < this.#count; i++) {
      const row = this.#touched[i] as Row;
      row.journal = undefined;
      row.before = undefined;
      if (row.value === undefined) row.table.remove(row);
    }
    for (const row of this.#empty) if (row.value === undefined) row.table.remove(row);
    this.#empty.length = 0;
    if (this.#count > keptMax) {
      this.#touched.length = 0;
      this.#keys.length = 0;
    }
    this.#count = 0;
    for (let i = 0; i < recentMax; i++) {
      this.#recent[i] = undefined;
      this.#recentKeys[i] = undefined;
    }
  }
}

/** True where two keys are made of the very same parts: quicker than comparing all, and enough for a command's own arguments. */
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
