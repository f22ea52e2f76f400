/**
 * Outcomes as bytes: they travel in signed responses, and a client believes f+1 nodes whose bytes are equal.
 *
 *   count 0 or 1 (ok) || text || count of changes || changes: text key, side before, side after
 *   side = count 0 (null), or count 1 and a text
 */
import {
  createSink,
  createSource,
  fail,
  faultAtEnd,
  putCount,
  putText,
  type Sink,
  type Source,
  takeCount,
  takeText,
  type WriteUtf8,
  writtenInPlace,
} from "./canonical-bytes.ts";
import { compareCodePoints } from "./code-points.ts";
import type { Change, Outcome } from "./outcome.ts";

/** The outcome's bytes, in memory of their own; equal outcomes give equal bytes. */
export function encodeOutcome(outcome: Outcome): Uint8Array {
  return encodeOutcomeInPlace(outcome).slice();
}

/** The same bytes in memory that the next call uses again. */
export function encodeOutcomeInPlace(outcome: Outcome, writeUtf8?: WriteUtf8): Uint8Array {
  const sink = createSink(writeUtf8);
  putCount(sink, outcome.ok ? 1 : 0);
  putText(sink, outcome.text);
  putCount(sink, outcome.diff.length);
  for (const change of outcome.diff) {
    putText(sink, change.key);
    putSide(sink, change.before);
    putSide(sink, change.after);
  }
  return writtenInPlace(sink);
}

function putSide(sink: Sink, amount: string | null): void {
  putCount(sink, amount === null ? 0 : 1);
  if (amount !== null) putText(sink, amount);
}

export type DecodedOutcome =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly reason: string };

/** Total: reads what `encodeOutcome` wrote, and refuses any other bytes with a reason. Keeps no reference to `bytes`. */
export function decodeOutcome(bytes: Uint8Array): DecodedOutcome {
  const source = createSource(bytes);
  const ok = takeFlag(source);
  const text = takeText(source);
  const count = takeCount(source);
  if (!ok && count > 0) fail(source, "a failed command with changes");
  const diff: Change[] = [];
  for (let i = 0; i < count && source.fault === null; i++) {
    const change = { key: takeText(source), before: takeSide(source), after: takeSide(source) };
    const previous = diff.at(-1);
    if (previous !== undefined && compareCodePoints(previous.key, change.key) >= 0) fail(source, "keys out of order");
    if (change.before === change.after) fail(source, "a change that changes nothing");
    diff.push(change);
  }
  const reason = faultAtEnd(source);
  return reason === null ? { ok: true, outcome: { ok, text, diff } } : { ok: false, reason };
}

/** Whether an outcome's bytes tell of a success, without reading the rest of them. */
export function saysOk(bytes: Uint8Array): boolean {
  return bytes[0] === 1;
}

function takeSide(source: Source): string | null {
  return takeFlag(source) ? takeText(source) : null;
}

function takeFlag(source: Source): boolean {
  const flag = takeCount(source);
  if (flag > 1) fail(source, "a flag that is neither 0 nor 1");
  return flag === 1;
}
