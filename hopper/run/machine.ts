/**
 * The state of a chain of contracts, and its one step: a command runs alone, and either all of it holds or nothing has happened.
 * The same commands in the same order give the same state, results and gas on every machine, whichever evaluator it has.
 */
import { costTable } from "../ir/cost-table.ts";
import type { IrCommand, IrModule } from "../ir/ir.ts";
import { encode } from "./canonical.ts";
import { weight } from "./compare.ts";
import { compile, runCompiled } from "./compile.ts";
import { type Decoded, decode } from "./decode.ts";
import { Execution, type Linked, type Told } from "./execution.ts";
import { Fault, type FaultKind, fault, faultNumbers } from "./fault.ts";
import { interpret } from "./interpret.ts";
import type { Change } from "./journal.ts";
import { checkExpectations, checkMoves, type Expectation } from "./moves.ts";
import { createOwnTables, type OwnTables } from "./own-tables.ts";
import { eventWeigher, refuseUnstorable } from "./steps.ts";
import { type Seen, Table } from "./table.ts";
import type { Data, Value } from "./value.ts";

export type Evaluator = "compiled" | "reference";

export type Machine = {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly evaluator: Evaluator;
  /** Every version that was ever published, by hash. */
  readonly modules: Map<string, Published>;
  /** By path: which lineage it is, and its newest version. */
  readonly names: Map<string, { readonly lineage: string; current: string }>;
  /** By lineage and name. */
  readonly tables: Map<string, Table>;
  /** Those of the tables that belong to no module. */
  readonly own: OwnTables;
  /** Between commands: what the last one ran in, for the next one. */
  idle: Execution | undefined;
};

export type Published = { readonly linked: Linked; readonly source: string };

export function createMachine(options: Pick<Machine, "sha256"> & { readonly evaluator?: Evaluator }): Machine {
  const { sha256, evaluator = "compiled" } = options;
  const own = createOwnTables();
  const tables = new Map(Object.values(own).map((table) => [table.id, table]));
  return { sha256, evaluator, modules: new Map(), names: new Map(), tables, own, idle: undefined };
}

/** Who signed, when the log says it is, and what it may cost. */
export type Circumstances = {
  /** SHA-256 of the public keys that signed, each as a string of 32 characters below 256. */
  readonly signers: ReadonlySet<string>;
  /** Milliseconds from 1970. */
  readonly now: number;
  readonly gasLimit: number;
  readonly expect?: readonly Expectation[];
};

export type Failure = {
  readonly kind: FaultKind;
  /** Stays what it is for ever. */
  readonly number: number;
  /** The program's own name for it, or the kind's. */
  readonly name: string;
  readonly where: string | undefined;
  readonly place: { readonly start: number; readonly end: number } | undefined;
};

/** A failed command has no changes and tells nothing, but says what it cost and why it failed. */
export type Outcome = {
  readonly failure: Failure | undefined;
  readonly value: Value | undefined;
  readonly gasUsed: number;
  readonly gasLimit: number;
  readonly changes: readonly Change[];
  readonly events: readonly Told[];
};

/** Runs a command of a module, named by path (its newest version) or by hash. */
export function execute(
  machine: Machine,
  module: string,
  command: string,
  args: readonly Value[],
  circumstances: Circumstances,
): Outcome {
  return attempt(machine, circumstances, true, (execution) => {
    const linked = findModule(machine, module);
    const found = commandOf(linked, command);
    if (found === undefined) return fault("BadArgument", "NoSuchCommand");
    if (args.length !== found.params.length) fault("BadArgument", "WrongNumberOfArguments");
    let frame = args;
    if (found.signer !== null) {
      const who = run(machine, linked, found.signer, args, execution) as Data;
      if (!execution.hasSigned(who)) fault("NotSigned");
      frame = [...args, [0, who]];
    }
    const value = run(machine, linked, found.body, frame, execution);
    // What is given back travels in the command's answer, as its events do.
    const size = weight(value);
    execution.spend(Math.floor(size / costTable.writeBytesPerGas));
    refuseUnstorable(value, size, found.withFunctions, found.result, linked.ir.shapes);
    return value;
  });
}

function commandOf({ ir }: Linked, command: string): IrCommand | undefined {
  for (const one of ir.commands) if (one.name === command) return one;
  return undefined;
}

/** The same with arguments as canonical bytes, one string of bytes for each. */
export function executeBytes(
  machine: Machine,
  module: string,
  command: string,
  args: readonly string[],
  circumstances: Circumstances,
): Outcome {
  const values = decodeArguments(machine, module, command, args);
  if (values === undefined) {
    return attempt(machine, circumstances, true, () => fault("BadArgument"));
  }
  return execute(machine, module, command, values, circumstances);
}

function decodeArguments(
  machine: Machine,
  module: string,
  command: string,
  args: readonly string[],
): readonly Value[] | undefined {
  const linked = moduleNamed(machine, module);
  if (linked === undefined) return undefined;
  const params = commandOf(linked, command)?.params;
  if (params === undefined || params.length !== args.length) return undefined;
  const decoded = params.map(({ shape }, i): Decoded => decode(args[i] ?? "", shape, linked.ir.shapes));
  return decoded.every((one) => one.ok) ? decoded.map(({ value }) => value) : undefined;
}

/** Calls a function that may read and must not write. */
export function query(
  machine: Machine,
  module: string,
  index: number,
  args: readonly Value[],
  circumstances: Circumstances,
): Outcome {
  return attempt(machine, circumstances, false, (execution) => {
    return run(machine, findModule(machine, module), index, args, execution);
  });
}

/** Runs something on the state; afterwards all of it holds, or none. Throws on own defects only. */
export function attempt(
  machine: Machine,
  circumstances: Circumstances,
  mayWrite: boolean,
  act: (execution: Execution) => Value,
): Outcome {
  const { signers, now, gasLimit, expect } = circumstances;
  const { sha256, own } = machine;
  const start = { signers, now, gasLimit, sha256, policies: own.policies, mayWrite };
  const execution = machine.idle ?? new Execution(start);
  machine.idle = undefined;
  execution.restart(start);
  const limit = execution.gasLeft;
  try {
    const value = act(execution);
    spendPromises(execution, execution.promises.length + (expect?.length ?? 0));
    const changes = execution.journal.changes();
    for (const promised of execution.promises) checkMoves(promised, changes);
    if (expect !== undefined) checkExpectations(expect, changes);
    execution.journal.settle();
    machine.idle = execution;
    const gasUsed = limit - execution.gasLeft;
    return { failure: undefined, value, gasUsed, gasLimit: limit, changes, events: execution.told };
  } catch (error) {
    execution.journal.rollBack();
    machine.idle = execution;
    if (!(error instanceof Fault)) throw error;
    const { kind, fault: name, where, place } = error;
    const failure = { kind, number: faultNumbers[kind], name, where, place };
    return { failure, value: undefined, gasUsed: limit - execution.gasLeft, gasLimit: limit, changes: [], events: [] };
  }
}

/** Each promise is held against each change, so that many of both take long. */
function spendPromises(execution: Execution, promises: number): void {
  if (promises === 0) return;
  const { rows, weight } = execution.journal.touched();
  execution.spend(promises * (rows * costTable.movesRow + Math.ceil(weight / costTable.textBytesPerGas)));
}

export function run(
  machine: Machine,
  linked: Linked,
  index: number,
  args: readonly Value[],
  execution: Execution,
): Value {
  return machine.evaluator === "compiled"
    ? runCompiled(linked, index, args, execution)
    : interpret(linked, index, args, execution);
}

export function moduleNamed(machine: Machine, name: string): Linked | undefined {
  return machine.modules.get(machine.names.get(name)?.current ?? name)?.linked;
}

function findModule(machine: Machine, name: string): Linked {
  return moduleNamed(machine, name) ?? fault("Missing", "NoSuchModule");
}

/** Takes in a module whose imports are all there; tables are those of its lineage. */
export function link(machine: Machine, ir: IrModule, lineage: string, imports: readonly string[]): Linked {
  const modules = new Map<string, Linked>();
  for (const hash of imports) {
    const imported = machine.modules.get(hash)?.linked;
    if (imported === undefined) throw new Error(`assert: module ${hash} was published before ${ir.path}`);
    modules.set(hash, imported);
    for (const [further, one] of imported.modules) modules.set(further, one);
  }
  const tables = ir.tables.map((shape, index): Seen => {
    const id = `${lineage}/${shape.name}`;
    const before = machine.tables.get(id);
    const table = before ?? new Table(id, shape, ir.shapes);
    if (before !== undefined && ir.migrations.some((one) => one.table === index)) table.epoch++;
    table.reshape(shape, ir.shapes);
    machine.tables.set(id, table);
    return { table, epoch: table.epoch };
  });
  const eventWeighers = ir.events.map((event) => eventWeigher(event, ir.shapes));
  const linked: Linked = { ir, lineage, tables, eventWeighers, modules, compiled: [] };
  if (machine.evaluator === "compiled") linked.compiled = compile(linked);
  return linked;
}

/** A value of a command's result as bytes, for its answer. */
export function resultBytes(linked: Linked, command: string, value: Value): string {
  const found = commandOf(linked, command);
  return found === undefined ? "" : encode(value, found.result, linked.ir.shapes);
}
