/** The rows of the module demo/juno as its texts print them. What is printed of a balance is kept for as long as it stands. */
import type { Change as RowChange } from "../run/journal.ts";
import type { Row, Table } from "../run/table.ts";
import type { List, Rat, Value } from "../run/value.ts";
import { compareCodePoints } from "./code-points.ts";
import { wholeLedgerAccountsMax } from "./limits.ts";
import type { Change } from "./outcome.ts";
import type { Rational } from "./rational.ts";
import { showDouble } from "./show-double.ts";
import { ledgerText } from "./texts.ts";

/** Tables of the module. */
export type DemoTables = { readonly balances: Table; readonly count: Table; readonly firstNames: Table };

type Printed = {
  readonly name: string;
  readonly row: Row;
  /** What was printed; another one where the row has changed since. */
  balance: Value | undefined;
  amount: string;
  line: string;
};

export class PrintedLedger {
  readonly #tables: DemoTables;
  readonly #known = new Map<string, Printed>();
  /** All of a small ledger in order; undefined after an account was made. */
  #whole: readonly Printed[] | undefined;

  constructor(tables: DemoTables) {
    this.#tables = tables;
  }

  /** The whole of a small ledger; of a larger one only what was touched, so that a transfer's cost does not grow with it. */
  around(touched: readonly string[]): string {
    const total = this.#total();
    if (total <= wholeLedgerAccountsMax) {
      this.#whole ??= this.#firstNames().flatMap((name) => this.#find(name) ?? []);
      return ledgerText(this.#whole.map(lineOf), 0);
    }
    const shown = [...new Set(touched)].flatMap((name) => this.#find(name) ?? []);
    shown.sort((a, b) => compareCodePoints(a.name, b.name));
    return ledgerText(shown.map(lineOf), total - shown.length);
  }

  isSmall(): boolean {
    return this.#total() <= wholeLedgerAccountsMax;
  }

  /** The accounts among a command's changes, in code point order. */
  changesOf(changes: readonly RowChange[]): Change[] {
    const shown: Change[] = [];
    for (const { table, key, before, after } of changes) {
      if (table !== this.#tables.balances) this.#whole = undefined;
      else
        shown.push({
          key: key as string,
          before: this.#amount(key as string, before),
          after: this.#amount(key as string, after),
        });
    }
    const [first, second] = shown;
    if (first === undefined || second === undefined) return shown;
    // A transfer changes two: to sort them by the general way made an eighth of all garbage.
    if (shown.length === 2) return compareCodePoints(first.key, second.key) > 0 ? [second, first] : shown;
    return shown.sort((a, b) => compareCodePoints(a.key, b.key));
  }

  #amount(name: string, balance: Value | undefined): string | null {
    if (balance === undefined) return null;
    const known = this.#known.get(name);
    return known?.balance === balance ? known.amount : amountOf(balance as Rat);
  }

  #find(name: string): Printed | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const row = this.#tables.balances.row(name);
    if (row === undefined) return undefined;
    const made = { name, row, balance: undefined, amount: "", line: "" };
    this.#known.set(name, made);
    return made;
  }

  #total(): number {
    return (this.#tables.count.row(0)?.value as number | undefined) ?? 0;
  }

  #firstNames(): readonly string[] {
    return ((this.#tables.firstNames.row(0)?.value as List | undefined)?.items ?? []) as readonly string[];
  }
}

/** With the line feed. */
function lineOf(printed: Printed): string {
  const { name, row, balance } = printed;
  if (row.value !== balance) {
    printed.balance = row.value;
    printed.amount = amountOf(row.value as Rat);
    printed.line = lineWith(name, row.value as Rat);
  }
  return printed.line;
}

export function lineWith(name: string, balance: Rat): string {
  return `${name}: ${printedAs(balance)}\n`;
}

/** Whole numbers below 10^7 stand as they are, and most balances are such. */
function printedAs(balance: Rat): string {
  const { n, d } = balance;
  return d === 1 && typeof n === "number" && n >= 0 && n < 1e7 ? `${n}.0` : showDouble(rationalOf(balance));
}

export function rationalOf({ n, d }: Rat): Rational {
  return { n: BigInt(n), d: BigInt(d) };
}

/** The stored form, "n%d". */
function amountOf({ n, d }: Rat): string {
  return `${n}%${d}`;
}
