/** Every limit of the demo ledger in one place, with the relations between them asserted. */

/** UTF-8 bytes of one command; the longest useful one, a full route of full names, needs 8.4 KB. */
export const commandBytesMax: number = 16 * 1024;
/** Code points of an account name. */
export const nameCodePointsMax = 64;
/** Decimal digits of a number in a command, leading zeros counted. */
export const amountDigitsMax = 64;
/**
 * Bits of a balance's numerator, and of its denominator. Sums of fractions with foreign denominators grow by the product
 * of these, so without a limit a stream of small commands makes every later one slow. 512 leaves room for a balance that
 * has met two worst denominators, and keeps every balance within the range of a double.
 */
export const balanceBitsMax = 512;
/** Accounts named in one transfer. */
export const routeNamesMax = 32;
/** A ledger of at most this many accounts is printed whole after a transfer; a larger one would cost O(n) a command. */
export const wholeLedgerAccountsMax = 32;
/** Accounts printed by ObserveAccounts, so that a result stays below 75 KB, whatever the names are. */
export const observedAccountsMax = 256;
/**
 * Accounts of a ledger. A state hash visits them all: 100,000 take some 15 ms of the thread that applies commands, and
 * the ledger some 30 MB. A larger number wants a hash that follows the changes.
 */
export const accountsMax = 100_000;

/** Characters of the longest amount in its stored form, "n%d": digits of 2^512 twice, a sign and the `%`. */
export const storedAmountCharsMax: number = 2 * 155 + 2;

function requireThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`limits contradict each other: ${what}`);
}
requireThat(
  routeNamesMax * (4 * nameCodePointsMax + 2) + 2 * amountDigitsMax + 16 <= commandBytesMax,
  "a full route of full names fits into one command",
);
requireThat(2 * Math.ceil(amountDigitsMax * 3.33) <= balanceBitsMax, "two worst amounts fit into one balance");
requireThat(routeNamesMax <= wholeLedgerAccountsMax, "a large ledger is never printed longer than a small one");
requireThat(wholeLedgerAccountsMax <= observedAccountsMax, "ObserveAccounts shows at least what a transfer shows");
