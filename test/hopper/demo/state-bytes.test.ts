import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { apply, createLedger, type DemoLedger, restore, serialize, stateHash } from "../../../hopper/demo/ledger.ts";
import { accountsMax } from "../../../hopper/demo/limits.ts";
import { hold } from "./hold.ts";

const encoder = new TextEncoder();

function ledgerAfter(...commands: readonly string[]): DemoLedger {
  const ledger = createLedger();
  for (const command of commands) apply(ledger, encoder.encode(command));
  return ledger;
}

function reasonFor(bytes: Uint8Array): string {
  const restored = restore(bytes);
  return restored.ok ? "it was restored" : restored.reason;
}

const two = ledgerAfter("CreateAccount b", "CreateAccount a", "AdjustAccount b 10%4");
const twoHex = "01 02 01 61 03 30 25 31 01 62 03 35 25 32".replaceAll(" ", "");

test("the bytes and the hash of a state are the golden ones", (t) => {
  t.is(Buffer.from(serialize(createLedger())).toString("hex"), "0100");
  t.is(Buffer.from(serialize(two)).toString("hex"), twoHex);
  const hash = createHash("sha256").update("juno/state").update(Buffer.from(twoHex, "hex")).digest("hex");
  t.is(Buffer.from(stateHash(two)).toString("hex"), hash);
  t.is(hash, "00b434936c8db1208cdf7565cfd81fae2a09083f12f00caac9d98d6e2871c7fa");
});

test("every cut of a snapshot is refused, and each flipped byte is refused or is another state", (t) => {
  const bytes = serialize(ledgerAfter("CreateAccount Acct1", "CreateAccount é", "AdjustAccount é 100000%3"));
  for (let length = 0; length < bytes.length; length++) t.false(restore(bytes.slice(0, length)).ok, `${length}`);
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const restored = restore(flipped);
      if (restored.ok) t.deepEqual(serialize(restored.ledger), flipped);
    }
  }
});

test("restore is total, and has one byte form for one state", (t) => {
  const shaped = fc
    .array(fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom("0%1", "1%1", "2%4", "-1%1", "1%0", "", "5%2")), {
      maxLength: 4,
    })
    .map((accounts) => {
      const parts = [Buffer.of(1, accounts.length)];
      for (const text of accounts.flat()) parts.push(Buffer.of(Buffer.byteLength(text)), Buffer.from(text));
      return Uint8Array.from(Buffer.concat(parts));
    });
  hold(
    t,
    fc.property(fc.oneof(shaped, fc.uint8Array({ maxLength: 40 })), (bytes) => {
      const restored = restore(bytes);
      if (restored.ok) t.deepEqual(serialize(restored.ledger), bytes);
      else t.regex(restored.reason, /\(byte \d+\)$/);
    }),
    3000,
  );
});

const refused: readonly (readonly [hex: string, reason: string])[] = [
  ["", "cut short in a count (byte 1)"],
  ["0200", "a version that this program does not know (byte 1)"],
  ["8100", "a count not in its shortest form (byte 2)"],
  ["010000", "bytes after the end (byte 2)"],
  ["0101", "cut short in a count (byte 3)"],
  ["01010561", "cut short in a text (byte 3)"],
  ["010101ff03302531", "a text that is not UTF-8 (byte 4)"],
  ["0101012d03302531", "an account name that no command could have made (byte 8)"],
  ["01010003302531", "an account name that no command could have made (byte 7)"],
  ["010101610132", "a bad balance (byte 6)"],
  ["0101016103322534", "a bad balance (byte 8)"],
  ["01010161042d312531", "a bad balance (byte 9)"],
  ["0102016103302531016103302531", "account names out of order (byte 14)"],
  ["0102016203302531016103302531", "account names out of order (byte 14)"],
  ["01ffffffff0f", "a count above 2^31 - 1 (byte 6)"],
];

for (const [hex, reason] of refused) {
  test(`bytes ${hex || "(none)"} are refused: ${reason}`, (t) => t.is(reasonFor(Buffer.from(hex, "hex")), reason));
}

test("a snapshot of a full ledger is restored, one account more is refused", (t) => {
  const snapshot = (count: number): Uint8Array => {
    const parts = [Buffer.of(1, 0x80 | (count & 0x7f), 0x80 | ((count >> 7) & 0x7f), count >> 14)];
    for (let i = 0; i < count; i++) parts.push(Buffer.from(`\u0006${i + 100_000}\u00030%1`));
    return Buffer.concat(parts);
  };
  const full = snapshot(accountsMax);
  const restored = restore(full);
  if (!restored.ok) return t.fail(restored.reason);
  t.true(Buffer.from(serialize(restored.ledger)).equals(full));
  t.is(reasonFor(snapshot(accountsMax + 1)), "100001 accounts, more than 100000 (byte 4)");
});
