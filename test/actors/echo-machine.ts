/** A state machine of two lines: its outcome, and its answer to a query, is how many commands it has taken, then the payload; its state is both. */
import { createHash } from "node:crypto";
import type { Machine } from "../../actors/applier.ts";

export type EchoMachine = Machine & {
  /** Payloads in the order they were applied. */
  readonly applied: Uint8Array[];
};

export function echoMachine(): EchoMachine {
  const applied: Uint8Array[] = [];
  const state = createHash("sha256");
  return {
    applied,
    apply: (payload) => {
      applied.push(payload.slice());
      state.update(`${payload.length} `).update(payload);
      return Uint8Array.of(applied.length, ...payload);
    },
    query: (question) => Uint8Array.of(applied.length, ...question),
    stateHash: () => new Uint8Array(state.copy().digest()),
  };
}
