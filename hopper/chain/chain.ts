/**
 * The state machine of a node: the demo's ledger for commands that are texts, contracts for those that are not.
 *
 * In    a command's bytes, and which client signed it
 * Out   an outcome's canonical bytes
 * Rule  the same commands in the same order give the same outcomes and the same state on every node
 */
import { apply, createLedger, stateHash as hashOfLedger } from "../demo/ledger.ts";
import { encodeOutcomeInPlace } from "../demo/outcome-bytes.ts";
import { textOfBytes } from "../run/canonical.ts";
import type { Evaluator } from "../run/machine.ts";
import { isContractCommand } from "./contract-command.ts";
import { applyContractCommand, createContracts, exportContracts } from "./contracts.ts";

export type ChainOptions = {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Public keys of clients, by their ids. */
  readonly clients: ReadonlyMap<number, Uint8Array>;
  readonly evaluator?: Evaluator;
};

export type Chain = {
  /** The outcome's bytes hold until the next call. Total. */
  readonly apply: (payload: Uint8Array, client: number) => Uint8Array;
  /** 32 bytes; costs what the state is large. */
  readonly stateHash: () => Uint8Array;
};

export function createChain({ sha256, clients, evaluator }: ChainOptions): Chain {
  const ledger = createLedger();
  const contracts = createContracts({ sha256, ...(evaluator === undefined ? {} : { evaluator }) });
  const signersOf = new Map([...clients].map(([id, key]) => [id, new Set([textOfBytes(sha256(key))])]));
  const nobody: ReadonlySet<string> = new Set();
  return {
    apply: (payload, client) => {
      const outcome = isContractCommand(payload)
        ? applyContractCommand(contracts, payload, signersOf.get(client) ?? nobody)
        : apply(ledger, payload);
      return encodeOutcomeInPlace(outcome);
    },
    stateHash: () => {
      const demo = hashOfLedger(ledger);
      // Where there are no contracts, the state is the demo's alone.
      if (contracts.machine.modules.size === 0) return demo;
      const whole = exportContracts(contracts);
      const both = new Uint8Array(demo.length + whole.length);
      both.set(demo);
      both.set(whole, demo.length);
      return sha256(both);
    },
  };
}
