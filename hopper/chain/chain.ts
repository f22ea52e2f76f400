/**
 * The state machine of a node: a chain of contracts. Commands that are texts are the demo's, for the contract demo/juno.
 *
 * In    a command's bytes, and which client signed it
 * Out   an outcome's canonical bytes
 * Rule  the same commands in the same order give the same outcomes and the same state on every node
 */
import type { WriteUtf8 } from "../demo/canonical-bytes.ts";
import { failed, type Outcome } from "../demo/outcome.ts";
import { encodeOutcomeInPlace } from "../demo/outcome-bytes.ts";
import { textOfBytes } from "../run/canonical.ts";
import type { Evaluator } from "../run/machine.ts";
import { agreedTime, asksTime, lastShown } from "./agreed-time.ts";
import { isContractCommand } from "./contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  type SignatureCheck,
} from "./contracts.ts";
import { answerQuestion, decodeQuestion } from "./query.ts";
import { startDemo } from "./start-demo.ts";

export type ChainOptions = {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Public keys of clients, by their ids. */
  readonly clients: ReadonlyMap<number, Uint8Array>;
  readonly evaluator?: Evaluator;
  /** The source of the module demo/juno. */
  readonly demo: string;
  readonly signatures: SignatureCheck;
  /** Validators by the ids under which they say what their clocks show, and how many of them may lie. */
  readonly validators: ReadonlyMap<number, number>;
  readonly faulty: number;
  /** The platform's, for speed alone. */
  readonly writeUtf8?: WriteUtf8;
};

export type Chain = {
  /** Steps by the client's command at this place of the log. The outcome's bytes hold until the next call. Total. */
  readonly apply: (payload: Uint8Array, client: number, index: number) => Uint8Array;
  /** What contracts hold now, asked in their own language (see query.ts). The bytes hold until the next call. Total; changes nothing. */
  readonly query: (question: Uint8Array) => Uint8Array;
  /** The modules and what they hold, to be read only. */
  readonly contracts: Contracts;
  /** The time that contracts see now, in milliseconds from 1970. */
  readonly now: () => number;
  /** 32 bytes; costs what the state is large, once after each change. */
  readonly stateHash: () => Uint8Array;
  /** What this validator's clock has shown last in the log, in milliseconds from 1970; undefined while no contract asks for the time. */
  readonly clockShown: (validator: number) => number | undefined;
};

export function createChain(options: ChainOptions): Chain {
  const { sha256, clients, evaluator, demo, signatures, validators, faulty, writeUtf8 } = options;
  const contracts = createContracts({ sha256, signatures, ...(evaluator === undefined ? {} : { evaluator }) });
  const runDemo = startDemo(contracts, demo);
  const signersOf = new Map([...clients].map(([id, key]) => [id, new Set([textOfBytes(sha256(key))])]));
  const nobody: ReadonlySet<string> = new Set();
  const { modules, own } = contracts.machine;
  let now = 0;
  let hash: Uint8Array | undefined;
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
    apply: (payload, client, index) => {
      hash = undefined;
      return encodeOutcomeInPlace(
        isContractCommand(payload) ? applyContract(payload, client, index) : runDemo(payload),
        writeUtf8,
      );
    },
    query: (bytes) => {
      const question = decodeQuestion(bytes);
      const outcome =
        question === undefined
          ? failed("Error: not a question for contracts")
          : answerQuestion(contracts, question, now);
      return encodeOutcomeInPlace(outcome, writeUtf8);
    },
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
      hash ??= sha256(exportContracts(contracts));
      return hash;
    },
  };
}
