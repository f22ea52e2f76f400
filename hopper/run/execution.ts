/** One command under way: its gas, its depth, who signed it, what it has changed and told. */

import { costTable, limits } from "../ir/cost-table.ts";
import type { Code, IrModule } from "../ir/ir.ts";
import { encodePrincipal } from "./canonical.ts";
import { weight } from "./compare.ts";
import { fault } from "./fault.ts";
import { Journal } from "./journal.ts";
import { policyOf } from "./policies.ts";
import type { Seen, Table } from "./table.ts";
import { type Bytes, type Data, type List, principal, type Value } from "./value.ts";

/** A module with what it refers to found. */
export type Linked = {
  readonly ir: IrModule;
  /** Shared by all versions of a lineage, and so are its tables. */
  readonly lineage: string;
  readonly tables: readonly Seen[];
  /** By event: how much is told, of all its fields together. */
  readonly eventWeighers: readonly ((fields: readonly Value[]) => number)[];
  /** By hash in hex: itself and all that it imports. */
  readonly modules: ReadonlyMap<string, Linked>;
  /** The fast evaluator's functions; none where the reference evaluator runs. */
  compiled: readonly Compiled[];
};

/** Runs on captured values and arguments. */
export type Compiled = (execution: Execution, ...values: Value[]) => Value;

export type Told = { readonly module: Linked; readonly event: number; readonly fields: readonly Value[] };
export type Promised = {
  readonly tables: readonly Table[];
  readonly unit: Value;
  readonly changes: readonly { readonly account: Value; readonly amount: Value; readonly gains: boolean }[];
};

export type Start = {
  /** Keys that signed: SHA-256 of their public keys, each as a string of 32 characters below 256. */
  readonly signers: ReadonlySet<string>;
  /** Milliseconds from 1970, of the log entry. */
  readonly now: number;
  readonly gasLimit: number;
  /** The hash function; pure rooms bring none of their own. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Who speaks for principals whose keys were changed, and for roles. */
  readonly policies: Table;
  /** False for a query: writing faults. */
  readonly mayWrite: boolean;
};

export type Evaluate = (code: Code, frame: Value[], module: Linked, execution: Execution) => Value;

export class Execution {
  start: Start;
  readonly journal: Journal = new Journal();
  told: Told[] = [];
  promises: Promised[] = [];
  gasLeft: number;
  depth = 0;
  nesting = 0;
  /** Modules that it has come to, the first of them apart: mostly there is no other. */
  #first: Linked | undefined;
  #others: Linked[] = [];

  constructor(start: Start) {
    this.start = start;
    this.gasLeft = Math.min(start.gasLimit, limits.gas);
  }

  /** Begins the next command, whose journal was settled or rolled back before: quicker than to make all anew. */
  restart(start: Start): void {
    this.start = start;
    if (this.told.length > 0) this.told = [];
    if (this.promises.length > 0) this.promises = [];
    this.gasLeft = Math.min(start.gasLimit, limits.gas);
    this.depth = 0;
    this.nesting = 0;
    this.#first = undefined;
    if (this.#others.length > 0) this.#others = [];
  }

  spend(gas: number): void {
    this.gasLeft -= gas;
    if (this.gasLeft < 0) {
      this.gasLeft = 0;
      fault("OutOfGas");
    }
  }

  /** Before a function runs; `leave` after it. */
  enter(module: Linked, nesting: number): void {
    this.depth++;
    this.nesting += nesting;
    if (this.depth > limits.callDepth || this.nesting > limits.nesting) fault("DepthExceeded");
    if (this.#first !== module) this.#come(module);
  }

  #come(module: Linked): void {
    if (this.#others.includes(module)) return;
    if (this.#first === undefined) this.#first = module;
    else this.#others.push(module);
    this.spend(costTable.module);
  }

  leave(nesting: number): void {
    this.depth--;
    this.nesting -= nesting;
  }

  // Lists begin with their first item: one that is pushed to while empty has room made for 17.

  tell(one: Told): void {
    if (this.told.length === 0) this.told = [one];
    else this.told.push(one);
  }

  promise(one: Promised): void {
    if (this.promises.length === 0) this.promises = [one];
    else this.promises.push(one);
  }

  /** Whether enough keys have signed for a principal to have. */
  hasSigned(who: Data, deep = 0): boolean {
    this.spend(costTable.signer);
    if (deep > 16) fault("DepthExceeded");
    if (who[0] === principal.role) this.spend(Math.ceil(weight(who) / costTable.textBytesPerGas));
    const policy = policyOf(this.start.policies, who);
    if (policy !== undefined) return this.hasSigned(policy, deep + 1);
    const [tag, first, second] = who;
    if (tag === principal.key) return this.start.signers.has((first as Bytes).bytes);
    if (tag !== principal.atLeast) return false;
    return this.hasQuorum(first as number, second as List, deep + 1);
  }

  hasQuorum(count: Value, of: List, deep = 0): boolean {
    let signed = 0;
    const seen = new Set<string>();
    for (const who of of.items) {
      const bytes = this.#bytesOf(who as Data);
      // One who is listed twice counts once, but has been looked at.
      if (seen.has(bytes)) {
        this.spend(costTable.signer);
        continue;
      }
      seen.add(bytes);
      if (this.hasSigned(who as Data, deep)) signed++;
    }
    return typeof count === "number" && count > 0 && signed >= count;
  }

  #bytesOf(who: Data): string {
    if (who[0] !== principal.key) this.spend(Math.ceil(weight(who) / costTable.textBytesPerGas));
    return encodePrincipal(who);
  }
}
