/**
 * Command text to command. The whole text must be a command; blanks (space, tab, CR, LF) may stand between its parts and
 * at both ends.
 *
 *   CreateAccount NAME          ObserveAccount NAME          ObserveAccounts
 *   AdjustAccount NAME AMOUNT   transfer(NAME -> NAME -> ..., AMOUNT)
 */
import { utf8Size } from "../run/utf8.ts";
import { isNameCodePoint } from "./account-name.ts";
import { type CommandWord, commandExamples, commandWords, isCommandWord, nearestCommandWord } from "./command-words.ts";
import { commandBytesMax, nameCodePointsMax, routeNamesMax } from "./limits.ts";
import { readAmount } from "./parse-amount.ts";
import type { Rational } from "./rational.ts";
import { atEnd, type Cursor, failAt, isFailure, type ParseFailure, skipBlanks, takeSymbol } from "./scanner.ts";
import { showText } from "./show.ts";

export type Command =
  | { readonly kind: "createAccount"; readonly account: string }
  | { readonly kind: "adjustAccount"; readonly account: string; readonly amount: Rational }
  | { readonly kind: "observeAccount"; readonly account: string }
  | { readonly kind: "observeAccounts" }
  | { readonly kind: "transfer"; readonly route: readonly string[]; readonly amount: Rational };

export type Parsed = { readonly ok: true; readonly command: Command } | ParseFailure;

/** Total: any text gives a command or a failure, the same on every node. Commands may still fail when applied. */
export function parse(text: string): Parsed {
  const cursor: Cursor = { text, at: 0 };
  const unusable = refuseWhole(cursor);
  if (unusable !== null) return unusable;
  skipBlanks(cursor);
  if (atEnd(cursor)) return failAt(cursor, cursor.at, "the command is empty", listing);
  const start = cursor.at;
  const word = takeWord(cursor);
  if (!isCommandWord(word)) return unknownCommand(cursor, start, word);
  cursor.example = commandExamples[word];
  const command = readArguments(cursor, word);
  if (isFailure(command)) return command;
  skipBlanks(cursor);
  if (!atEnd(cursor)) return trailing(cursor);
  return { ok: true, command };
}

function readArguments(cursor: Cursor, word: CommandWord): Command | ParseFailure {
  switch (word) {
    case "ObserveAccounts":
      return { kind: "observeAccounts" };
    case "CreateAccount":
    case "ObserveAccount": {
      const account = readName(cursor, blanks);
      if (isFailure(account)) return account;
      return { kind: word === "CreateAccount" ? "createAccount" : "observeAccount", account };
    }
    case "AdjustAccount": {
      const account = readName(cursor, blanks);
      if (isFailure(account)) return account;
      const amount = readAmount(cursor);
      return isFailure(amount) ? amount : { kind: "adjustAccount", account, amount };
    }
    case "transfer":
      return readTransfer(cursor);
  }
}

function readTransfer(cursor: Cursor): Command | ParseFailure {
  const start = cursor.at;
  if (!takeSymbol(cursor, "(")) return failAt(cursor, cursor.at, 'expected "("');
  const route: string[] = [];
  do {
    const name = readName(cursor, `${blanks}->,)`);
    if (isFailure(name)) return name;
    if (route.push(name) > routeNamesMax) {
      return failAt(cursor, cursor.at - name.length, `a route has more than ${routeNamesMax} accounts`);
    }
  } while (takeSymbol(cursor, "->"));
  if (!takeSymbol(cursor, ",")) return failAt(cursor, cursor.at, 'expected "->" and an account, or "," and the amount');
  skipBlanks(cursor);
  const amountStart = cursor.at;
  const amount = readAmount(cursor);
  if (isFailure(amount)) return amount;
  if (amount.n < 0n) return failAt(cursor, amountStart, "the amount of a transfer must not be negative");
  if (!takeSymbol(cursor, ")")) return failAt(cursor, cursor.at, 'expected ")"');
  if (route.length > 1) return { kind: "transfer", route, amount };
  // Juno's own words for a route that leads nowhere.
  const text = "Language Error: Error: No Endpoint Account Specified!";
  return { ...failAt(cursor, start, text), text };
}

const blanks = " \t\r\n";

/** Reads a name up to one of `ends` or the end of the text; any other character that no name holds is refused. */
function readName(cursor: Cursor, ends: string): string | ParseFailure {
  skipBlanks(cursor);
  const { text } = cursor;
  const start = cursor.at;
  for (let count = 0; !atEnd(cursor); count++) {
    const codePoint = text.codePointAt(cursor.at) ?? 0;
    if (!isNameCodePoint(codePoint)) {
      const character = String.fromCodePoint(codePoint);
      if (ends.includes(character)) break;
      return failAt(cursor, cursor.at, `an account name may not contain ${showText(character)}`);
    }
    if (count === nameCodePointsMax) {
      return failAt(cursor, start, `the account name is longer than ${nameCodePointsMax} characters`);
    }
    cursor.at += codePoint > 0xffff ? 2 : 1;
  }
  return cursor.at > start ? text.slice(start, cursor.at) : failAt(cursor, start, "an account name is missing");
}

const listing = `commands are ${commandWords.join(", ")}`;

/** Up to a blank or a parenthesis; no further than it takes to see that the word is unknown. */
function takeWord(cursor: Cursor): string {
  const start = cursor.at;
  while (!atEnd(cursor) && cursor.at - start < wordUnitsMax && !wordEnds.includes(cursor.text.charAt(cursor.at)))
    cursor.at++;
  return cursor.text.slice(start, cursor.at);
}

const wordUnitsMax = 256;
const wordEnds = `${blanks}()`;

function refuseWhole(cursor: Cursor): ParseFailure | null {
  const { text } = cursor;
  // A UTF-16 unit takes at most 3 bytes, so most texts need not be counted.
  if (text.length * 3 > commandBytesMax && utf8Size(text) > commandBytesMax) {
    return failAt(cursor, 0, `the command is longer than ${commandBytesMax} bytes`);
  }
  return text.isWellFormed() ? null : failAt(cursor, 0, "the command is not well-formed Unicode");
}

function unknownCommand(cursor: Cursor, start: number, word: string): ParseFailure {
  if (word === "") {
    return failAt(cursor, start, `expected a command, found ${excerpt(cursor.text.slice(start))}`, listing);
  }
  const nearest = nearestCommandWord(word);
  const hint = nearest === null ? listing : `did you mean ${nearest}?`;
  return failAt(cursor, start, `unknown command ${excerpt(word)}`, hint);
}

function trailing(cursor: Cursor): ParseFailure {
  return failAt(cursor, cursor.at, `expected the end of the command, found ${excerpt(cursor.text.slice(cursor.at))}`);
}

const excerptCodePointsMax = 32;

function excerpt(text: string): string {
  const characters = Array.from(text.slice(0, 2 * excerptCodePointsMax + 2)).slice(0, excerptCodePointsMax);
  const head = characters.join("");
  return head.length < text.length ? `${showText(head)}...` : showText(head);
}
