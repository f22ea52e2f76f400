/**
 * The demo's state machine: accounts with exact balances, and the five commands of Juno's REPL.
 *
 * In    a command's bytes
 * Out   an outcome: its text, and the change of each account
 * Rule  the same commands in the same order give the same outcomes and the same state on every node. Nothing throws on
 *       input; a failed command changes nothing. Accounts must exist and may not be overdrawn (Juno's release S).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { isAccountName } from "./account-name.ts";
import { type Account, type Accounts, addAccount, createAccounts, inOrder, setBalance } from "./accounts.ts";
import {
  createSink,
  createSource,
  fail,
  faultAtEnd,
  putCount,
  putText,
  takeCount,
  takeText,
  written,
} from "./canonical-bytes.ts";
import { compareCodePoints } from "./code-points.ts";
import { accountsMax, balanceBitsMax, commandBytesMax, observedAccountsMax, wholeLedgerAccountsMax } from "./limits.ts";
import { type Command, parse } from "./parse.ts";
import { add, fitsBits, isLess, type Rational, readStoredRational, subtract } from "./rational.ts";
import * as texts from "./texts.ts";
import { decodeUtf8 } from "./utf8.ts";

/** One account before and after a command, as "n%d"; null where it does not exist. Never both the same. */
export type Change = { readonly key: string; readonly before: string | null; readonly after: string | null };

/** `diff` is in code point order of its keys, each once; it is empty where `ok` is false. */
export type Outcome = { readonly ok: boolean; readonly text: string; readonly diff: readonly Change[] };

export type DemoLedger = {
  readonly accounts: Accounts;
  /** The whole ledger as printed, kept from one transfer to the next; null after any other change. */
  printed: string | null;
};

export function createLedger(): DemoLedger {
  return { accounts: createAccounts(), printed: null };
}

/** Runs one command, changing `ledger` where it succeeds; total. `payload` is not kept. */
export function apply(ledger: DemoLedger, payload: Uint8Array): Outcome {
  if (payload.length > commandBytesMax) return failed(texts.tooLong(payload.length, commandBytesMax));
  const decoded = decodeUtf8(payload);
  if (!decoded.ok) return failed(texts.notUtf8(decoded.position));
  const parsed = parse(decoded.text);
  return parsed.ok ? run(ledger, parsed.command) : failed(parsed.text);
}

function run(ledger: DemoLedger, command: Command): Outcome {
  switch (command.kind) {
    case "createAccount":
      return createAccount(ledger, command.account);
    case "adjustAccount":
      return adjustAccount(ledger, command.account, command.amount);
    case "observeAccount":
      return unchanged(texts.observed(ledger.accounts.byName.get(command.account)?.balance ?? null));
    case "observeAccounts":
      return unchanged(printFirst(ledger.accounts, observedAccountsMax));
    case "transfer":
      return transfer(ledger, command.route, command.amount);
  }
}

function createAccount(ledger: DemoLedger, name: string): Outcome {
  const { byName } = ledger.accounts;
  if (byName.has(name)) return failed(texts.accountExists);
  if (byName.size >= accountsMax) return failed(texts.ledgerFull);
  const { amount } = addAccount(ledger.accounts, name);
  ledger.printed = null;
  return { ok: true, text: texts.created(name), diff: [{ key: name, before: null, after: amount }] };
}

function adjustAccount(ledger: DemoLedger, name: string, amount: Rational): Outcome {
  const account = ledger.accounts.byName.get(name);
  if (account === undefined) return failed(texts.noSuchAccount(name));
  const balance = add(account.balance, amount);
  if (balance.n < 0n) return failed(texts.adjustOverdraws(name, account.balance, amount));
  if (!fitsBits(balance, balanceBitsMax)) return failed(texts.balanceTooPrecise(name));
  const diff = settle([account], new Map([[account, balance]]));
  ledger.printed = null;
  return { ok: true, text: texts.adjusted(name, amount), diff };
}

/** Moves `amount` along the route hop by hop, on an overlay that is dropped at the first hop that fails. */
function transfer(ledger: DemoLedger, route: readonly string[], amount: Rational): Outcome {
  const { accounts } = ledger;
  const overlay = new Map<Account, Rational>();
  let fromName: string | null = null;
  for (const toName of route) {
    const refusal = fromName === null ? null : hop(accounts, overlay, fromName, toName, amount);
    if (refusal !== null) return failed(refusal);
    fromName = toName;
  }
  const touched = [...overlay.keys()].sort((a, b) => compareCodePoints(a.name, b.name));
  const before = ledger.printed ?? printAround(accounts, touched);
  const diff = settle(touched, overlay);
  const after = printAround(accounts, touched);
  ledger.printed = accounts.byName.size > wholeLedgerAccountsMax ? null : after;
  return { ok: true, text: texts.transferred(route, amount, before, after), diff };
}

/** Null, or why this hop fails. */
function hop(
  accounts: Accounts,
  overlay: Map<Account, Rational>,
  fromName: string,
  toName: string,
  amount: Rational,
): string | null {
  const from = accounts.byName.get(fromName);
  const to = accounts.byName.get(toName);
  if (from === undefined || to === undefined) return texts.invalidAccounts(fromName, toName);
  const held = overlay.get(from) ?? from.balance;
  if (isLess(held, amount)) return texts.sourceTooSmall;
  overlay.set(from, subtract(held, amount));
  overlay.set(to, add(overlay.get(to) ?? to.balance, amount));
  for (const account of [from, to]) {
    if (!fitsBits(overlay.get(account) ?? account.balance, balanceBitsMax))
      return texts.balanceTooPrecise(account.name);
  }
  return null;
}

/** Makes the overlay true; the changes come in the order of `touched`, without the accounts that end as they began. */
function settle(touched: readonly Account[], overlay: ReadonlyMap<Account, Rational>): Change[] {
  const diff: Change[] = [];
  for (const account of touched) {
    const before = account.amount;
    setBalance(account, overlay.get(account) ?? account.balance);
    if (account.amount !== before) diff.push({ key: account.name, before, after: account.amount });
  }
  return diff;
}

/** The whole of a small ledger; of a larger one only what was touched, so that a transfer's cost does not grow with it. */
function printAround(accounts: Accounts, touched: readonly Account[]): string {
  if (accounts.byName.size <= wholeLedgerAccountsMax) return printFirst(accounts, wholeLedgerAccountsMax);
  return texts.ledgerText(touched, accounts.byName.size - touched.length);
}

function printFirst(accounts: Accounts, countMax: number): string {
  return texts.ledgerText(inOrder(accounts, countMax), Math.max(0, accounts.byName.size - countMax));
}

function unchanged(text: string): Outcome {
  return { ok: true, text, diff: [] };
}

function failed(text: string): Outcome {
  return { ok: false, text, diff: [] };
}

/** Of the bytes of a state. */
const version = 1;
const stateTag = utf8ToBytes("juno/state");

/**
 * The whole state as bytes, in memory of their own: one state has one byte form, whatever commands led to it.
 *
 *   count 1 (the version) || count of accounts || accounts: text name, text "n%d"; in code point order of the names
 */
export function serialize(ledger: DemoLedger): Uint8Array {
  const sink = createSink();
  putCount(sink, version);
  putCount(sink, ledger.accounts.byName.size);
  for (const { name, amount } of inOrder(ledger.accounts)) {
    putText(sink, name);
    putText(sink, amount);
  }
  return written(sink);
}

/** SHA-256("juno/state" || serialized state), 32 bytes; costs O(accounts). */
export function stateHash(ledger: DemoLedger): Uint8Array {
  return sha256.create().update(stateTag).update(serialize(ledger)).digest();
}

export type Restored =
  | { readonly ok: true; readonly ledger: DemoLedger }
  | { readonly ok: false; readonly reason: string };

/** Reads what `serialize` wrote, and refuses any other bytes with a reason; total. Keeps no reference to `bytes`. */
export function restore(bytes: Uint8Array): Restored {
  const source = createSource(bytes);
  if (takeCount(source) !== version) fail(source, "a version that this program does not know");
  const count = takeCount(source);
  if (count > accountsMax) fail(source, `${count} accounts, more than ${accountsMax}`);
  const ledger = createLedger();
  let previous = "";
  for (let i = 0; i < count && source.fault === null; i++) {
    const name = takeText(source);
    const balance = readStoredRational(takeText(source));
    if (source.fault !== null) break;
    if (!isAccountName(name)) fail(source, "an account name that no command could have made");
    else if (compareCodePoints(previous, name) >= 0) fail(source, "account names out of order");
    else if (balance === null || balance.n < 0n || !fitsBits(balance, balanceBitsMax)) fail(source, "a bad balance");
    else setBalance(addAccount(ledger.accounts, name), balance);
    previous = name;
  }
  const reason = faultAtEnd(source);
  return reason === null ? { ok: true, ledger } : { ok: false, reason };
}
