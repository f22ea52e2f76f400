/** A receipt as it is shown: the state machine's answer, decoded. */
import type { Change } from "../hopper/demo/outcome.ts";
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
export function showReceipt({ request, index, outcome }: Receipt): ShownOutcome {
  const decoded = decodeOutcome(outcome);
  if (decoded.ok) return { request, index, ...decoded.outcome };
  const text = `The outcome cannot be read (${decoded.reason}); use the version of Juno that the nodes run`;
  return { request, index, ok: false, text, diff: [] };
}
