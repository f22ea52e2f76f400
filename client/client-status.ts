/** What a client tells about itself. */
import type { DialerStats } from "../cluster/nng/dialer.ts";
import type { NodeId } from "../wire/types.ts";
import type { Matching } from "./matching.ts";
import type { Preference } from "./preference.ts";
import type { Retry } from "./retry.ts";

export type ValidatorStatus = {
  readonly id: number;
  readonly connected: boolean;
  /** Why it was not reached, or the last connection ended. */
  readonly lastFailure: string | undefined;
  readonly queuedBytes: number;
  /** Results that came after the request was settled or given up: no fault, f+1 others were quicker. */
  readonly late: number;
  /** Results that differ from what was agreed upon: this validator lies or is broken. */
  readonly disagreed: number;
};

export type ClientStatus = {
  readonly validators: readonly ValidatorStatus[];
  /** Where commands go first; undefined while too few are connected. */
  readonly preferred: number | undefined;
  /** Requests sent and not settled. */
  readonly inFlight: number;
  /** Jobs with payloads that were not sent yet. */
  readonly waiting: number;
  /** Commands that were sent again. */
  readonly repeated: number;
  /** Rounds of repeats since the last agreement: above 0, the cluster is silent. */
  readonly silentRounds: number;
  /** Refused frames by reason. */
  readonly rejected: Readonly<Record<string, number>>;
};

export function statusOf(parts: {
  readonly links: ReadonlyMap<NodeId, DialerStats>;
  readonly matching: Matching;
  readonly retry: Retry;
  readonly preference: Preference;
  readonly waiting: number;
  readonly repeated: number;
}): ClientStatus {
  const { links, matching, retry, preference, waiting, repeated } = parts;
  return {
    validators: [...links].map(([id, { connected, lastFailure, queuedBytes }]) => ({
      id,
      connected,
      lastFailure,
      queuedBytes,
      late: matching.late.get(id) ?? 0,
      disagreed: matching.disagreed.get(id) ?? 0,
    })),
    preferred: preference.chosen,
    inFlight: matching.pending.requests.size,
    waiting,
    repeated,
    silentRounds: retry.silentRounds,
    rejected: Object.fromEntries(matching.rejected),
  };
}
