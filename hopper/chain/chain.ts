/**
 * The state machine of a node: the demo's ledger for commands that are texts, contracts for those that are not.
 *
 * In    a command's bytes, and which client signed it
 * Out   an outcome's canonical bytes
 * Rule  the same commands in the same order give the same outcomes and the same state on every node
 */
import { apply, createLedger, stateHash as hashOfLedger, type Outcome } from "../demo/ledger.ts";
import { encodeOutcomeInPlace } from "../demo/outcome-bytes.ts";
import { textOfBytes } from "../run/canonical.ts";
import type { Evaluator, Machine } from "../run/machine.ts";
import { agreedTime, asksTime, lastShown } from "./agreed-time.ts";
import { isContractCommand } from "./contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  type SignatureCheck,
} from "./contracts.ts";

export type ChainOptions = {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Public keys of clients, by their ids. */
  readonly clients: ReadonlyMap<number, Uint8Array>;
  readonly evaluator?: Evaluator;
  readonly signatures: SignatureCheck;
  /** Validators by the ids under which they say what their clocks show, and how many of them may lie. */
  readonly validators: ReadonlyMap<number, number>;
  readonly faulty: number;
};

export type Chain = {
  /** Steps by the client's command at this place of the log. The outcome's bytes hold until the next call. Total. */
  readonly apply: (payload: Uint8Array, client: number, index: number) => Uint8Array;
  /** The modules and what they hold, to be read only. */
  readonly contracts: Contracts;
  /** The time that contracts see now, in milliseconds from 1970. */
  readonly now: () => number;
  /** 32 bytes; costs what the state is large. */
  readonly stateHash: () => Uint8Array;
  /** What this validator's clock has shown last in the log, in milliseconds from 1970; undefined while no contract asks for the time. */
  readonly clockShown: (validator: number) => number | undefined;
};

export function createChain({ sha256, clients, evaluator, signatures, validators, faulty }: ChainOptions): Chain {
  const ledger = createLedger();
  const contracts = createContracts({ sha256, signatures, ...(evaluator === undefined ? {} : { evaluator }) });
  const signersOf = new Map([...clients].map(([id, key]) => [id, new Set([textOfBytes(sha256(key))])]));
  const nobody: ReadonlySet<string> = new Set();
  const { modules, own } = contracts.machine;
  let now = 0;
  const timed = { modules: 0, any: false };

  function applyContract(payload: Uint8Array, client: number, index: number): Outcome {
    const validator = validators.get(client);
    const outcome = applyContractCommand(contracts, payload, {
      signers: signersOf.get(client) ?? nobody,
      now,
      index,
      validator,
    });
    if (validator !== undefined && outcome.ok) now = agreedTime(own.clocks, faulty);
    return outcome;
  }

  return {
    contracts,
    now: () => now,
    apply: (payload, client, index) =>
      encodeOutcomeInPlace(isContractCommand(payload) ? applyContract(payload, client, index) : apply(ledger, payload)),
    clockShown: (validator) => {
      if (timed.modules !== modules.size) {
        Object.assign(timed, {
          modules: modules.size,
          any: modules.values().some(({ linked }) => asksTime(linked.ir)),
        });
      }
      if (!timed.any) return undefined;
      return lastShown(own.clocks, validator) ?? 0;
    },
    stateHash: () => {
      const demo = hashOfLedger(ledger);
      // Where there are no contracts, the state is the demo's alone.
      if (isEmpty(contracts.machine)) return demo;
      const whole = exportContracts(contracts);
      const both = new Uint8Array(demo.length + whole.length);
      both.set(demo);
      both.set(whole, demo.length);
      return sha256(both);
    },
  };
}

function isEmpty({ modules, tables }: Machine): boolean {
  return modules.size === 0 && tables.values().every(({ rows }) => rows.size === 0);
}
