/**
 * When a client sends a command again, to every validator: after silence, and when the cluster has passed it over.
 * Pure: the time, in milliseconds on any clock, is given by the caller.
 *
 * Silence counts from the last agreement, not from the send, so that a flood which is being worked off is never sent
 * twice. A request is passed over when others first sent long after it are settled: time counts in the cluster's own
 * progress. Repeats leave in chunks, and stop as soon as answers come again.
 */
import type { RequestId } from "../wire/types.ts";
import type { Agreement } from "./matching.ts";
import type { Pending, Request } from "./pending.ts";

export type RetryLimits = {
  /** Milliseconds of silence before the first repeat; each further silent round doubles it, up to `maxMs`. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Commands, and bytes of them, that are repeated at one call of `dueRequests`. */
  readonly chunkRequestsMax: number;
  readonly chunkBytesMax: number;
};

export type Retry = {
  readonly limits: RetryLimits;
  /** Since when there is silence: the last agreement, the end of the last round, or the first send after idleness. */
  quietSince: number;
  silentRounds: number;
  /** When the latest of all settled requests was first sent. */
  frontier: number;
  /** What is left to repeat in this round. */
  round: RequestId[];
};

export function createRetry(limits: RetryLimits): Retry {
  const never = Number.NEGATIVE_INFINITY;
  return { limits, quietSince: never, silentRounds: 0, frontier: never, round: [] };
}

/** Requests are about to be sent while none was under way. */
export function noteFirstSend(retry: Retry, now: number): void {
  retry.quietSince = now;
  retry.silentRounds = 0;
  retry.round = [];
}

export function noteAgreements(retry: Retry, agreements: readonly Agreement[], now: number): void {
  if (agreements.length === 0) return;
  for (const { firstSentAt } of agreements) retry.frontier = Math.max(retry.frontier, firstSentAt);
  retry.quietSince = now;
  retry.silentRounds = 0;
  retry.round = [];
}

/** This process was held up: answers may have come that it had no time to read. */
export function noteStall(retry: Retry, ms: number): void {
  retry.quietSince += ms;
}

export type Due = {
  /** To send now to every validator, oldest first; counted as sent. */
  readonly requests: readonly RequestId[];
  /** The cluster has been silent: perhaps another validator is a better first address. */
  readonly silent: boolean;
};

/** What to repeat now; to be called often, some twenty times a second. */
export function dueRequests(retry: Retry, pending: Pending, now: number): Due {
  if (pending.requests.size === 0) return { requests: [], silent: false };
  const silent = retry.round.length === 0 && now - retry.quietSince >= delayMs(retry.limits, retry.silentRounds);
  if (silent) {
    retry.round = [...pending.requests.keys()];
    retry.silentRounds++;
  }
  if (retry.round.length > 0) {
    const requests = takeChunk(retry, pending, retry.round, now);
    retry.round = retry.round.slice(requests.seen);
    if (retry.round.length === 0) retry.quietSince = now;
    return { requests: requests.taken, silent };
  }
  return { requests: takeChunk(retry, pending, passedOver(retry, pending, now), now).taken, silent: false };
}

function* passedOver(retry: Retry, pending: Pending, now: number): Generator<RequestId> {
  for (const [id, request] of pending.requests) {
    // Numbers ascend with the time of the first send, so nothing behind this one is overdue.
    if (retry.frontier - request.firstSentAt < retry.limits.minMs) return;
    if (now - request.lastSentAt >= delayMs(retry.limits, request.repeats)) yield id;
  }
}

function takeChunk(
  retry: Retry,
  pending: Pending,
  ids: Iterable<RequestId>,
  now: number,
): { taken: RequestId[]; seen: number } {
  const { chunkRequestsMax, chunkBytesMax } = retry.limits;
  const taken: RequestId[] = [];
  let bytes = 0;
  let seen = 0;
  for (const id of ids) {
    const request = pending.requests.get(id);
    if (request !== undefined) {
      bytes += request.command.length;
      if (taken.length > 0 && (taken.length === chunkRequestsMax || bytes > chunkBytesMax)) break;
      repeat(request, now);
      taken.push(id);
    }
    seen++;
  }
  return { taken, seen };
}

function repeat(request: Request, now: number): void {
  request.lastSentAt = now;
  request.repeats++;
}

function delayMs({ minMs, maxMs }: RetryLimits, before: number): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(before, 30));
}
