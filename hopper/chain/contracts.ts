/**
 * The contracts of a chain: modules that commands publish, and their state. A node's applier steps it; all nodes compile what is
 * published themselves, and agree on every byte of every outcome.
 */
import type { CheckedModule } from "../check/checked-module.ts";
import { checkModule, type Imports } from "../check/module.ts";
import { checkUpgrade } from "../check/upgrade.ts";
import { compareCodePoints } from "../demo/code-points.ts";
import { demoPath } from "../demo/front.ts";
import { failed, type Outcome } from "../demo/outcome.ts";
import type { NamedShape, Shape } from "../ir/ir.ts";
import { lowerModule } from "../lower/lower-module.ts";
import { bytesOfText, encode, textOfBytes } from "../run/canonical.ts";
import { decode } from "../run/decode.ts";
import type { Told } from "../run/execution.ts";
import type { Change } from "../run/journal.ts";
import {
  createMachine,
  type Evaluator,
  executeBytes,
  type Machine,
  moduleNamed,
  type Outcome as Ran,
} from "../run/machine.ts";
import type { Expectation } from "../run/moves.ts";
import { publish } from "../run/publish.ts";
import { setPolicy } from "../run/set-policy.ts";
import { hexOf, showKeyUpTo, showUpTo } from "../run/show.ts";
import { exportState, importState, type Recompile } from "../run/state-bytes.ts";
import type { Value } from "../run/value.ts";
import { showClock } from "./agreed-time.ts";
import {
  type ContractExpectation,
  decodeContractCommand,
  type PlainCommand,
  type SignedCommand,
  signingBytes,
} from "./contract-command.ts";

export type Contracts = {
  readonly machine: Machine;
  /** By hash: what importing modules see of it. */
  readonly checked: Map<string, CheckedModule>;
  readonly signatures: SignatureCheck;
};

export type ContractOptions = {
  readonly sha256: Machine["sha256"];
  readonly evaluator?: Evaluator;
  readonly signatures: SignatureCheck;
};

export type SignatureCheck = {
  /** Which chain it is: what its members sign holds here only. */
  readonly chain: Uint8Array;
  /** The one verdict that all nodes have. */
  readonly verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
};

export function createContracts(options: ContractOptions): Contracts {
  return { machine: createMachine(options), checked: new Map(), signatures: options.signatures };
}

/** What the log says around a command. */
export type Given = {
  /** SHA-256 of the public keys that signed, each as a string of 32 characters below 256. */
  readonly signers: ReadonlySet<string>;
  /** Milliseconds from 1970. */
  readonly now: number;
  /** The command's place in the log. */
  readonly index: number;
  /** The validator that says it; undefined where a client does. */
  readonly validator?: number | undefined;
};

/** Compiling is paid for by the source's length, and nothing is longer than a command. */
const publishGas = 1_000_000;
const policyGas = 1_000_000;

/** Steps by one command. Total: what is wrong with it is its outcome. */
export function applyContractCommand(contracts: Contracts, payload: Uint8Array, given: Given): Outcome {
  const command = decodeContractCommand(payload);
  if (command === undefined) return failed("Error: not a command for contracts in its canonical form");
  if (command.kind === "clock") return applyClock(contracts, command.time, given.validator);
  if (given.validator !== undefined)
    return failed("Error: a validator's command says what its clock shows, and nothing else");
  return command.kind === "signed" ? applySigned(contracts, command, given) : applyPlain(contracts, command, given);
}

function applyClock({ machine }: Contracts, time: number, validator: number | undefined): Outcome {
  if (validator === undefined) return failed("Error: only validators have clocks here");
  const shown = showClock(machine.own.clocks, validator, time);
  if (shown === false) return failed("Error: this clock has shown as late a time before");
  const before = shown.before === null ? null : String(shown.before);
  return { ok: true, text: "Clock read", diff: [{ key: `clock[${validator}]`, before, after: String(time) }] };
}

function applyPlain(contracts: Contracts, command: PlainCommand, given: Given): Outcome {
  switch (command.kind) {
    case "publish":
      return applyPublish(contracts, command, given);
    case "call":
      return applyCall(contracts, command, given);
    case "policy":
      return applyPolicy(contracts, command, given);
  }
}

/** With the keys that signed it besides the client who brings it. What has run once does not run again. */
function applySigned(contracts: Contracts, command: SignedCommand, given: Given): Outcome {
  const { machine } = contracts;
  const refusal = refusalOf(command, given.index);
  if (refusal !== undefined) return failed(`Error: ${refusal}`);
  const message = signingBytes(contracts.signatures.chain, command);
  const bytes = textOfBytes(machine.sha256(message));
  const { spent } = machine.own;
  if (spent.row({ bytes }) !== undefined) return failed("Error: this command has run before");
  const badly = command.keys.findIndex((one, i) => {
    return !contracts.signatures.verify(bytesOfText(command.signatures[i] ?? ""), message, bytesOfText(one));
  });
  if (badly >= 0) return failed(`Error: the signature of key ${badly + 1} is not valid for this command`);
  const hashes = command.keys.map((one) => textOfBytes(machine.sha256(bytesOfText(one))));
  const outcome = applyPlain(contracts, command.inner, { ...given, signers: new Set([...given.signers, ...hashes]) });
  if (!outcome.ok) return outcome;
  spent.set({ bytes }, command.until);
  const mark = { key: `spent[0x"${hexOf({ bytes })}"]`, before: null, after: String(command.until) };
  return { ...outcome, diff: [...outcome.diff, mark].sort((a, b) => compareCodePoints(a.key, b.key)) };
}

/** Each signature is checked on the applier's thread. */
const keysMax = 16;

function refusalOf({ until, keys, signatures }: SignedCommand, index: number): string | undefined {
  if (keys.length === 0 || keys.length > keysMax)
    return `a signed command has 1 to ${keysMax} keys, not ${keys.length}`;
  if (new Set(keys).size < keys.length) return "a key is listed twice";
  if (keys.length !== signatures.length) return `${keys.length} keys, but ${signatures.length} signatures`;
  return index > until ? `it was to run by log index ${until}, and this is ${index}` : undefined;
}

function applyPolicy(
  contracts: Contracts,
  { who, policy }: Extract<PlainCommand, { kind: "policy" }>,
  { signers, now }: Given,
): Outcome {
  const ran = setPolicy(contracts.machine, who, policy, { signers, now, gasLimit: policyGas });
  if (ran.failure !== undefined) return failed(faultText(ran));
  return { ok: true, text: `Policy set for ${ran.gasUsed} gas`, diff: shownChanges(contracts, ran.changes) };
}

function applyPublish(
  contracts: Contracts,
  { path, source }: Extract<PlainCommand, { kind: "publish" }>,
  { signers, now }: Given,
): Outcome {
  const { machine, checked } = contracts;
  const result = checkModule(source, path, importsOf(contracts));
  if (!result.ok) {
    const [first] = result.diagnostics;
    const more = result.diagnostics.length - 1;
    const where = first === undefined ? "" : ` at ${placeOf(source, first.span.start)}: ${first.message}`;
    return failed(`Error: module ${path} does not check${where}${more > 0 ? `, and ${more} more` : ""}`);
  }
  const { module } = result;
  const current = machine.names.get(path)?.current;
  const before = current === undefined ? undefined : checked.get(current);
  const [flaw] = before === undefined ? [] : checkUpgrade(before, module);
  if (flaw !== undefined) {
    return failed(
      `Error: module ${path} cannot follow its version before at ${placeOf(source, flaw.span.start)}: ${flaw.message}`,
    );
  }
  const publication = { ir: lowerModule(module), source, imports: module.core.imports };
  const ran = publish(machine, publication, { signers, now, gasLimit: publishGas });
  if (ran.failure !== undefined) return failed(faultText(ran));
  checked.set(module.hash, module);
  const text = `Published ${path}, version ${module.hash.slice(0, 16)}, for ${ran.gasUsed} gas`;
  return { ok: true, text, diff: shownChanges(contracts, ran.changes) };
}

function applyCall(
  contracts: Contracts,
  { module, command, args, gasLimit, expect: wanted }: Extract<PlainCommand, { kind: "call" }>,
  { signers, now }: Given,
): Outcome {
  const { machine } = contracts;
  // Names of accounts are read by the demo's parser; the module takes any text.
  if (moduleNamed(machine, module)?.ir.path === demoPath)
    return failed(`Error: ${demoPath} is called by the demo's commands`);
  const expect: Expectation[] = [];
  for (const one of wanted) {
    const read = expectationOf(machine, one);
    if (read === undefined) return failed(`Error: no account of a table is expected to change by ${one.table}`);
    expect.push(read);
  }
  const ran = executeBytes(machine, module, command, args, { signers, now, gasLimit, expect });
  if (ran.failure !== undefined) return failed(faultText(ran));
  const linked = moduleNamed(machine, module);
  const result = linked?.ir.commands.find(({ name }) => name === command)?.result;
  if (linked === undefined || result === undefined || ran.value === undefined) {
    throw new Error("assert: a command that ran is there");
  }
  const value = shownValue(machine, ran.value, result, linked.ir.shapes);
  const text = `${value} for ${ran.gasUsed} gas${shownEvents(machine, ran.events)}`;
  return { ok: true, text, diff: shownChanges(contracts, ran.changes) };
}

/** Undefined where there is no such table, or its key's parts are written otherwise. */
function expectationOf(machine: Machine, expected: ContractExpectation): Expectation | undefined {
  const dot = expected.table.lastIndexOf(".");
  const lineage = machine.names.get(expected.table.slice(0, Math.max(dot, 0)))?.lineage;
  const table = machine.tables.get(`${lineage}/${expected.table.slice(dot + 1)}`);
  if (table === undefined) return undefined;
  const { key } = table.shape;
  const [unitShape, accountShape] = key.of === "tuple" && key.items.length === 2 ? key.items : [undefined, key];
  if (accountShape === undefined) return undefined;
  const account = decode(expected.account, accountShape, table.shapes);
  if (!account.ok) return undefined;
  if (unitShape === undefined) {
    return expected.unit === "" ? { account: account.value, unit: undefined, least: expected.least } : undefined;
  }
  const unit = decode(expected.unit, unitShape, table.shapes);
  return unit.ok ? { account: account.value, unit: unit.value, least: expected.least } : undefined;
}

function importsOf({ machine, checked }: Pick<Contracts, "machine" | "checked">): Imports {
  return (path, hash) => checked.get(hash ?? machine.names.get(path)?.current ?? "");
}

export function faultText({ failure, gasUsed }: Ran): string {
  if (failure === undefined) throw new Error("assert: only failures have this text");
  const { name, where } = failure;
  return `Fault ${name}${where === undefined ? "" : ` in ${where}`}, for ${gasUsed} gas`;
}

/** Line and column from 1. */
export function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

/** Of an outcome's value, and of all its events together. */
const textLettersMax = 100_000;
/** Of all rows of an outcome together, as far as each has its least. With them an outcome fits into a frame of the wire. */
const rowsLettersMax = 300_000;
const sideLettersMin = 80;

/** A result, as an outcome's text has it. */
export function shownValue(machine: Machine, value: Value, shape: Shape, shapes: readonly NamedShape[]): string {
  return shown(machine, textLettersMax, value, shape, shapes);
}

/** What is cut ends in the hash of its canonical bytes, so that different values are shown differently. */
function shown(
  machine: Machine,
  most: number,
  value: Value,
  shape: Shape,
  shapes: readonly NamedShape[],
  showing = showUpTo,
): string {
  const { text, whole } = showing(most, value, shape, shapes);
  if (whole) return text;
  const hash = machine.sha256(bytesOfText(encode(value, shape, shapes)));
  return `${text}#${hexOf({ bytes: textOfBytes(hash.subarray(0, 8)) })}`;
}

function shownEvents(machine: Machine, events: readonly Told[]): string {
  let text = "";
  for (const [i, event] of events.entries()) {
    if (text.length > textLettersMax) return `${text}\nand ${events.length - i} more`;
    text += `\n${shownEvent(machine, event)}`;
  }
  return text;
}

function shownEvent(machine: Machine, { module, event, fields }: Told): string {
  const shape = module.ir.events[event];
  if (shape === undefined) throw new Error("assert: a module has the events that it tells");
  const most = Math.floor(textLettersMax / (fields.length + 1));
  const parts = fields.map((field, i) => {
    const one = shape.fields[i];
    return one === undefined ? "" : `${one.name} = ${shown(machine, most, field, one.shape, module.ir.shapes)}`;
  });
  return `${shape.name} { ${parts.join(", ")} }`;
}

/** Rows before and after, in the order of the outcome's keys. */
function shownChanges({ machine }: Contracts, changes: readonly Change[]): Outcome["diff"] {
  const pathOf = new Map([...machine.names].map(([path, { lineage }]) => [lineage, path]));
  const most = Math.max(sideLettersMin, Math.floor(rowsLettersMax / (3 * changes.length)));
  const rows = changes.map(({ table, key, before, after, was }) => {
    const { shape, shapes } = table;
    const now = { shape: shape.value, shapes };
    const side = (value: Change["before"], form: NonNullable<Change["was"]>) =>
      value === undefined ? null : shown(machine, most, value, form.shape, form.shapes);
    const path = pathOf.get(table.id.slice(0, table.id.lastIndexOf("/")));
    const inside = shown(machine, most, key, shape.key, shapes, showKeyUpTo);
    // Rows of modules have a dot in their names, those of the machine's own have none.
    const name = path === undefined ? shape.name : `${path}.${shape.name}`;
    return { key: `${name}[${inside}]`, before: side(before, was ?? now), after: side(after, now) };
  });
  return rows.sort((a, b) => compareCodePoints(a.key, b.key));
}

/** The whole state; of contracts that nobody has published, the same bytes everywhere. */
export function exportContracts({ machine }: Contracts): Uint8Array {
  return exportState(machine);
}

export type RestoredContracts =
  | { readonly ok: true; readonly contracts: Contracts }
  | { readonly ok: false; readonly reason: string };

/** Reads what `exportContracts` wrote; what was restored runs on as if nothing had been. */
export function importContracts(bytes: Uint8Array, options: ContractOptions): RestoredContracts {
  const checked = new Map<string, CheckedModule>();
  const recompile: Recompile = (path, source, machine) => {
    const result = checkModule(source, path, importsOf({ machine, checked }));
    if (!result.ok) throw new Error(`module ${path} does not check`);
    checked.set(result.module.hash, result.module);
    return { ir: lowerModule(result.module), imports: result.module.core.imports };
  };
  const restored = importState(bytes, { ...options, recompile });
  return restored.ok
    ? { ok: true, contracts: { machine: restored.machine, checked, signatures: options.signatures } }
    : restored;
}
