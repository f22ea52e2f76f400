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
import type { Evaluator, Machine } from "../run/machine.ts";
import { isContractCommand } from "./contract-command.ts";
import { applyContractCommand, createContracts, exportContracts, type SignatureCheck } from "./contracts.ts";

export type ChainOptions = {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Public keys of clients, by their ids. */
  readonly clients: ReadonlyMap<number, Uint8Array>;
  readonly evaluator?: Evaluator;
  readonly signatures: SignatureCheck;
};

export type Chain = {
  /** Steps by the client's command at this place of the log. The outcome's bytes hold until the next call. Total. */
  readonly apply: (payload: Uint8Array, client: number, index: number) => Uint8Array;
  /** 32 bytes; costs what the state is large. */
  readonly stateHash: () => Uint8Array;
};

export function createChain({ sha256, clients, evaluator, signatures }: ChainOptions): Chain {
  const ledger = createLedger();
  const contracts = createContracts({ sha256, signatures, ...(evaluator === undefined ? {} : { evaluator }) });
  const signersOf = new Map([...clients].map(([id, key]) => [id, new Set([textOfBytes(sha256(key))])]));
  const nobody: ReadonlySet<string> = new Set();
  return {
    apply: (payload, client, index) => {
      const outcome = isContractCommand(payload)
        ? applyContractCommand(contracts, payload, { signers: signersOf.get(client) ?? nobody, now: noTime, index })
        : apply(ledger, payload);
      return encodeOutcomeInPlace(outcome);
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

/** The log has no agreed time yet: `now` stands still. */
const noTime = 0;

function isEmpty({ modules, tables }: Machine): boolean {
  return modules.size === 0 && tables.values().every(({ rows }) => rows.size === 0);
}
