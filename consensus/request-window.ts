/**
 * Which requests of one client have taken effect: a sliding window over request ids, so that memory is bounded and each
 * request counts at most once, for ever. Ids below the window are stale: they may have taken effect long ago.
 *
 * Source: docs/protocol.md, Clients.
 */
import type { RequestId } from "../wire/types.ts";

/** Width of the window: a client may have requests at most this far apart under way. */
export const requestWindowWidth = 16384;

export type RequestWindow = { highest: number; readonly seen: Set<number> };

export function createRequestWindow(): RequestWindow {
  return { highest: 0, seen: new Set() };
}

/** `fresh`: never taken effect. `repeat`: has taken effect. `stale`: too old to tell, and so refused. */
export function standingOf(window: RequestWindow | undefined, request: RequestId): "fresh" | "repeat" | "stale" {
  if (window === undefined) return "fresh";
  if (window.seen.has(request)) return "repeat";
  return request <= window.highest - requestWindowWidth ? "stale" : "fresh";
}

/** Marks a fresh request as taken effect; returns the ids that have left the window, for those who keep more by id. */
export function mark(window: RequestWindow, request: RequestId): readonly number[] {
  window.seen.add(request);
  if (request <= window.highest) return [];
  window.highest = request;
  if (window.seen.size <= 2 * requestWindowWidth) return [];
  // Forgetting in bulk keeps this O(1) per request; standing does not depend on when it happens.
  const left = [...window.seen].filter((id) => id <= window.highest - requestWindowWidth);
  for (const id of left) window.seen.delete(id);
  return left;
}
