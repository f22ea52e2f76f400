/**
 * The demo ledger as bytes: for snapshots, and for the hash by which nodes compare their states.
 *
 *   byte 1 (the format's version) || count || count times (text name || text "n%d"), in code point order of the names
 *
 * One state has one byte form, whatever commands led to it; `restore` accepts no other.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { isAccountName } from "./account-name.ts";
import { addAccount, inOrder, setBalance } from "./accounts.ts";
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
import { createLedger, type DemoLedger } from "./ledger.ts";
import { accountsMax, balanceBitsMax } from "./limits.ts";
import { fitsBits, readStoredRational } from "./rational.ts";

const version = 1;
const stateTag = utf8ToBytes("juno/state");

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

/** Reads what `serialize` wrote; total. Keeps no reference to `bytes`. */
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
