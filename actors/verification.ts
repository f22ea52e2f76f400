/**
 * Verification: packs admitted frames into one batch for the verifier, and unpacks its verdict into mail whose every
 * signature has been checked.
 */

import type { BatchVerdict, SignatureBatch } from "../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../pools/signature-batch-builder.ts";
import { type Columns, emptyColumns, sliceEntries } from "../wire/entries.ts";
import type { Opened } from "../wire/envelope.ts";
import type { Body, ClientId, NodeId } from "../wire/types.ts";
import type { Admitted, CheckItem } from "./admission.ts";
import { column, numberAt, rowCount } from "./command-rows.ts";
import { detach } from "./detach.ts";
import type { Post } from "./mailbox.ts";

/** Where the parts of one frame are in the batch. */
type Packed = {
  readonly admitted: Admitted;
  readonly connection: number;
  readonly frameStart: number;
  readonly firstCheck: number;
  readonly firstCommandCheck: number;
  readonly firstLeaf: number;
};

export type Task = { readonly batch: SignatureBatch; readonly packed: readonly Packed[] };

/** What a verdict brought: mail to others, and what concerns connections. */
export type Unpacked = {
  readonly posts: Post[];
  readonly hellos: { readonly client: ClientId; readonly node: NodeId; readonly connection: number }[];
  /** Frames and commands that were refused, by reason. */
  readonly rejects: { readonly reason: string; readonly connection: number; readonly count: number }[];
};

/** Why a frame is refused whose sender's signature is wrong. */
export const forged = "invalid signature";

export type Arrival = { readonly admitted: Admitted; readonly connection: number };

export function pack(arrivals: readonly Arrival[], memory: "shared" | "own"): Task {
  const builder = new SignatureBatchBuilder(memory);
  const packed = arrivals.map(({ admitted, connection }): Packed => {
    const frameStart = builder.addSource(admitted.frame);
    const place = { frame: admitted.frame, frameStart };
    const firstCheck = builder.checkCount;
    for (const check of admitted.checks) addCheck(builder, place, check);
    const firstCommandCheck = builder.checkCount;
    const firstLeaf = builder.leafCount;
    const { commands } = admitted;
    for (let row = 0; row < rowCount(commands); row++) {
      const at = (of: Parameters<typeof numberAt>[2]): number => frameStart + numberAt(commands, row, of);
      const key = commands.keys[row] ?? noKey;
      builder.addCheck(at(column.signedStart), at(column.signedEnd), at(column.signatureStart), key);
      builder.addLeaf(at(column.start), at(column.end));
    }
    return { admitted, connection, frameStart, firstCheck, firstCommandCheck, firstLeaf };
  });
  return { batch: builder.build().batch, packed };
}

type Place = { readonly frame: Uint8Array; readonly frameStart: number };

/** Where a view of the frame lies in the batch; undefined where the bytes are not the frame's. */
function offsetIn({ frame, frameStart }: Place, view: Uint8Array): number | undefined {
  return view.buffer === frame.buffer ? frameStart + view.byteOffset - frame.byteOffset : undefined;
}

function addCheck(builder: SignatureBatchBuilder, place: Place, { message, signature, key }: CheckItem): void {
  const messageStart = offsetIn(place, message) ?? builder.addSource(message);
  const signatureStart = offsetIn(place, signature) ?? builder.addSource(signature);
  builder.addCheck(messageStart, messageStart + message.length, signatureStart, key);
}

const noKey = new Uint8Array(32);

export function unpack(task: Task, verdict: BatchVerdict): Unpacked {
  const result: Unpacked = { posts: [], hellos: [], rejects: [] };
  let count = 0;
  for (const { admitted } of task.packed) if (admitted.lane === 2) count += rowCount(admitted.commands);
  const columns = emptyColumns(count);
  let filled = 0;
  for (const packed of task.packed) {
    const { admitted, connection } = packed;
    const sound = admitted.checks.every((_, i) => verdict.valid[packed.firstCheck + i] === 1);
    if (!sound) {
      result.rejects.push({ reason: forged, connection, count: 1 });
      continue;
    }
    if (admitted.lane !== 2) {
      result.posts.push(...postOf(task, packed, verdict));
      continue;
    }
    const before = filled;
    filled = fillColumns(columns, filled, packed, verdict);
    noteRefused(packed, rowCount(admitted.commands) - (filled - before), result);
    const body = admitted.opened?.body;
    if (body?.$case === "hello") result.hellos.push({ ...body.value, connection });
    else if (body?.$case === "query") {
      // A view would take the whole frame with it to another thread.
      const query = { ...body.value, question: body.value.question.slice() };
      result.posts.push({ to: "applier", mail: { kind: "query", query } });
    }
  }
  if (filled > 0) {
    const entries = sliceEntries({ count, data: task.batch.data, ...columns }, 0, filled);
    result.posts.push({ to: "consensus", mail: { kind: "commands", entries } });
  }
  return result;
}

/** In what clients send, one bad command hurts no other. */
function noteRefused({ admitted, connection }: Packed, invalid: number, { rejects }: Unpacked): void {
  // A command that came by itself is its own envelope.
  const reason = admitted.opened === undefined ? forged : "command with an invalid signature";
  if (invalid > 0) rejects.push({ reason, connection, count: invalid });
  const { malformedCommands } = admitted;
  if (malformedCommands > 0) rejects.push({ reason: "malformed command", connection, count: malformedCommands });
}

/** Writes a frame's commands with valid signatures from row `filled` on, as they lie in the batch; returns the row behind. */
function fillColumns(columns: Columns, filled: number, packed: Packed, verdict: BatchVerdict): number {
  const { frameStart, firstCommandCheck, firstLeaf } = packed;
  const { commands } = packed.admitted;
  let row = filled;
  for (let number = 0; number < rowCount(commands); number++) {
    if (verdict.valid[firstCommandCheck + number] !== 1) continue;
    columns.starts[row] = frameStart + numberAt(commands, number, column.start);
    columns.ends[row] = frameStart + numberAt(commands, number, column.end);
    columns.payloadStarts[row] = frameStart + numberAt(commands, number, column.payloadStart);
    columns.payloadEnds[row] = frameStart + numberAt(commands, number, column.payloadEnd);
    columns.clients[row] = numberAt(commands, number, column.client);
    columns.requests[row] = numberAt(commands, number, column.request);
    columns.terms[row] = numberAt(commands, number, column.term);
    const leaf = (firstLeaf + number) * 32;
    columns.leaves.set(verdict.leaves.subarray(leaf, leaf + 32), row * 32);
    row++;
  }
  return row;
}

function postOf(task: Task, packed: Packed, verdict: BatchVerdict): readonly Post[] {
  const { opened } = packed.admitted;
  if (opened === undefined) return [];
  const { $case } = opened.body;
  return $case === "appendEntries" || $case === "syncResponse"
    ? entriesPost(task, packed, opened.body, verdict)
    : votePost(opened);
}

/**
 * The mail that a checked frame of the first lane becomes. What it says are views of the frame, which is small and has
 * its memory to itself.
 */
export function votePost({ body, signature }: Opened): readonly Post[] {
  switch (body.$case) {
    case "appendEntriesResponse":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "replication", vote: body.value, signature } }];
    case "commitVote":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "commit", vote: body.value, signature } }];
    case "timeout":
      return [{ to: "consensus", mail: { kind: "timeout", value: body.value, signature } }];
    case "requestVoteResponse":
      return [{ to: "consensus", mail: { kind: "requestVoteResponse", value: body.value, signature } }];
    case "nack":
      return [{ to: "consensus", mail: { kind: "nack", value: body.value } }];
    case "requestVote":
      return [{ to: "consensus", mail: { kind: "requestVote", value: body.value } }];
    case "syncRequest":
      return [{ to: "consensus", mail: { kind: "syncRequest", value: body.value } }];
    default:
      return [];
  }
}

/** In what a node sends, one bad command makes the whole message a fault of its sender. */
function entriesPost(
  task: Task,
  packed: Packed,
  body: Extract<Body, { $case: "appendEntries" | "syncResponse" }>,
  verdict: BatchVerdict,
): Post[] {
  const { admitted } = packed;
  const count = rowCount(admitted.commands);
  const columns = emptyColumns(count);
  const sound = fillColumns(columns, 0, packed, verdict) === count && admitted.malformedCommands === 0;
  const entries = { count, data: task.batch.data, ...columns };
  if (body.$case === "appendEntries") {
    const frame = task.batch.data.subarray(packed.frameStart, packed.frameStart + admitted.frame.length);
    const { entries: _, ...rest } = body.value;
    const { leader, term } = rest;
    if (!sound) return [{ to: "consensus", mail: { kind: "invalidAppend", leader, term, frame } }];
    return [{ to: "consensus", mail: { kind: "appendEntries", header: detach(rest), entries, frame } }];
  }
  if (!sound) return [];
  const { entries: _, ...rest } = body.value;
  return [{ to: "consensus", mail: { kind: "syncResponse", header: detach(rest), entries } }];
}
