/**
 * The requests of this client that are under way: their numbers, their signed commands, and who has claimed what of them.
 * Pure: the time is given by the caller.
 *
 * Rule  docs/protocol.md, Clients: numbers are used once, and the cluster remembers a window of them, so those under way
 *       lie close together.
 */
import type { LogIndex, NodeId, RequestId } from "../wire/types.ts";

export type PendingLimits = {
  /** Requests under way, and how far their numbers may lie apart; the cluster's window is 16384 wide. */
  readonly requestsMax: number;
  /** Bytes of all signed commands under way; one command is always let through. */
  readonly bytesMax: number;
};

/** What some validators say became of a request. */
export type Claim = {
  readonly index: LogIndex;
  readonly outcomeBytes: number;
  /** The outcome itself where it is short, else its hash. */
  readonly fingerprint: Uint8Array;
  /** Who says so, in the order of their answers. */
  readonly nodes: NodeId[];
};

export type Request = {
  /** The envelope, kept for sending it again. */
  readonly command: Uint8Array;
  /** Milliseconds on the caller's clock. */
  readonly firstSentAt: number;
  lastSentAt: number;
  /** How often it was sent again. */
  repeats: number;
  readonly claims: Claim[];
};

export type Pending = {
  readonly limits: PendingLimits;
  /** By ascending number. */
  readonly requests: Map<RequestId, Request>;
  lastRequest: number;
  bytes: number;
};

export function createPending(limits: PendingLimits): Pending {
  return { limits, requests: new Map(), lastRequest: 0, bytes: 0 };
}

/**
 * The number for a new request. With nothing under way it follows the clock, so that it lies above the numbers of every
 * earlier run and of another process that used this client's key meanwhile; else it is the next one.
 * `clockMicros` counts from 1970.
 */
export function numberFor(pending: Pending, clockMicros: number): RequestId {
  const next = pending.lastRequest + 1;
  return (pending.requests.size === 0 ? Math.max(next, Math.floor(clockMicros)) : next) as RequestId;
}

/** How many more requests may be started now, if each one's command has `commandBytes`. */
export function roomFor(pending: Pending, commandBytes: number): number {
  const { requests, limits, lastRequest, bytes } = pending;
  const oldest = requests.keys().next().value;
  if (oldest === undefined)
    return Math.max(1, Math.min(limits.requestsMax, Math.floor(limits.bytesMax / commandBytes)));
  // An old request that does not get through must not fall out of the cluster's window: its like would never be answered.
  const byNumber = oldest + limits.requestsMax - (lastRequest + 1);
  const byBytes = Math.floor((limits.bytesMax - bytes) / commandBytes);
  return Math.max(0, Math.min(byNumber, byBytes));
}

export function addRequest(pending: Pending, request: RequestId, command: Uint8Array, now: number): void {
  if (request <= pending.lastRequest) throw new Error(`request ${request} after ${pending.lastRequest}`);
  pending.lastRequest = request;
  pending.bytes += command.length;
  pending.requests.set(request, { command, firstSentAt: now, lastSentAt: now, repeats: 0, claims: [] });
}

/** Forgets a request, settled or given up; answers that still come for it are late. */
export function dropRequest(pending: Pending, request: RequestId): Request | undefined {
  const known = pending.requests.get(request);
  if (known === undefined) return undefined;
  pending.requests.delete(request);
  pending.bytes -= known.command.length;
  return known;
}
