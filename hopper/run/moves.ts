/** What a command's diff moves: amounts are found in the values by their shapes, so coins inside other assets count. */
import type { NamedShape, Shape } from "../ir/ir.ts";
import { equal } from "./compare.ts";
import type { Promised } from "./execution.ts";
import { fault } from "./fault.ts";
import { add, negate, subtract } from "./integer.ts";
import type { Change } from "./table.ts";
import type { Data, Int, List, Value } from "./value.ts";

type Visit = (unit: Value | undefined, amount: Int) => void;

/** Calls `visit` for each amount in a value; `unit` is undefined where the asset does not say. */
export function amountsIn(value: Value, shape: Shape, shapes: readonly NamedShape[], visit: Visit): void {
  switch (shape.of) {
    case "list":
      for (const item of (value as List).items) amountsIn(item, shape.item, shapes, visit);
      return;
    case "tuple":
      amountsInFields(value as Data, shape.items, shapes, visit);
      return;
    case "named": {
      const data = value as Data;
      const named = shapes[shape.index];
      if (named?.amount != null) {
        const { unit, amount } = named.amount;
        visit(unit === null ? undefined : data[unit + 1], data[amount + 1] as Int);
        return;
      }
      amountsInFields(data, named?.constructors[data[0]]?.fields ?? [], shapes, visit);
      return;
    }
    default:
      return;
  }
}

function amountsInFields(data: Data, fields: readonly Shape[], shapes: readonly NamedShape[], visit: Visit): void {
  for (let i = 0; i < fields.length; i++) amountsIn(data[i + 1] ?? 0, fields[i] as Shape, shapes, visit);
}

/** How much more of a unit a row has after a command than before; of all together where `unit` is undefined. */
function gainOf({ table, before, after }: Change, unit: Value | undefined): Int {
  let gain: Int = 0;
  let sign: (gain: Int, amount: Int) => Int = subtract;
  const count: Visit = (of, amount) => {
    if (of === undefined || unit === undefined || equal(of, unit)) gain = sign(gain, amount);
  };
  const { shape, shapes } = table;
  if (before !== undefined) amountsIn(before, shape.value, shapes, count);
  sign = add;
  if (after !== undefined) amountsIn(after, shape.value, shapes, count);
  return gain;
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
  const sums: { readonly account: Value; amount: Int }[] = [];
  for (const { account, amount, gains } of promised.changes) {
    const signed = gains ? (amount as Int) : negate(amount as Int);
    // An account named twice has to change by both together.
    const same = sums.find((one) => equal(one.account, account));
    if (same === undefined) sums.push({ account, amount: signed });
    else same.amount = add(same.amount, signed);
  }
  for (const change of changes) {
    if (!promised.tables.includes(change.table)) continue;
    const gain = gainOf(change, promised.unit);
    if (gain === 0) continue;
    const owner = sums.find(({ account }) => isOf(change, account));
    if (owner === undefined) fault("MovesViolated");
    else owner.amount = subtract(owner.amount, gain);
  }
  if (sums.some(({ amount }) => amount !== 0)) fault("MovesViolated");
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
