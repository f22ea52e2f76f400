/**
 * The accounts of a ledger: found by name in O(1), walked in code point order without sorting.
 *
 * The order is kept in chunks of at most `chunkAccountsMax`, so a new account moves some hundred references, not a
 * million. Accounts are never removed.
 */
import { compareCodePoints } from "../../../hopper/demo/code-points.ts";
import { accountsMax } from "../../../hopper/demo/limits.ts";
import { formatRational, type Rational, zero } from "../../../hopper/demo/rational.ts";
import { showDouble } from "../../../hopper/demo/show-double.ts";

/** One account; what is printed of it is kept, so a command pays only for the accounts it changes. */
export type Account = {
  readonly name: string;
  balance: Rational;
  /** The balance in its stored form, "n%d". */
  amount: string;
  /** Its line in a printed ledger, with the line feed. */
  line: string;
};

export type Accounts = { readonly byName: Map<string, Account>; readonly chunks: Account[][] };

const chunkAccountsMax = 512;

export function createAccounts(): Accounts {
  return { byName: new Map(), chunks: [[]] };
}

/** Adds an account with balance 0; the name must be new. */
export function addAccount(accounts: Accounts, name: string): Account {
  if (accounts.byName.has(name)) throw new Error("assert: the account is new");
  const account: Account = { name, balance: zero, amount: "", line: "" };
  setBalance(account, zero);
  accounts.byName.set(name, account);
  insertInOrder(accounts.chunks, account);
  return account;
}

export function setBalance(account: Account, balance: Rational): void {
  account.balance = balance;
  account.amount = formatRational(balance);
  account.line = `${account.name}: ${showDouble(balance)}\n`;
}

/** The first `countMax` accounts in code point order of their names; the ledger must not change meanwhile. */
export function* inOrder(accounts: Accounts, countMax: number = accountsMax): Generator<Account, void, undefined> {
  let count = 0;
  for (const chunk of accounts.chunks) {
    for (const account of chunk) {
      if (count++ >= countMax) return;
      yield account;
    }
  }
}

function insertInOrder(chunks: Account[][], account: Account): void {
  // The first chunk whose last name comes after the new one, or the last chunk.
  const index = firstIndex(chunks.length - 1, (i) => comesAfter(chunks[i]?.at(-1), account));
  const chunk = chunks[index];
  if (chunk === undefined) throw new Error("assert: there is a chunk");
  const place = firstIndex(chunk.length, (i) => comesAfter(chunk[i], account));
  chunk.splice(place, 0, account);
  if (chunk.length > chunkAccountsMax) chunks.splice(index + 1, 0, chunk.splice(chunkAccountsMax / 2));
}

function comesAfter(one: Account | undefined, other: Account): boolean {
  return one !== undefined && compareCodePoints(one.name, other.name) > 0;
}

/** The first of 0..count-1 that holds, where all after it hold too; `count` where none does. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
