/**
 * An open loop: commands at a fixed rate, whether answers come or not, as clients that know nothing of each other send.
 *
 * A latency counts from when its command was due, not from when it was sent: if the cluster, the client or this loop
 * stalls, all that should have been sent meanwhile has waited, and says so (no coordinated omission).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { JunoClient } from "../client/client.ts";
import { floodCommand } from "../client/flood.ts";
import { saysOk } from "../hopper/demo/outcome-bytes.ts";

/** How many commands are due after so many milliseconds; the first at 0. */
export function dueCount(rate: number, elapsedMs: number): number {
  return elapsedMs < 0 ? 0 : Math.floor((elapsedMs * rate) / 1000 + 1e-9) + 1;
}

/** When a command is due, in milliseconds from the start; they count from 0. */
export function dueAt(rate: number, number: number): number {
  return (number * 1000) / rate;
}

export type Answer = {
  /** Milliseconds from the start of the loop. */
  readonly dueMs: number;
  readonly answeredMs: number;
};

export type OpenLoop = {
  /** When it began, on the clock of `performance.now`. */
  readonly startedAt: number;
  readonly sent: number;
  /** In the order in which they came. */
  readonly answers: readonly Answer[];
  /** When each command that was not answered in time was due. */
  readonly unanswered: readonly number[];
  /** Milliseconds by which a command was sent late by this loop; they are part of its latency. */
  readonly lateMs: readonly number[];
  /** When it stopped to wait for answers, in milliseconds from the start. */
  readonly endedMs: number;
  /** Commands that the ledger refused. */
  readonly refused: number;
};

export type OpenLoopOptions = {
  /** Commands a second. */
  readonly rate: number;
  readonly seconds: number;
  /** How long answers are waited for after the last command. */
  readonly drainSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (sent: number) => void;
  /** What else has to happen meanwhile, by the loop's clock. */
  readonly onStart?: (startedAt: number) => void;
};

/** Rejects where the signal ends it. */
export async function runOpenLoop(client: JunoClient, options: OpenLoopOptions): Promise<OpenLoop> {
  const { rate, seconds, drainSeconds, signal } = options;
  const total = Math.round(rate * seconds);
  const answers: Answer[] = [];
  const open = new Set<number>();
  const lateMs: number[] = [];
  const payload = new TextEncoder().encode(floodCommand);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  let refused = 0;
  let sent = 0;
  let onAllAnswered = (): void => undefined;
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  options.onStart?.(startedAt);

  function settle(number: number, outcome: Uint8Array): void {
    answers.push({ dueMs: dueAt(rate, number), answeredMs: elapsed() });
    open.delete(number);
    if (!saysOk(outcome)) refused++;
    if (open.size === 0 && sent === total) onAllAnswered();
  }

  /** All that are due now go out in one turn, each in a message of its own. */
  function sendDue(): void {
    const until = Math.min(total, dueCount(rate, elapsed()));
    if (until <= sent) return;
    const first = sent;
    const payloads = Array.from({ length: until - first }, () => payload);
    for (let number = first; number < until; number++) {
      open.add(number);
      lateMs.push(elapsed() - dueAt(rate, number));
    }
    sent = until;
    const receipts = client.sendMany(payloads, { signal: either });
    for (const [place, receipt] of receipts.entries()) {
      // What is not answered in time stays in `open`.
      receipt.then(({ outcome }) => settle(first + place, outcome)).catch(() => undefined);
    }
  }

  try {
    while (sent < total) {
      sendDue();
      options.onProgress?.(sent);
      if (sent < total) await sleep(Math.max(0, dueAt(rate, sent) - elapsed()), undefined, { signal });
    }
    const drained = new Promise<void>((resolve) => {
      onAllAnswered = resolve;
      if (open.size === 0) resolve();
    });
    const waited = new AbortController();
    await Promise.race([
      drained,
      sleep(drainSeconds * 1000, undefined, { signal: AbortSignal.any([signal, waited.signal]) }),
    ]);
    waited.abort();
    const unanswered = [...open].map((number) => dueAt(rate, number));
    return { startedAt, sent, answers, unanswered, lateMs, endedMs: elapsed(), refused };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort(new Error("the measurement is over"));
  }
}
