/**
 * A model of the module demo/juno in TypeScript, which it is compared with, and which simulations use since it starts at once: accounts with exact balances, and the five commands of Juno's REPL.
 *
 * In    a command's bytes
 * Out   an outcome: its text, and the change of each account
 * Rule  the same commands in the same order give the same outcomes and the same state on every node. Nothing throws on
 *       input; a failed command changes nothing. Accounts must exist and may not be overdrawn (Juno's release S).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { createSink, putCount, putText, written } from "../../../hopper/demo/canonical-bytes.ts";
import { compareCodePoints } from "../../../hopper/demo/code-points.ts";
import {
  accountsMax,
  balanceBitsMax,
  commandBytesMax,
  observedAccountsMax,
  wholeLedgerAccountsMax,
} from "../../../hopper/demo/limits.ts";
import { type Change, failed, type Outcome } from "../../../hopper/demo/outcome.ts";
import { type Command, parse } from "../../../hopper/demo/parse.ts";
import { add, fitsBits, isLess, type Rational, subtract } from "../../../hopper/demo/rational.ts";
import * as texts from "../../../hopper/demo/texts.ts";
import { decodeUtf8 } from "../../../hopper/demo/utf8.ts";
import { type Account, type Accounts, addAccount, createAccounts, inOrder, setBalance } from "./model-accounts.ts";

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
  return texts.ledgerText(
    touched.map(({ line }) => line),
    accounts.byName.size - touched.length,
  );
}

function printFirst(accounts: Accounts, countMax: number): string {
  const lines = Array.from(inOrder(accounts, countMax), ({ line }) => line);
  return texts.ledgerText(lines, Math.max(0, accounts.byName.size - countMax));
}

function unchanged(text: string): Outcome {
  return { ok: true, text, diff: [] };
}

/** Of the bytes of a state. */
const version = 1;
const stateTag = utf8ToBytes("juno/state");

/**
 * The whole state as bytes, in memory of their own: one state has one byte form, whatever commands led to it.
 *
 *   count 1 (the version) || count of accounts || accounts: text name, text "n%d"; in code point order of the names
 */
function serialize(ledger: DemoLedger): Uint8Array {
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
