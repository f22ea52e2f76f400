/**
 * The demo's commands as people write them, in front of the module demo/juno: reads a text, runs the module's command, and says what
 * came of it in the words of Juno's REPL.
 *
 * In    a command's bytes
 * Out   an outcome: its text, and the change of each account
 * Rule  total, and the same on every node. Nothing but this calls the module, since names are read here.
 */
import { execute, type Machine, type Published } from "../run/machine.ts";
import type { Table } from "../run/table.ts";
import type { Data, Int, List, Rat, Value } from "../run/value.ts";
import { commandBytesMax } from "./limits.ts";
import { failed, type Outcome } from "./outcome.ts";
import { type Command, parse } from "./parse.ts";
import { lineWith, PrintedLedger, rationalOf } from "./printed-ledger.ts";
import type { Rational } from "./rational.ts";
import * as texts from "./texts.ts";
import { decodeUtf8 } from "./utf8.ts";

export const demoPath = "demo/juno";

/** Runs one command; `payload` is not kept. */
export type Front = (payload: Uint8Array) => Outcome;

/** A full route of the longest amounts takes a tenth of it. */
const circumstances = { signers: new Set<string>(), now: 0, gasLimit: 1_000_000 };

/** Before the module demo/juno of a machine. */
export function createFront(machine: Machine, { linked }: Published): Front {
  const { hash } = linked.ir;
  const tableNamed = (name: string): Table => {
    const found = linked.tables.find(({ table }) => table.shape.name === name);
    if (found === undefined) throw new Error(`assert: demo/juno has a table ${name}`);
    return found.table;
  };
  const ledger = new PrintedLedger({
    balances: tableNamed("balances"),
    count: tableNamed("count"),
    firstNames: tableNamed("firstNames"),
  });
  /** The whole of a small ledger as printed, kept from one transfer to the next; null after any other change. */
  let printed: string | null = null;

  function run(command: Command): Outcome {
    const before = command.kind === "transfer" ? (printed ?? ledger.around(command.route)) : "";
    const { value, failure, changes } = execute(machine, hash, command.kind, argumentsOf(command), circumstances);
    // Nothing that the parser lets through makes the module fault; if it did, it would be the same everywhere.
    if (failure !== undefined || value === undefined) return failed(`Fault ${failure?.name}`);
    const [tag, first] = value as Data;
    const diff = ledger.changesOf(changes);
    if (command.kind === "observeAccount") {
      return { ok: true, text: texts.observed(tag === 0 ? null : rationalOf(first as Rat)), diff };
    }
    if (command.kind === "observeAccounts") return { ok: true, text: bookText(value as Data), diff };
    if (tag === 1) return failed(refusalText(command, first as Data));
    printed = null;
    if (command.kind === "createAccount") return { ok: true, text: texts.created(command.account), diff };
    if (command.kind === "adjustAccount") {
      return { ok: true, text: texts.adjusted(command.account, command.amount), diff };
    }
    const after = ledger.around(command.route);
    if (ledger.isSmall()) printed = after;
    return { ok: true, text: texts.transferred(command.route, command.amount, before, after), diff };
  }

  return (payload) => {
    if (payload.length > commandBytesMax) return failed(texts.tooLong(payload.length, commandBytesMax));
    const decoded = decodeUtf8(payload);
    if (!decoded.ok) return failed(texts.notUtf8(decoded.position));
    const parsed = parse(decoded.text);
    return parsed.ok ? run(parsed.command) : failed(parsed.text);
  };
}

function argumentsOf(command: Command): readonly Value[] {
  switch (command.kind) {
    case "observeAccounts":
      return [];
    case "adjustAccount":
      return [command.account, rat(command.amount)];
    case "transfer":
      return [{ items: command.route }, rat(command.amount)];
    default:
      return [command.account];
  }
}

function rat({ n, d }: Rational): Rat {
  return { n: int(n), d: int(d) };
}

function int(n: bigint): Int {
  return n <= 9007199254740991n && n >= -9007199254740991n ? Number(n) : n;
}

function bookText([, lines, leftOut]: Data): string {
  const shown = (lines as List).items.map((one) => {
    const [, name, balance] = one as Data;
    return lineWith(name as string, balance as Rat);
  });
  return texts.ledgerText(shown, leftOut as number);
}

/** By the constructors of demo/juno's Refusal, in their order. */
function refusalText(command: Command, [tag, first, second]: Data): string {
  const name = first as string;
  switch (tag) {
    case 0:
      return texts.accountExists;
    case 1:
      return texts.ledgerFull;
    case 2:
      return texts.noSuchAccount(name);
    case 3: {
      if (command.kind !== "adjustAccount") throw new Error("assert: only an adjustment is refused so");
      return texts.adjustOverdraws(name, rationalOf(second as Rat), command.amount);
    }
    case 4:
      return texts.balanceTooPrecise(name);
    case 5:
      return texts.invalidAccounts(name, second as string);
    default:
      return texts.sourceTooSmall;
  }
}
