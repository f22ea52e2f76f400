/**
 * The results of the demo's commands, word for word as Juno's release S gave them; those that S lacked are marked.
 *
 * docs/decisions/0004-result-texts.md says what was taken from where, and why.
 */
import { accountsMax, balanceBitsMax } from "./limits.ts";
import type { Rational } from "./rational.ts";
import { showMaybeRational, showRational, showText } from "./show.ts";
import { showDouble } from "./show-double.ts";

export const accountExists = "Account Already Exists";

export function created(name: string): string {
  return `Created Account: ${showText(name)}`;
}

/** Ours: S had no limit. */
export const ledgerFull: string = `Error: the ledger is full, it holds ${accountsMax} accounts`;

export function adjusted(name: string, amount: Rational): string {
  return `Adjusted Account ${showText(name)} by ${showRational(amount)}`;
}

export function noSuchAccount(name: string): string {
  return `Error: Account ${showText(name)} does not exist!`;
}

/** Ours: S let an adjustment make a balance negative, and then failed each transfer from that account. */
export function adjustOverdraws(name: string, balance: Rational, amount: Rational): string {
  return `Error: Account ${showText(name)} may not be overdrawn: it holds ${showRational(balance)}, adjusting by ${showRational(amount)}`;
}

/** Ours: S had no limit. */
export function balanceTooPrecise(name: string): string {
  return `Error: the balance of ${showText(name)} would need a fraction of more than ${balanceBitsMax} bits`;
}

export function observed(balance: Rational | null): string {
  return showMaybeRational(balance);
}

export function invalidAccounts(from: string, to: string): string {
  return executionIssue(`invalid account(s)(${showText(from)},${showText(to)})`);
}

/** S's spelling. */
export const sourceTooSmall: string = executionIssue("source balance is less than amount to be transfered");

/** S printed its error value; the quotes of names inside are escaped once more. */
function executionIssue(reason: string): string {
  return `Execution issue InL (InR (PrimFailure ${showText(reason)}))`;
}

/** A printed ledger: a line feed, two lines of heading, a line with its line feed for each account, and how many are left out, if any. */
export function ledgerText(lines: Iterable<string>, countLeftOut: number): string {
  let text = "\nAccount: Amount\n----------------------\n";
  for (const line of lines) text += line;
  if (countLeftOut === 0) return text;
  // Ours: S printed all accounts, whatever their number.
  return `${text}(and ${countLeftOut} more account${countLeftOut === 1 ? "" : "s"})\n`;
}

/** The blank after the first heading is S's. */
export function transferred(route: readonly string[], amount: Rational, before: string, after: string): string {
  return `Success\n## Transaction Log ##\n${transferLines(route, amount)}\n## Previous Ledger ## ${before}\n## New Ledger ##${after}`;
}

/** One line for each hop. S wrote the name of the pretended signature otherwise on the first of three hops or more. */
function transferLines(route: readonly string[], amount: Rational): string {
  const shown = showDouble(amount);
  let lines = "";
  for (let hop = 1; hop < route.length; hop++) {
    const signature = hop === 1 && route.length > 3 ? "cryptoSig" : "cryptSig";
    lines += `Transfer ${shown} from ${route[hop - 1]} to ${route[hop]} with signature: ${signature}\n`;
  }
  return lines;
}

export function notUtf8(position: number): string {
  return `Parse error: not UTF-8 from byte ${position + 1} on`;
}

export function tooLong(bytes: number, bytesMax: number): string {
  return `Parse error: the command has ${bytes} bytes, more than ${bytesMax}`;
}
