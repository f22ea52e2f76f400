/**
 * One client's results, in their wire form: kept for as long as its request may be repeated, and what it is to be told
 * next. They lie in chunks that are written once, so a result makes no object that would have to be collected.
 */
import { requestWindowWidth } from "../consensus/request-window.ts";
import { commandsPerMessageMax } from "../wire/limits.ts";
import { putResult, resultBytesOver } from "../wire/results.ts";
import type { Digest, LogIndex, RequestId } from "../wire/types.ts";

/** Where one result, or a run of them, lies. */
type Run = { readonly chunk: Uint8Array; readonly start: number; end: number; count: number };

export type ResultsKept = {
  chunk: Uint8Array;
  /** Bytes of the chunk that are written. */
  used: number;
  /** By request modulo the width of the request window: the chunk, and where in it the result lies. */
  readonly chunks: (Uint8Array | undefined)[];
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The first four bytes of the command's leaf hash: only its own client could make two that are alike. */
  readonly marks: Uint32Array;
  /** What the client is to be told, in order. */
  answers: Run[];
};

/** In place of an index: the request is another command. */
const taken: LogIndex = 0 as LogIndex;
const chunkBytes: number = 64 * 1024;
/** Results in one message: it has to fit into a frame however long their texts are. */
const messageBytesMax: number = 256 * 1024;

export function createResultsKept(): ResultsKept {
  return {
    chunk: new Uint8Array(0),
    used: 0,
    chunks: [],
    starts: new Uint32Array(requestWindowWidth),
    ends: new Uint32Array(requestWindowWidth),
    marks: new Uint32Array(requestWindowWidth),
    answers: [],
  };
}

/** Keeps the result of the command with this leaf, which replaces the one whose request has left the window, and will tell it. */
export function keep(kept: ResultsKept, request: RequestId, leaf: Digest, index: LogIndex, outcome: Uint8Array): void {
  const start = put(kept, request, index, outcome);
  const slot = request % requestWindowWidth;
  kept.chunks[slot] = kept.chunk;
  kept.starts[slot] = start;
  kept.ends[slot] = kept.used;
  kept.marks[slot] = markOf(leaf);
  tell(kept, kept.chunk, start, kept.used);
}

/**
 * Will tell the result of a request that is in the window and has taken effect; or, where that was another command than the one
 * with this leaf, that it was: a result without a place in the log, whose outcome is the leaf.
 */
export function tellAgain(kept: ResultsKept, request: RequestId, leaf: Digest): void {
  const slot = request % requestWindowWidth;
  const chunk = kept.chunks[slot];
  if (chunk === undefined) return;
  if (kept.marks[slot] === markOf(leaf)) {
    tell(kept, chunk, kept.starts[slot] ?? 0, kept.ends[slot] ?? 0);
    return;
  }
  const start = put(kept, request, taken, leaf);
  tell(kept, kept.chunk, start, kept.used);
}

/** Writes a result into the chunk in use; where it starts there. */
function put(kept: ResultsKept, request: RequestId, index: LogIndex, outcome: Uint8Array): number {
  const room = outcome.length + resultBytesOver;
  if (kept.chunk.length - kept.used < room) {
    kept.chunk = new Uint8Array(Math.max(chunkBytes, room));
    kept.used = 0;
  }
  const start = kept.used;
  kept.used = putResult(kept.chunk, start, request, index, outcome);
  return start;
}

function markOf(leaf: Digest): number {
  return (((leaf[0] ?? 0) << 24) | ((leaf[1] ?? 0) << 16) | ((leaf[2] ?? 0) << 8) | (leaf[3] ?? 0)) >>> 0;
}

function tell(kept: ResultsKept, chunk: Uint8Array, start: number, end: number): void {
  const last = kept.answers.at(-1);
  const fits = last !== undefined && last.count < commandsPerMessageMax && end - last.start <= messageBytesMax;
  if (fits && last.chunk === chunk && last.end === start) {
    last.end = end;
    last.count++;
  } else kept.answers.push({ chunk, start, end, count: 1 });
}

/** Takes what is to be told, as messages whose results fit into a frame. */
export function takeAnswers(kept: ResultsKept): Uint8Array[] {
  const { answers } = kept;
  kept.answers = [];
  const messages: Uint8Array[] = [];
  let runs: Run[] = [];
  let bytes = 0;
  let count = 0;
  const flush = (): void => {
    if (runs.length > 0) messages.push(joined(runs, bytes));
    runs = [];
    bytes = 0;
    count = 0;
  };
  for (const run of answers) {
    const length = run.end - run.start;
    if (bytes + length > messageBytesMax || count + run.count > commandsPerMessageMax) flush();
    runs.push(run);
    bytes += length;
    count += run.count;
  }
  flush();
  return messages;
}

/** In memory that threads share, so that posting it copies nothing more. */
function joined(runs: readonly Run[], bytes: number): Uint8Array {
  const message = new Uint8Array(new SharedArrayBuffer(bytes));
  let at = 0;
  for (const { chunk, start, end } of runs) {
    message.set(chunk.subarray(start, end), at);
    at += end - start;
  }
  return message;
}
