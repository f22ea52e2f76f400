/** What a command's diff moves: amounts are found in the values by their shapes, so coins inside other assets count. */
import type { NamedShape, Shape } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import type { Promised } from "./execution.ts";
import { fault } from "./fault.ts";
import { add, subtract } from "./integer.ts";
import type { Change } from "./journal.ts";
import type { Data, Int, List, Value } from "./value.ts";

/** How much of a unit there is in a value; of all together where `unit` is undefined. An asset that has no unit counts for each. */
export function amountIn(value: Value, shape: Shape, shapes: readonly NamedShape[], unit: Value | undefined): Int {
  switch (shape.of) {
    case "list": {
      let sum: Int = 0;
      for (const item of (value as List).items) sum = add(sum, amountIn(item, shape.item, shapes, unit));
      return sum;
    }
    case "tuple":
      return amountInFields(value as Data, shape.items, shapes, unit);
    case "named": {
      const data = value as Data;
      const { amount, constructors } = shapes[shape.index] as NamedShape;
      if (amount === null) return amountInFields(data, constructors[data[0]]?.fields ?? [], shapes, unit);
      const of = amount.unit === null ? undefined : data[amount.unit + 1];
      return of === undefined || unit === undefined || equal(of, unit) ? (data[amount.amount + 1] as Int) : 0;
    }
    default:
      return 0;
  }
}

function amountInFields(
  data: Data,
  fields: readonly Shape[],
  shapes: readonly NamedShape[],
  unit: Value | undefined,
): Int {
  let sum: Int = 0;
  for (let i = 0; i < fields.length; i++) {
    sum = add(sum, amountIn(data[i + 1] ?? 0, fields[i] as Shape, shapes, unit));
  }
  return sum;
}

/** How much more of a unit a row has after a command than before. */
function gainOf({ table, before, after }: Change, unit: Value | undefined): Int {
  const { shape, shapes } = table;
  const had = before === undefined ? 0 : amountIn(before, shape.value, shapes, unit);
  const has = after === undefined ? 0 : amountIn(after, shape.value, shapes, unit);
  return subtract(has, had);
}

/** True where the row is the account's: its key, or a part of it. */
function isOf({ key, table }: Change, account: Value): boolean {
  if (key === account) return true;
  if (table.shape.key.of !== "tuple") return equal(key, account);
  const parts = key as Data;
  // Mostly the very same value, which shows at once.
  for (let i = 1; i < parts.length; i++) if (parts[i] === account) return true;
  for (let i = 1; i < parts.length; i++) if (equal(parts[i] as Value, account)) return true;
  return equal(key, account);
}

/** The fault MovesViolated unless the accounts gained and lost just what was promised, and no other row of the tables changed. */
export function checkMoves(promised: Promised, changes: readonly Change[]): void {
  const { tables, unit, changes: accounts } = promised;
  // By place in the promise; an account named twice has to change by both together, and has the sum at its first place.
  const left: Int[] = accounts.map(() => 0);
  for (let i = 0; i < accounts.length; i++) {
    const { account, amount, gains } = accounts[i] as (typeof accounts)[number];
    const first = firstOf(accounts, account);
    left[first] = gains ? add(left[first] as Int, amount as Int) : subtract(left[first] as Int, amount as Int);
  }
  for (const change of changes) {
    if (!tables.includes(change.table)) continue;
    const gain = gainOf(change, unit);
    if (gain === 0) continue;
    const owner = ownerOf(accounts, change);
    left[owner] = subtract(left[owner] as Int, gain);
  }
  for (const amount of left) if (amount !== 0) fault("MovesViolated");
}

/** Plain loops here and below: functions made for each of a promise's accounts were a seventh of a transfer's garbage. */
function firstOf(accounts: Promised["changes"], account: Value): number {
  let i = 0;
  while (!equal((accounts[i] as (typeof accounts)[number]).account, account)) i++;
  return i;
}

function ownerOf(accounts: Promised["changes"], change: Change): number {
  for (let i = 0; i < accounts.length; i++) {
    if (isOf(change, (accounts[i] as (typeof accounts)[number]).account)) return i;
  }
  return fault("MovesViolated");
}

/** What the signer of a command allows, whatever the program says: the rows of this account change by at least `least` of a unit. */
export type Expectation = { readonly account: Value; readonly unit: Value | undefined; readonly least: Int };

export function checkExpectations(expected: readonly Expectation[], changes: readonly Change[]): void {
  for (const { account, unit, least } of expected) {
    let gain: Int = 0;
    for (const change of changes) if (isOf(change, account)) gain = add(gain, gainOf(change, unit));
    if (gain < least) fault("ExpectViolated");
  }
}
