/**
 * Which requests of one client have taken effect: a sliding window over request ids, so that memory is bounded and each
 * request counts at most once, for ever. Ids below the window are stale: they may have taken effect long ago.
 *
 * Source: docs/protocol.md, Clients.
 */
import type { RequestId } from "../wire/types.ts";

/** Width of the window: a client may have requests at most this far apart under way. */
export const requestWindowWidth = 16384;

/** `seen` has a place for each id of (highest - width, highest], at id modulo the width: 1 where it has taken effect. */
export type RequestWindow = { highest: number; readonly seen: Uint8Array };

export function createRequestWindow(): RequestWindow {
  return { highest: 0, seen: new Uint8Array(requestWindowWidth) };
}

/** `fresh`: never taken effect. `repeat`: has taken effect. `stale`: too old to tell, and so refused. */
export function standingOf(window: RequestWindow, request: RequestId): "fresh" | "repeat" | "stale" {
  if (request > window.highest) return "fresh";
  if (request <= window.highest - requestWindowWidth) return "stale";
  return window.seen[request % requestWindowWidth] === 1 ? "repeat" : "fresh";
}

/** Marks a fresh request as taken effect. */
export function mark(window: RequestWindow, request: RequestId): void {
  const { seen, highest } = window;
  if (request > highest) {
    forget(seen, highest + 1, Math.min(request - highest - 1, requestWindowWidth));
    window.highest = request;
  }
  seen[request % requestWindowWidth] = 1;
}

/**
 * Clears the places of `count` ids from `first` on: they were those of ids that leave the window. A client that sends now and
 * then numbers its requests by the clock, so these are often thousands.
 */
function forget(seen: Uint8Array, first: number, count: number): void {
  const start = first % requestWindowWidth;
  const end = start + count;
  seen.fill(0, start, Math.min(end, requestWindowWidth));
  if (end > requestWindowWidth) seen.fill(0, 0, end - requestWindowWidth);
}
