/** A receipt as it is shown: the state machine's answer, decoded. */
import type { Change, Outcome } from "../hopper/demo/outcome.ts";
import { decodeOutcome } from "../hopper/demo/outcome-bytes.ts";
import type { Receipt } from "./job.ts";

export type ShownOutcome = {
  readonly request: number;
  readonly index: number;
  readonly ok: boolean;
  readonly text: string;
  readonly diff: readonly Change[];
};

/** Bytes that f+1 validators agree on but that this client cannot read come from another version: shown, and not ok. */
export function showOutcome(outcome: Uint8Array): Outcome {
  const decoded = decodeOutcome(outcome);
  if (decoded.ok) return decoded.outcome;
  const text = `The outcome cannot be read (${decoded.reason}); use the version of Juno that the nodes run`;
  return { ok: false, text, diff: [] };
}

export function showReceipt({ request, index, outcome }: Receipt): ShownOutcome {
  return { request, index, ...showOutcome(outcome) };
}
