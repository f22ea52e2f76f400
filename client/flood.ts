/**
 * Juno's two measurements, `batch test:N` and `many test:N`: N equal transfers, in few messages or one message each.
 * Timed from before the first is signed to the f+1st equal answer to the last.
 */
import { createHistogram } from "node:perf_hooks";
import { decodeOutcome, saysOk } from "../hopper/demo/outcome-bytes.ts";
import type { JunoClient } from "./client.ts";

export const floodCommand = "transfer(Acct1->Acct2, 1%1)";
export const floodCountMax = 1_000_000;

export type FloodRequest =
  | { readonly ok: true; readonly batched: boolean; readonly count: number }
  | { readonly ok: false; readonly reason: string };

/** Reads a line that begins with `batch` or `many`; undefined for any other line. */
export function parseFlood(line: string): FloodRequest | undefined {
  const words = /^\s*(batch|many)(?:\s+(.*?))?\s*$/.exec(line);
  if (words === null) return undefined;
  const [, kind = "", rest = ""] = words;
  const given = /^test\s*:\s*(.*)$/.exec(rest)?.[1];
  if (given === undefined) return { ok: false, reason: `write ${kind} test:N, for example ${kind} test:1000` };
  const count = /^\d{1,15}$/.test(given) ? Number(given) : 0;
  if (count >= 1 && count <= floodCountMax) return { ok: true, batched: kind === "batch", count };
  const shown = given === "" ? "missing" : JSON.stringify(given);
  return { ok: false, reason: `N must be a whole number from 1 to ${floodCountMax}; is ${shown}` };
}

export function floodTitle({ batched, count }: { readonly batched: boolean; readonly count: number }): string {
  return `Sending ${count} '${floodCommand}' transactions ${batched ? "batched" : "individually"}`;
}

export type FloodReport = {
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds from each command's first send to its agreement. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Commands whose outcome was a failure, and what the first of them said. */
  readonly failed: number;
  readonly firstFailure: string | undefined;
};

/** Runs a flood; rejects with `StillPending` where the signal ends it. */
export async function runFlood(
  client: JunoClient,
  request: { readonly batched: boolean; readonly count: number },
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<FloodReport> {
  const { batched, count } = request;
  const latencies = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
  let done = 0;
  let failed = 0;
  let firstFailure: string | undefined;
  const startedAt = performance.now();
  await client.flood(repeated(floodCommand, count), {
    batched,
    signal,
    onReceipt: ({ outcome, latencyMs }) => {
      latencies.record(Math.max(1, Math.round(latencyMs * 1000)));
      onProgress(++done, count);
      if (saysOk(outcome)) return;
      const decoded = decodeOutcome(outcome);
      failed++;
      firstFailure ??= decoded.ok ? decoded.outcome.text : decoded.reason;
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const ms = (percentile: number) => latencies.percentile(percentile) / 1000;
  return { count, seconds, p50Ms: ms(50), p99Ms: ms(99), failed, firstFailure };
}

function* repeated(text: string, count: number): Generator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < count; i++) yield bytes;
}

/** Juno's line, then what it did not tell. */
export function floodLines({ count, seconds, p50Ms, p99Ms, failed, firstFailure }: FloodReport): string[] {
  const perSecond = Math.ceil(count / seconds);
  const lines = [
    `Completed in ${seconds.toFixed(6)}sec (${perSecond} per sec)`,
    `Latency p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, from send to f+1 equal answers`,
  ];
  if (failed > 0) lines.push(`${failed} of ${count} were refused, the first with: ${firstFailure}`);
  return lines;
}
