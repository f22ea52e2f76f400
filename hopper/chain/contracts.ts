/**
 * The contracts of a chain: modules that commands publish, and their state. A node's applier steps it; all nodes compile what is
 * published themselves, and agree on every byte of every outcome.
 */
import type { CheckedModule } from "../check/checked-module.ts";
import { checkModule, type Imports } from "../check/module.ts";
import { checkUpgrade } from "../check/upgrade.ts";
import { compareCodePoints } from "../demo/code-points.ts";
import type { Outcome } from "../demo/ledger.ts";
import type { NamedShape, Shape } from "../ir/ir.ts";
import { lowerModule } from "../lower/lower-module.ts";
import { bytesOfText, encode, textOfBytes } from "../run/canonical.ts";
import type { Told } from "../run/execution.ts";
import {
  createMachine,
  type Evaluator,
  executeBytes,
  type Machine,
  moduleNamed,
  type Outcome as Ran,
} from "../run/machine.ts";
import { publish } from "../run/publish.ts";
import { hexOf, showUpTo } from "../run/show.ts";
import { exportState, importState, type Recompile } from "../run/state-bytes.ts";
import type { Change } from "../run/table.ts";
import type { Value } from "../run/value.ts";
import { type ContractCommand, decodeContractCommand } from "./contract-command.ts";

export type Contracts = {
  readonly machine: Machine;
  /** By hash: what importing modules see of it. */
  readonly checked: Map<string, CheckedModule>;
};

export type ContractOptions = { readonly sha256: Machine["sha256"]; readonly evaluator?: Evaluator };

export function createContracts(options: ContractOptions): Contracts {
  return { machine: createMachine(options), checked: new Map() };
}

/** Compiling is paid for by the source's length, and nothing is longer than a command. */
const publishGas = 1_000_000;

/** Steps by one command; `signers` are the hashes of the keys that signed it. Total: what is wrong with it is its outcome. */
export function applyContractCommand(contracts: Contracts, payload: Uint8Array, signers: ReadonlySet<string>): Outcome {
  const command = decodeContractCommand(payload);
  if (command === undefined) return failed("Error: not a command for contracts in its canonical form");
  return command.kind === "publish"
    ? applyPublish(contracts, command, signers)
    : applyCall(contracts, command, signers);
}

function applyPublish(
  contracts: Contracts,
  { path, source }: Extract<ContractCommand, { kind: "publish" }>,
  signers: ReadonlySet<string>,
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
  const ran = publish(machine, publication, { signers, now: noTime, gasLimit: publishGas });
  if (ran.failure !== undefined) return failed(faultText(ran));
  checked.set(module.hash, module);
  const text = `Published ${path}, version ${module.hash.slice(0, 16)}, for ${ran.gasUsed} gas`;
  return { ok: true, text, diff: shownChanges(contracts, ran.changes) };
}

function applyCall(
  contracts: Contracts,
  { module, command, args, gasLimit }: Extract<ContractCommand, { kind: "call" }>,
  signers: ReadonlySet<string>,
): Outcome {
  const { machine } = contracts;
  const ran = executeBytes(machine, module, command, args, { signers, now: noTime, gasLimit });
  if (ran.failure !== undefined) return failed(faultText(ran));
  const linked = moduleNamed(machine, module);
  const result = linked?.ir.commands.find(({ name }) => name === command)?.result;
  if (linked === undefined || result === undefined || ran.value === undefined) {
    throw new Error("assert: a command that ran is there");
  }
  const value = shown(machine, textLettersMax, ran.value, result, linked.ir.shapes);
  const text = `${value} for ${ran.gasUsed} gas${shownEvents(machine, ran.events)}`;
  return { ok: true, text, diff: shownChanges(contracts, ran.changes) };
}

/** The log has no agreed time yet: `now` stands still. */
const noTime = 0;

function importsOf({ machine, checked }: Contracts): Imports {
  return (path, hash) => checked.get(hash ?? machine.names.get(path)?.current ?? "");
}

function failed(text: string): Outcome {
  return { ok: false, text, diff: [] };
}

function faultText({ failure, gasUsed }: Ran): string {
  if (failure === undefined) throw new Error("assert: only failures have this text");
  const { name, where } = failure;
  return `Fault ${name}${where === undefined ? "" : ` in ${where}`}, for ${gasUsed} gas`;
}

function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

/** Of an outcome's value, and of all its events together. */
const textLettersMax = 100_000;
/** Of all rows of an outcome together, as far as each has its least. With them an outcome fits into a frame of the wire. */
const rowsLettersMax = 300_000;
const sideLettersMin = 80;

/** What is cut ends in the hash of its canonical bytes, so that different values are shown differently. */
function shown(machine: Machine, most: number, value: Value, shape: Shape, shapes: readonly NamedShape[]): string {
  const { text, whole } = showUpTo(most, value, shape, shapes);
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
    const path = pathOf.get(table.id.slice(0, table.id.lastIndexOf("/"))) ?? table.id;
    const inside = shown(machine, most, key, shape.key, shapes);
    return { key: `${path}.${shape.name}[${inside}]`, before: side(before, was ?? now), after: side(after, now) };
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
    const contracts = { machine, checked };
    const result = checkModule(source, path, importsOf(contracts));
    if (!result.ok) throw new Error(`module ${path} does not check`);
    checked.set(result.module.hash, result.module);
    return { ir: lowerModule(result.module), imports: result.module.core.imports };
  };
  const restored = importState(bytes, { ...options, recompile });
  return restored.ok ? { ok: true, contracts: { machine: restored.machine, checked } } : restored;
}
